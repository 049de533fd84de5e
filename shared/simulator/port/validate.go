package port

import (
	"maps"
	"slices"
)

// validate checks the given fields against the blueprint and returns them in
// their stored form. Every breach is listed in the error's details.
func (sh *shelf) validate(given fieldset, strictDates bool) (fieldset, error) {
	stored := make(fieldset, len(given))
	var problems []string
	for _, name := range slices.Sorted(maps.Keys(given)) {
		v, err := sh.validateField(name, given[name], strictDates)
		if err != nil {
			problems = append(problems, err.(*refusal).Message) //nolint:errorlint,forcetypeassert // made here
			continue
		}
		stored[name] = v
	}
	return stored, refuseAll(problems)
}

func (sh *shelf) validateField(name string, v any, strictDates bool) (any, error) {
	switch of, key := group(name); of {
	case "properties":
		p := sh.def.Schema.Properties[key]
		if p == nil {
			return nil, invalid("properties/%s is not a property of blueprint %q", key, sh.id)
		}
		if v == nil {
			return nil, nil
		}
		stored, err := p.check(v, strictDates)
		return stored, within("properties/"+key, err)
	case "relations":
		rel, known := sh.def.Relations[key]
		if !known {
			return nil, invalid("relations/%s is not a relation of blueprint %q", key, sh.id)
		}
		_, isList := v.([]any)
		if v != nil && isList != rel.Many {
			return nil, invalid("relations/%s must be %s", key, map[bool]string{true: "array", false: "string"}[rel.Many])
		}
		return v, nil
	default:
		return v, nil
	}
}

// checkRequired wants the blueprint's required properties and relations.
func (sh *shelf) checkRequired(f fieldset) error {
	var problems []string
	for _, name := range sh.def.Schema.Required {
		if f[propertyPrefix+name] == nil {
			problems = append(problems, "properties must have required property '"+name+"'")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(sh.def.Relations)) {
		if sh.def.Relations[name].Required && len(asList(f[relationPrefix+name])) == 0 {
			problems = append(problems, "relations must have required relation '"+name+"'")
		}
	}
	return refuseAll(problems)
}

func refuseAll(problems []string) error {
	if len(problems) == 0 {
		return nil
	}
	return &refusal{Status: 422, Code: "invalid_request", Message: problems[0], Details: map[string]any{"errors": problems}}
}
