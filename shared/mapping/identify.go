package mapping

import (
	"context"
	"errors"
	"fmt"
)

// identity computes only blueprint and identifier.
type identity struct {
	// impossible is why there is no such thing for the resource.
	impossible  error
	expressions [2]*expression // blueprint, identifier
	program     *program
}

func newIdentity(r *Resource) (*identity, error) {
	switch {
	case r.items != nil:
		return &identity{impossible: errors.New("itemsToParse makes several entities of an item")}, nil
	case len(r.mappings) != 1:
		return &identity{impossible: errors.New("several mappings make several entities of an item")}, nil
	}
	m := r.mappings[0]
	identifier, ok := m.identifier.(*expression)
	if !ok {
		return &identity{impossible: errors.New("the identifier is a search")}, nil
	}
	i := &identity{expressions: [2]*expression{m.blueprint, identifier}}
	var dynamic []*expression
	for _, e := range i.expressions {
		if !e.constant {
			dynamic = append(dynamic, e)
		}
	}
	var err error
	i.program, err = newProgram(nil, dynamic)
	return i, err
}

// Identify computes only the blueprint and the identifier, for an item of which
// little more is known than its own identifier. The selector is not asked. It is
// an error if either fails or is empty, and for a resource whose items do not
// become exactly one entity with an identifier each.
func (r *Resource) Identify(ctx context.Context, item map[string]any) (blueprint, identifier string, err error) {
	if r.identity.impossible != nil {
		return "", "", fmt.Errorf("identifying an entity of %s (%s): %w", r.Kind, r.position, r.identity.impossible)
	}
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	values, err := r.identity.program.run(ctx, item)
	if err != nil {
		return "", "", fmt.Errorf("identifying an entity of %s (%s): %w", r.Kind, r.position, err)
	}
	var texts [2]string
	for i, e := range r.identity.expressions {
		v := e.value
		if !e.constant {
			v, values = values[0], values[1:]
		}
		texts[i], err = identityText(e, v)
		if err != nil {
			return "", "", fmt.Errorf("identifying an entity of %s (%s): %w", r.Kind, r.position, err)
		}
	}
	return texts[0], texts[1], nil
}

func identityText(e *expression, v any) (string, error) {
	if failure, ok := v.(failed); ok {
		return "", fmt.Errorf("%s (%s): %s", e.path, clip(e.source), failure.message)
	}
	text, ok := textOf(v)
	if !ok || text == "" {
		return "", fmt.Errorf("%s (%s) gave %s, it must give a text", e.path, clip(e.source), typeOf(v))
	}
	return text, nil
}
