package mapping

import (
	"slices"

	"github.com/itchyny/gojq"
)

// givesOne tells whether a program certainly gives exactly one value or fails,
// which most of a mapping's do: they need no label to stop after the first.
func givesOne(q *gojq.Query) bool {
	if len(q.FuncDefs) > 0 || len(q.Patterns) > 0 {
		return false
	}
	if q.Term != nil {
		return termGivesOne(q.Term)
	}
	switch q.Op {
	case gojq.OpPipe, gojq.OpAdd, gojq.OpSub, gojq.OpMul, gojq.OpDiv, gojq.OpMod, gojq.OpAlt,
		gojq.OpEq, gojq.OpNe, gojq.OpGt, gojq.OpLt, gojq.OpGe, gojq.OpLe, gojq.OpAnd, gojq.OpOr:
		return givesOne(q.Left) && givesOne(q.Right)
	default:
		return false
	}
}

func termGivesOne(t *gojq.Term) bool {
	for _, s := range t.SuffixList {
		if s.Index == nil || !indexGivesOne(s.Index) {
			return false
		}
	}
	switch t.Type {
	case gojq.TermTypeIdentity, gojq.TermTypeNull, gojq.TermTypeTrue, gojq.TermTypeFalse,
		gojq.TermTypeNumber, gojq.TermTypeArray:
		return true
	case gojq.TermTypeIndex:
		return indexGivesOne(t.Index)
	case gojq.TermTypeString:
		return stringGivesOne(t.Str)
	case gojq.TermTypeFunc:
		return callGivesOne(t.Func)
	case gojq.TermTypeQuery:
		return givesOne(t.Query)
	case gojq.TermTypeIf:
		return len(t.If.Elif) == 0 && givesOne(t.If.Cond) && givesOne(t.If.Then) &&
			(t.If.Else == nil || givesOne(t.If.Else))
	default:
		return false
	}
}

func indexGivesOne(i *gojq.Index) bool {
	return (i.Start == nil || givesOne(i.Start)) && (i.End == nil || givesOne(i.End)) &&
		(i.Str == nil || stringGivesOne(i.Str))
}

func stringGivesOne(s *gojq.String) bool {
	return !slices.ContainsFunc(s.Queries, func(q *gojq.Query) bool { return !givesOne(q) })
}

// oneToOne are functions that give one value for one value of each argument.
var oneToOne = []string{
	"tostring", "tonumber", "tojson", "fromjson", "length", "not", "type", "keys", "add", "floor", "ceil", "round",
	"ascii_downcase", "ascii_upcase", "trim", "ltrim", "rtrim", "ltrimstr", "rtrimstr", "startswith", "endswith",
	"split", "join", "has", "contains", "test", "sub", "gsub", "reverse", "sort", "unique", "min", "max",
	"fromdate", "todate", "fromdateiso8601", "todateiso8601", "mktime", "strptime", "now", copyFunction,
}

func callGivesOne(f *gojq.Func) bool {
	switch f.Name {
	case "map":
		return len(f.Args) == 1 // it gathers whatever its argument gives
	default:
		return slices.Contains(oneToOne, f.Name) &&
			!slices.ContainsFunc(f.Args, func(q *gojq.Query) bool { return !givesOne(q) })
	}
}
