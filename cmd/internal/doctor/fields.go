package doctor

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"adoport/shared/ingest"
	"adoport/shared/mapping"
)

// fields compares what the mapping sets with what the blueprints have. Port
// refuses an entity with a property or relation that its blueprint has not, and a
// new one without what its blueprint requires.
func (p *Port) fields(context.Context) Finding {
	var missing, required []string
	number := 0
	for _, r := range p.Config.Resources {
		fields := r.Fields()
		number += len(fields)
		all, ok := p.targets(r)
		if !ok {
			continue // told by the check of the blueprints, or not known beforehand
		}
		missing = append(missing, lacks(r, all, fields)...)
		if len(all) == 1 {
			required = append(required, requires(r, all[0], fields)...)
		}
	}
	switch {
	case len(missing) > 0:
		missing = append(missing, "Add them to the blueprints in Port, or take them out of the mapping: Port refuses entities that have them.")
		return fail("the mapping sets what the blueprints do not have", append(missing, required...)...)
	case len(required) > 0:
		return warn("the blueprints require what the mapping does not set", append(required, "Set it in the mapping, or make it optional in Port: Port refuses new entities without it.")...)
	default:
		return fine("the blueprints have all %d that the mapping sets", number)
	}
}

// targets are the blueprints that a resource writes to. ok is false if one of
// them does not exist or depends on the item.
func (p *Port) targets(r *mapping.Resource) (all []ingest.Blueprint, ok bool) {
	ids, static := r.Blueprints()
	for _, id := range ids {
		b, exists := p.later(id)
		if !exists {
			return nil, false
		}
		all = append(all, b)
	}
	return all, static && len(all) > 0
}

// lacks says which fields none of the blueprints has. A resource with several
// does not tell which of them a field is for.
func lacks(r *mapping.Resource, all []ingest.Blueprint, fields []string) []string {
	var missing []string
	for _, field := range fields {
		if !slices.ContainsFunc(all, func(b ingest.Blueprint) bool { return has(b, field) }) {
			missing = append(missing, field)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%s (%s) lacks %s.", names(all), r.Position(), strings.Join(missing, ", "))}
}

func names(all []ingest.Blueprint) string {
	ids := make([]string, len(all))
	for i, b := range all {
		ids[i] = b.Identifier
	}
	return "Blueprint " + strings.Join(ids, " or ")
}

// has reports whether a blueprint has a field, in the form of
// mapping.Resource.Fields.
func has(b ingest.Blueprint, field string) bool {
	group, name, ok := strings.Cut(field, ".")
	switch {
	case ok && group == "properties":
		_, there := b.Schema.Properties[name]
		return there
	case ok && group == "relations":
		_, there := b.Relations[name]
		return there
	default:
		return true // title, icon and team are in every blueprint
	}
}

// requires says what a blueprint requires and the resource does not set.
func requires(r *mapping.Resource, b ingest.Blueprint, fields []string) []string {
	var unset []string
	for _, name := range slices.Sorted(slices.Values(b.Schema.Required)) {
		if field := "properties." + name; !slices.Contains(fields, field) {
			unset = append(unset, field)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(b.Relations)) {
		if field := "relations." + name; b.Relations[name].Required && !slices.Contains(fields, field) {
			unset = append(unset, field)
		}
	}
	if len(unset) == 0 {
		return nil
	}
	return []string{fmt.Sprintf("Blueprint %s requires %s, which %s does not set.", b.Identifier, strings.Join(unset, ", "), r.Position())}
}
