package mapping

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one mistake in a mapping file.
type Problem struct {
	File string `json:"file"`
	// Line and Column count from 1; a column is a character, not a byte.
	Line   int `json:"line"`
	Column int `json:"column"`
	// Message says what is wrong, the nearest valid word and what to do.
	Message string `json:"message"`
}

// String is "file:line:col: message".
func (p Problem) String() string {
	return fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Column, p.Message)
}

// Problems are all mistakes of a mapping file by position, each once.
type Problems []Problem

// Error gives one line for each problem.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, problem := range p {
		lines[i] = problem.String()
	}
	return strings.Join(lines, "\n")
}

// sorted orders by position and drops repetitions, which come from anchors
// that are used more than once.
func (p Problems) sorted() Problems {
	slices.SortStableFunc(p, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return slices.Compact(p)
}
