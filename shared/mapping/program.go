package mapping

import (
	"context"
	"fmt"

	"github.com/itchyny/gojq"
)

// program evaluates several expressions in one go. It is safe for concurrent
// use.
type program struct {
	code *gojq.Code
	// size is how many expressions it has.
	size int
}

// failed is what an expression that failed gives in a program's output. No
// expression ever sees one.
type failed struct {
	message string
}

// Names of a label and a variable that no expression can refer to.
const (
	firstLabel = "$\x00first"
	passedName = "$\x00passed"
)

// newProgram compiles expressions into one program. If the first is a gate,
// the others are evaluated only if it gives true.
func newProgram(gate *expression, expressions []*expression) (*program, error) {
	var slots *gojq.Query
	for _, e := range expressions {
		slots = comma(slots, slot(e))
	}
	query := gather(slots)
	if gate != nil {
		query = gated(slot(gate), slots)
	}
	code, err := compile(query)
	if err != nil {
		return nil, err
	}
	size := len(expressions)
	if gate != nil {
		size++
	}
	return &program{code: code, size: size}, nil
}

// run gives one value for each expression: what it gave first, nil if it gave
// nothing, failed if it failed before. A gate that is not passed is alone. The
// error is that of ctx, or a panic of the interpreter: one bad expression must
// not stop the rest.
func (p *program) run(ctx context.Context, item any) (values []any, err error) {
	if p.size == 0 {
		return nil, nil
	}
	defer func() {
		if r := recover(); r != nil {
			values, err = nil, fmt.Errorf("the jq interpreter panicked: %v", r)
		}
	}()
	v, _ := p.code.RunWithContext(ctx, item).Next()
	switch v := v.(type) {
	case []any:
		return v, nil
	case error:
		return nil, v
	default:
		return nil, fmt.Errorf("the program gave %s", typeOf(v))
	}
}

// slot isolates an expression: (label $first | try E catch failed, null | ., break $first).
func slot(e *expression) *gojq.Query {
	attempt := &gojq.Query{Term: &gojq.Term{Type: gojq.TermTypeTry, Try: &gojq.Try{
		Body:  &gojq.Query{Term: &gojq.Term{Type: gojq.TermTypeQuery, Query: e.query}},
		Catch: call(failFunction),
	}}}
	if givesOne(e.query) {
		return attempt
	}
	null := &gojq.Query{Term: &gojq.Term{Type: gojq.TermTypeNull}}
	identity := &gojq.Query{Term: &gojq.Term{Type: gojq.TermTypeIdentity}}
	leave := &gojq.Query{Term: &gojq.Term{Type: gojq.TermTypeBreak, Break: firstLabel}}
	return &gojq.Query{Term: &gojq.Term{Type: gojq.TermTypeLabel, Label: &gojq.Label{
		Ident: firstLabel,
		Body: &gojq.Query{
			Left:  parenthesized(comma(attempt, null)),
			Op:    gojq.OpPipe,
			Right: comma(identity, leave),
		},
	}}}
}

// gated is: gate as $passed | if $passed == true then [$passed, slots] else [$passed] end.
func gated(gate, slots *gojq.Query) *gojq.Query {
	passed := call(passedName)
	return &gojq.Query{
		Left:     parenthesized(gate),
		Patterns: []*gojq.Pattern{{Name: passedName}},
		Op:       gojq.OpPipe,
		Right: &gojq.Query{Term: &gojq.Term{Type: gojq.TermTypeIf, If: &gojq.If{
			Cond: &gojq.Query{Left: passed, Op: gojq.OpPipe, Right: call(passFunction)},
			Then: gather(comma(passed, slots)),
			Else: gather(passed),
		}}},
	}
}

func gather(q *gojq.Query) *gojq.Query {
	return &gojq.Query{Term: &gojq.Term{Type: gojq.TermTypeArray, Array: &gojq.Array{Query: q}}}
}

// comma joins two queries, either of which may be nil.
func comma(left, right *gojq.Query) *gojq.Query {
	switch {
	case left == nil:
		return right
	case right == nil:
		return left
	default:
		return &gojq.Query{Left: left, Op: gojq.OpComma, Right: right}
	}
}

func parenthesized(q *gojq.Query) *gojq.Query {
	return &gojq.Query{Term: &gojq.Term{Type: gojq.TermTypeQuery, Query: q}}
}
