package port

import (
	"fmt"
	"maps"
	"slices"
)

// draft is an entity as a request gives it, its shape checked and nothing else.
type draft struct {
	identifier string
	// query finds the identifier, nil if it is given.
	query map[string]any
	// fields has the given fields; nil clears one. Team and relations may be
	// search queries.
	fields fieldset
}

// unknownIdentifier stands for an entity whose search query found none.
const unknownIdentifier = "unknown"

// name is how errors call the entity.
func (d *draft) name() string {
	if d.query != nil {
		return unknownIdentifier
	}
	return d.identifier
}

// newDraft checks the shape of an entity's body: what the request's own schema
// says, before any blueprint is looked at.
func newDraft(body map[string]any, blueprint string) (*draft, error) {
	d := &draft{fields: fieldset{}}
	for _, key := range slices.Sorted(maps.Keys(body)) {
		if err := d.set(key, body[key], blueprint); err != nil {
			return nil, err
		}
	}
	return d, nil
}

func (d *draft) set(key string, v any, blueprint string) error {
	switch key {
	case "identifier":
		return d.setIdentifier(v)
	case "blueprint":
		if v != blueprint {
			return invalid("/blueprint must be %q as in the path", blueprint)
		}
	case "title", "icon":
		if _, isString := v.(string); v != nil && !isString {
			return invalid("/%s must be string", key)
		}
		d.fields[key] = v
	case "team":
		if !isTeam(v) {
			return invalid("/team must be string, array of strings or a search query")
		}
		d.fields[key] = v
	case "properties":
		return d.setAll(key, propertyPrefix, v, func(any) error { return nil })
	case "relations":
		return d.setAll(key, relationPrefix, v, checkRelationShape)
	default:
		return invalid("must NOT have additional property '%s'", key)
	}
	return nil
}

func (d *draft) setIdentifier(v any) error {
	switch v := v.(type) {
	case string:
		d.identifier = v
		return within("/identifier", checkEntityIdentifier(v))
	case map[string]any:
		d.query = v
		return nil
	default:
		return invalid("/identifier must be string or a search query, not %s", typeName(v))
	}
}

func (d *draft) setAll(key, prefix string, v any, check func(any) error) error {
	values, ok := v.(map[string]any)
	if !ok && v != nil {
		return invalid("/%s must be object", key)
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if err := check(values[name]); err != nil {
			return within(fmt.Sprintf("/%s/%s", key, name), err)
		}
		d.fields[prefix+name] = values[name]
	}
	return nil
}

func isTeam(v any) bool {
	switch v := v.(type) {
	case nil, string, map[string]any:
		return true
	case []any:
		return !slices.ContainsFunc(v, func(e any) bool { _, isString := e.(string); return !isString })
	default:
		return false
	}
}

// checkRelationShape wants null, an identifier, a list of them or a search
// query.
func checkRelationShape(v any) error {
	if _, isQuery := v.(map[string]any); isQuery {
		return nil
	}
	for _, e := range asList(v) {
		id, ok := e.(string)
		if !ok {
			return invalid("must be an identifier, an array of them, a search query or null")
		}
		if err := checkEntityIdentifier(id); err != nil {
			return err
		}
	}
	return nil
}
