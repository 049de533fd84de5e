package mapping

import (
	"slices"

	"github.com/itchyny/gojq"
)

// isolate changes a program so that it never writes into what it shares with
// others. gojq's deletions write into their input in place, even where they
// change nothing: into the item, and into objects and arrays that are written
// in a program, which all its runs share. So the former is copied for a program
// that may delete, and the latter wherever they are used.
func isolate(q *gojq.Query) {
	deletes := false
	visitor{
		term: func(t *gojq.Term) bool {
			if t.Func != nil && slices.Contains(deleting, t.Func.Name) {
				deletes = true
			}
			if isContainer(t) && isConstantTerm(t) {
				copyConstant(t)
				return false
			}
			return true
		},
		query: func(q *gojq.Query) {
			deletes = deletes || gojq.OpModify <= q.Op && q.Op <= gojq.OpUpdateAlt
		},
	}.walk(q)
	if deletes {
		whole := *q
		*q = gojq.Query{
			Left:  call(copyFunction),
			Op:    gojq.OpPipe,
			Right: &gojq.Query{Term: &gojq.Term{Type: gojq.TermTypeQuery, Query: &whole}},
		}
	}
}

// deleting are the functions that lead to a deletion; |= and its kin do so
// when their right side is empty.
var deleting = []string{"del", "delpaths", "map_values", "walk", "truncate_stream"}

// copyConstant makes (constant | copy) of a constant, in place.
func copyConstant(t *gojq.Term) {
	constant := *t
	constant.SuffixList = nil
	*t = gojq.Term{
		Type: gojq.TermTypeQuery,
		Query: &gojq.Query{
			Left:  &gojq.Query{Term: &constant},
			Op:    gojq.OpPipe,
			Right: call(copyFunction),
		},
		SuffixList: t.SuffixList,
	}
}

func call(function string) *gojq.Query {
	return &gojq.Query{Term: &gojq.Term{Type: gojq.TermTypeFunc, Func: &gojq.Func{Name: function}}}
}

func isContainer(t *gojq.Term) bool {
	return t.Type == gojq.TermTypeObject && len(t.Object.KeyVals) > 0 ||
		t.Type == gojq.TermTypeArray && t.Array.Query != nil
}

// isConstantTerm tells whether a term, its suffixes aside, gives the same value
// whatever the item.
func isConstantTerm(t *gojq.Term) bool {
	switch t.Type {
	case gojq.TermTypeNull, gojq.TermTypeTrue, gojq.TermTypeFalse, gojq.TermTypeNumber:
		return true
	case gojq.TermTypeString:
		return t.Str.Queries == nil
	case gojq.TermTypeUnary:
		return isConstantTerm(t.Unary.Term)
	case gojq.TermTypeArray:
		return t.Array.Query == nil || isConstant(t.Array.Query)
	case gojq.TermTypeObject:
		return !slices.ContainsFunc(t.Object.KeyVals, func(kv *gojq.ObjectKeyVal) bool {
			return kv.Val == nil || !isConstant(kv.Val)
		})
	case gojq.TermTypeQuery:
		return isConstant(t.Query)
	default:
		return false
	}
}

func isConstant(q *gojq.Query) bool {
	if q.Term != nil {
		return len(q.FuncDefs) == 0 && len(q.Term.SuffixList) == 0 && isConstantTerm(q.Term)
	}
	return q.Op == gojq.OpComma && isConstant(q.Left) && isConstant(q.Right)
}
