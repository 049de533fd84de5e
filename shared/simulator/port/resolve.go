package port

import (
	"maps"
	"strings"
)

// maxFound is how many entities a search query in an entity may give
// (configure-mapping page).
const maxFound = 100

// teamBlueprint holds the teams that a search query for team looks in.
const teamBlueprint = "_team"

// identify returns a draft's identifier. A search query must find exactly one
// entity.
func (s *store) identify(sh *shelf, d *draft) (string, error) {
	if d.query == nil {
		if d.identifier == "" {
			return "", invalid("must have required property 'identifier'")
		}
		return d.identifier, nil
	}
	found, err := s.find(sh, d.query)
	if err != nil {
		return "", within("/identifier", err)
	}
	switch len(found) {
	case 1:
		return found[0].(string), nil
	case 0:
		return "", notFound("No entity of blueprint %q matches the search query of the identifier", sh.id)
	default:
		return "", invalid("/identifier: more than one entity of blueprint %q matches the search query", sh.id)
	}
}

// resolveFields replaces the search queries of team and relations by what they
// find. A single relation takes the first found in order of identifiers, or
// null; the others take all that is found.
func (s *store) resolveFields(sh *shelf, given fieldset) (fieldset, error) {
	resolved := maps.Clone(given)
	for name, v := range given {
		query, isQuery := v.(map[string]any)
		if !isQuery || strings.HasPrefix(name, propertyPrefix) {
			continue
		}
		target, many := teamBlueprint, true
		if key, isRelation := strings.CutPrefix(name, relationPrefix); isRelation {
			rel, known := sh.def.Relations[key]
			if !known {
				continue // validate reports it
			}
			target, many = rel.Target, rel.Many
		}
		in, err := s.shelf(target)
		if err != nil {
			return nil, err
		}
		found, err := s.find(in, query)
		if err != nil {
			return nil, within(name, err)
		}
		switch {
		case many:
			resolved[name] = found
		case len(found) > 0:
			resolved[name] = found[0]
		default:
			resolved[name] = nil
		}
	}
	return resolved, nil
}

// find returns the identifiers of the first entities that match a search query,
// at most maxFound.
func (s *store) find(sh *shelf, query map[string]any) ([]any, error) {
	if err := checkLookup(query); err != nil {
		return nil, err
	}
	q, err := s.compile(query)
	if err != nil {
		return nil, err
	}
	found := []any{}
	for r := range s.matches(sh, q, "") {
		if len(found) == maxFound {
			break
		}
		found = append(found, r.id)
	}
	return found, nil
}

// checkLookup permits only the operators of search queries in entities.
func checkLookup(v any) error {
	rule, ok := v.(map[string]any)
	if !ok {
		return invalid("rules must be objects")
	}
	if nested, isQuery := rule["rules"].([]any); isQuery {
		for _, r := range nested {
			if err := checkLookup(r); err != nil {
				return err
			}
		}
		return nil
	}
	if op := rule["operator"]; op != "=" && op != "in" {
		return invalid("operator must be equal to one of the allowed values [= in] in a search query of an entity, not %v", op)
	}
	return nil
}
