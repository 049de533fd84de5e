package mapping

import (
	"errors"
	"fmt"
	"strings"

	"github.com/itchyny/gojq"
)

const (
	// maxExpression is the longest expression, in bytes.
	maxExpression = 32 << 10
	// maxBrackets is how deep its brackets may be.
	maxBrackets = 200
)

// expression is one jq expression of a mapping file, checked and ready to be
// put into a program.
type expression struct {
	// path says which one it is: "selector.query", "properties.url".
	path string
	// source is how it is written, trimmed.
	source string
	// canonical is the same for all ways to write the same program.
	canonical string
	// query is what runs. It MUST NOT be changed.
	query *gojq.Query
	// constant is true if it is a literal; value is what it gives.
	constant bool
	value    any
	// slot is its index in the program's output, -1 for a constant.
	slot int
	// words are every name, field, variable and string in it.
	words map[string]bool
}

// mistake is what is wrong at a byte offset of an expression.
type mistake struct {
	offset  int
	message string
}

// parseExpression checks an expression. It returns either an expression or
// mistakes.
func parseExpression(source string) (*expression, []mistake) {
	if m := unreadable(source); m != nil {
		return nil, m
	}
	s := scan(source)
	if s.deepest > maxBrackets {
		return nil, []mistake{{0, fmt.Sprintf("jq: the expression has more than %d brackets in each other", maxBrackets)}}
	}
	query, err := gojq.Parse(translate(source, s.edits))
	if err != nil {
		return nil, []mistake{s.syntax(err)}
	}
	e := &expression{
		source:    strings.TrimSpace(source),
		canonical: query.String(),
		slot:      -1,
		words:     map[string]bool{},
	}
	for _, w := range s.words {
		if w.kind != signWord {
			e.words[strings.TrimPrefix(w.text, "$")] = true
		}
	}
	if mistakes := check(query, s); len(mistakes) > 0 {
		return nil, mistakes
	}
	if _, err := compile(query); err != nil {
		return nil, []mistake{s.undefined(err, query)}
	}
	e.value, e.constant = literal(query)
	isolate(query)
	e.query = query
	return e, nil
}

// unreadable refuses what is not worth parsing.
func unreadable(source string) []mistake {
	trimmed := strings.TrimSpace(source)
	switch {
	case trimmed == "":
		return []mistake{{0, "jq: the expression is empty, write null to clear the field"}}
	case len(source) > maxExpression:
		return []mistake{{0, fmt.Sprintf("jq: the expression is longer than %d bytes", maxExpression)}}
	case strings.HasPrefix(trimmed, "file://"), strings.HasPrefix(trimmed, "search://"):
		scheme, _, _ := strings.Cut(trimmed, ":")
		return []mistake{{0, scheme + ":// is not supported, only jq is: files of repositories are not read"}}
	default:
		return nil
	}
}

// syntax places and explains an error of the jq parser.
func (s *scanner) syntax(err error) mistake {
	if s.unterminated >= 0 {
		return mistake{s.unterminated, "jq: this '…' string has no end"}
	}
	var parseError *gojq.ParseError
	if !errors.As(err, &parseError) {
		return mistake{0, "jq: " + err.Error()}
	}
	end := len(strings.TrimRight(s.text, " \t\r\n"))
	if strings.Contains(err.Error(), "EOF") {
		return mistake{end, "jq: the expression ends too early, something after it is missing"}
	}
	if strings.Contains(err.Error(), "unterminated") {
		return mistake{s.lastQuote(), "jq: this string has no end"}
	}
	offset := original(s.edits, parseError.Offset-len(parseError.Token))
	return mistake{min(max(offset, 0), end), "jq: " + err.Error()}
}

// lastQuote is where a string without an end most likely begins.
func (s *scanner) lastQuote() int {
	return max(strings.LastIndexByte(s.text, '"'), 0)
}

// literal is the value of a program that is nothing but a scalar.
func literal(q *gojq.Query) (any, bool) {
	if q.Term == nil || len(q.FuncDefs) > 0 || len(q.Term.SuffixList) > 0 {
		return nil, false
	}
	switch t := q.Term; t.Type {
	case gojq.TermTypeNull:
		return nil, true
	case gojq.TermTypeTrue:
		return true, true
	case gojq.TermTypeFalse:
		return false, true
	case gojq.TermTypeString:
		return t.Str.Str, t.Str.Queries == nil
	default:
		return nil, false
	}
}
