package mapping

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// deadline is how long the expressions of a resource may take on one item. They
// need well under a millisecond, so only what never ends meets it.
const deadline = 2 * time.Second

// Result is what a resource makes of one item.
type Result struct {
	Entities []Entity
	// Skipped counts entities that were not made because the selector gave
	// false, or an identifier or blueprint is null or "".
	Skipped  int
	Failures []Failure
}

// Failure is an expression that failed on an item, or gave what its field
// cannot hold. The field became null.
type Failure struct {
	// Path is the expression's: "properties.url"; in a list of mappings
	// "mappings[1].properties.url".
	Path       string
	Expression string
	// Err is one line.
	Err string
	// Identity is true if the selector, identifier, blueprint or itemsToParse
	// failed, so the entity is unknown and was not made.
	Identity bool
}

// Map makes the entities of one item, a decoded JSON object whose numbers may
// be json.Number. The item belongs to this call while it lasts; entities may
// hold parts of it. If ctx ends, or the expressions take more than two seconds,
// there is an Identity failure that says so.
func (r *Resource) Map(ctx context.Context, item map[string]any) Result {
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	elements, failure := r.elements(ctx, item)
	if failure != nil {
		return Result{Failures: []Failure{*failure}}
	}
	var result Result
	for _, element := range elements {
		values, err := r.program.run(ctx, element)
		if err != nil {
			result.Failures = append(result.Failures, r.unfinished(err, element))
			break
		}
		r.entities(values, &result)
	}
	return result
}

// entities makes the entities of the program's output.
func (r *Resource) entities(values []any, result *Result) {
	f := &filling{values: values}
	if r.selector != nil {
		switch v := f.value(r.selector).(type) {
		case bool:
			if !v {
				result.Skipped++
				return
			}
		default:
			if len(f.failures) == 0 {
				f.fail(r.selector, fmt.Sprintf("gave %s, it must give true or false", typeOf(v)))
			}
			result.identityFailures(f.failures)
			return
		}
	}
	for _, m := range r.mappings {
		m.entity(values, result)
	}
}

func (r *Result) identityFailures(failures []Failure) {
	for _, f := range failures {
		f.Identity = true
		r.Failures = append(r.Failures, f)
	}
}

// unfinished explains why the program of an item did not end.
func (r *Resource) unfinished(err error, item map[string]any) Failure {
	if !errors.Is(err, context.DeadlineExceeded) {
		return Failure{Path: "port.entity.mappings", Err: err.Error(), Identity: true}
	}
	failure := Failure{
		Path: "port.entity.mappings", Identity: true,
		Err: fmt.Sprintf("the expressions did not end within %s", deadline),
	}
	if e := r.endless(item); e != nil {
		failure.Path, failure.Expression = e.path, e.source
		failure.Err = fmt.Sprintf("did not end within %s", deadline)
	}
	return failure
}

// endless finds the expression that does not end, by trying each for a moment.
func (r *Resource) endless(item map[string]any) *expression {
	const moment = 50 * time.Millisecond
	var found *expression
	r.each(func(e *expression) {
		if found != nil || e == r.items || e.constant {
			return
		}
		p, err := newProgram(nil, []*expression{e})
		if err != nil {
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), moment)
		defer cancel()
		if _, err := p.run(ctx, item); err != nil {
			found = e
		}
	})
	return found
}
