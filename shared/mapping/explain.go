package mapping

import (
	"context"
	"errors"
	"fmt"
)

// Explanation shows what a resource makes of one item, expression by
// expression.
type Explanation struct {
	Steps []Step
	// Result is what Map gives.
	Result Result
}

// Step is one expression and what it gave.
type Step struct {
	Path       string
	Expression string
	// Element is the index of the element of itemsToParse that it saw, -1 if it
	// saw the item.
	Element int
	// Value is its first output, nil if there was none or it failed.
	Value any
	// Err is why it failed, "" if it did not.
	Err string
}

// Explain evaluates every expression on its own, also those that Map would not
// come to because the selector gives false. It is made for people, not for
// speed.
func (r *Resource) Explain(ctx context.Context, item map[string]any) Explanation {
	x := Explanation{Result: r.Map(ctx, item)}
	elements := []map[string]any{item}
	if r.items != nil {
		x.Steps = append(x.Steps, step(ctx, r.items, item, -1))
		elements, _ = r.elements(ctx, item) // the step says what went wrong
	}
	for i, element := range elements {
		if r.items == nil {
			i = -1
		}
		r.each(func(e *expression) {
			if e != r.items {
				x.Steps = append(x.Steps, step(ctx, e, element, i))
			}
		})
	}
	return x
}

// step evaluates one expression.
func step(ctx context.Context, e *expression, item map[string]any, element int) Step {
	s := Step{Path: e.path, Expression: e.source, Element: element}
	if e.constant {
		s.Value = e.value
		return s
	}
	p, err := newProgram(nil, []*expression{e})
	if err != nil {
		s.Err = err.Error()
		return s
	}
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	values, err := p.run(ctx, item)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		s.Err = fmt.Sprintf("did not end within %s", deadline)
		return s
	case err != nil:
		s.Err = err.Error()
		return s
	}
	if f, ok := values[0].(failed); ok {
		s.Err = f.message
		return s
	}
	if s.Value, err = normalized(values[0]); err != nil {
		s.Err = err.Error()
	}
	return s
}
