package ingest

import (
	"encoding/json"
	"maps"
	"math/big"
	"slices"
	"strings"
	"time"

	"adoport/shared/mapping"
)

// differences lists the mapped fields whose value is not what the catalog has.
// Fields that the mapping does not set are not looked at.
func differences(b Blueprint, e *mapping.Entity, old Stored) []FieldChange {
	var changes []FieldChange
	add := func(path string, equal bool, before, after any) {
		if !equal {
			changes = append(changes, FieldChange{Path: path, Old: before, New: after})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(e.Meta)) {
		after := e.Meta[name]
		before := metaOf(old, name)
		add(name, equalMeta(name, e.Identifier, before, after), before, after)
	}
	for _, name := range slices.Sorted(maps.Keys(e.Properties)) {
		before, after := old.Properties[name], e.Properties[name]
		add("properties."+name, equalProperty(b.Schema.Properties[name], before, after), before, after)
	}
	for _, name := range slices.Sorted(maps.Keys(e.Relations)) {
		before, after := old.Relations[name], e.Relations[name]
		add("relations."+name, equalSets(before, after), before, after)
	}
	return changes
}

func metaOf(s Stored, name string) any {
	switch name {
	case "title":
		return s.Title
	case "icon":
		return s.Icon
	case "team":
		return s.Team
	default:
		return nil
	}
}

// equalMeta compares a title, icon or team. Port shows an entity that has no
// title by its identifier, and may answer so.
func equalMeta(name, identifier string, before, after any) bool {
	if name == "team" {
		return equalSets(before, after)
	}
	if name == "title" && after == nil {
		return before == nil || before == identifier
	}
	return equalJSON(before, after)
}

// equalProperty compares as the blueprint means it: a date-time is a moment,
// whatever its notation.
func equalProperty(p Property, before, after any) bool {
	if p.Format == "date-time" {
		b, okB := before.(string)
		a, okA := after.(string)
		if okA && okB {
			x, errX := time.Parse(time.RFC3339Nano, b)
			y, errY := time.Parse(time.RFC3339Nano, a)
			if errX == nil && errY == nil {
				return x.Truncate(time.Millisecond).Equal(y.Truncate(time.Millisecond))
			}
		}
	}
	return equalJSON(before, after)
}

// equalSets compares teams and relations: one value or several, whose order
// means nothing. null and an empty list are both "none".
func equalSets(before, after any) bool {
	a, okA := stringSet(before)
	b, okB := stringSet(after)
	if !okA || !okB {
		return false // a search object: only Port knows what it finds
	}
	return slices.Equal(a, b)
}

func stringSet(v any) ([]string, bool) {
	switch v := v.(type) {
	case nil:
		return nil, true
	case string:
		return []string{v}, true
	case []any:
		var all []string
		for _, element := range v {
			s, ok := element.(string)
			if !ok {
				return nil, false
			}
			all = append(all, s)
		}
		slices.Sort(all)
		return slices.Compact(all), true
	default:
		return nil, false
	}
}

// equalJSON compares two JSON values as values: 1 and 1.0 are equal, the order of
// keys means nothing, and a key that is null is a key that is not there.
func equalJSON(a, b any) bool {
	if x, ok := number(a); ok {
		y, ok := number(b)
		return ok && x.Cmp(y) == 0
	}
	switch x := a.(type) {
	case nil:
		return b == nil
	case bool:
		return a == b
	case string:
		return a == b
	case []any:
		y, ok := b.([]any)
		return ok && slices.EqualFunc(x, y, equalJSON)
	case map[string]any:
		y, ok := b.(map[string]any)
		return ok && equalObjects(x, y) && equalObjects(y, x)
	default:
		return false
	}
}

func equalObjects(a, b map[string]any) bool {
	for k, v := range a {
		if !equalJSON(v, b[k]) {
			return false
		}
	}
	return true
}

// number reads any of the types that a JSON number has here.
func number(v any) (*big.Rat, bool) {
	switch n := v.(type) {
	case int:
		return new(big.Rat).SetInt64(int64(n)), true
	case float64:
		r := new(big.Rat)
		return r, r.SetFloat64(n) != nil
	case *big.Int:
		return new(big.Rat).SetInt(n), true
	case json.Number:
		// An exponent of more than three digits would cost memory, not meaning.
		if _, exponent, found := strings.Cut(strings.ToLower(n.String()), "e"); found && len(exponent) > 4 {
			return nil, false
		}
		return new(big.Rat).SetString(n.String())
	default:
		return nil, false
	}
}

// revisionProperty is the property that holds the item's revision, "" if the
// mapping has none for this blueprint.
func revisionProperty(s *Source, blueprint string) string {
	if s.Revision == "" {
		return ""
	}
	for _, r := range s.Resources {
		if !mapsTo(r, blueprint) {
			continue
		}
		if name, ok := r.PropertyOf(s.Revision); ok {
			return name
		}
	}
	return ""
}

// newerThan reports whether the catalog has a newer revision than the entity.
func newerThan(old Stored, e *mapping.Entity, property string) bool {
	if property == "" {
		return false
	}
	have, ok := number(old.Properties[property])
	if !ok {
		return false
	}
	read, ok := number(e.Properties[property])
	return ok && have.Cmp(read) > 0
}

// placeholder reports whether an entity is only what Port makes of the target of
// a relation that does not exist: an identifier.
func placeholder(s Stored) bool {
	empty := func(v any) bool { return equalJSON(v, nil) || equalSets(v, nil) }
	for _, values := range []map[string]any{s.Properties, s.Relations} {
		for _, v := range values {
			if !empty(v) {
				return false
			}
		}
	}
	return (s.Title == nil || s.Title == s.Identifier) && s.Icon == nil && empty(s.Team)
}

func changeOf(e *mapping.Entity, exists bool, fields []FieldChange) Change {
	c := Change{Action: Create, Blueprint: e.Blueprint, Identifier: e.Identifier}
	if exists {
		c.Action, c.Fields = Update, fields
	}
	if title, ok := e.Meta["title"].(string); ok {
		c.Title = title
	}
	return c
}
