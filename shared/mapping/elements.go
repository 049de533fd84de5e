package mapping

import (
	"context"
	"errors"
	"fmt"
	"maps"
)

// elements are what the expressions of a resource see: the item, or one object
// for each element of itemsToParse.
func (r *Resource) elements(ctx context.Context, item map[string]any) ([]map[string]any, *Failure) {
	if r.items == nil {
		return []map[string]any{item}, nil
	}
	failure := &Failure{Path: r.items.path, Expression: r.items.source, Identity: true}
	values, err := r.itemsProgram.run(ctx, item)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		failure.Err = fmt.Sprintf("did not end within %s", deadline)
		return nil, failure
	case err != nil:
		failure.Err = err.Error()
		return nil, failure
	}
	switch v := values[0].(type) {
	case nil:
		return nil, nil
	case failed:
		failure.Err = v.message
		return nil, failure
	case []any:
		return r.expand(item, v), nil
	default:
		failure.Err = fmt.Sprintf("gave %s, it must give an array", typeOf(v))
		return nil, failure
	}
}

// expand puts each element beside the fields of the item. As in Ocean, an
// element wins over a field of its name.
func (r *Resource) expand(item map[string]any, list []any) []map[string]any {
	rest := without(item, r.elementsPath)
	elements := make([]map[string]any, len(list))
	for i, v := range list {
		elements[i] = make(map[string]any, len(rest)+1)
		maps.Copy(elements[i], rest)
		elements[i][r.elementName] = v
	}
	return elements
}

// without returns a copy of an object in which there is nothing at a path of
// keys. It copies only the objects on the path.
func without(object map[string]any, path []string) map[string]any {
	rest := maps.Clone(object)
	if len(path) == 0 {
		return rest
	}
	if len(path) == 1 {
		delete(rest, path[0])
		return rest
	}
	if inner, ok := object[path[0]].(map[string]any); ok {
		rest[path[0]] = without(inner, path[1:])
	}
	return rest
}
