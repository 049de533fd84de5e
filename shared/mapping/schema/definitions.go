package schema

import (
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/google/jsonschema-go/jsonschema"

	"adoport/shared/mapping"
	"adoport/shared/mapping/format"
)

// definitions are the schemas of the named types.
func definitions(kinds []mapping.Kind) (map[string]*jsonschema.Schema, error) {
	defs := map[string]*jsonschema.Schema{
		"expression": {
			Types:       []string{"string", "boolean", "number", "null"},
			Description: "A jq expression; its first output counts. A text is written as a jq literal: '\"text\"'.",
		},
		"switch":       {Enum: []any{true, false, "true", "false"}},
		"oneOrMore":    anyOf(reference("mappings"), nonEmpty(listOf("mappings"))),
		"value":        anyOf(reference("expression"), objectOf("value"), listOf("value")),
		"textOrSearch": anyOf(reference("expression"), reference("search")),
		"relation":     anyOf(reference("expression"), listOf("expression"), reference("search")),
		"rules":        anyOf(reference("rule"), reference("search")),
	}
	for _, t := range []reflect.Type{
		reflect.TypeFor[format.Resource](), reflect.TypeFor[format.Port](), reflect.TypeFor[format.Mappings](),
		reflect.TypeFor[format.Search](), reflect.TypeFor[format.Rule](),
	} {
		s, err := infer(t, t)
		if err != nil {
			return nil, err
		}
		defs[named[t]] = s
	}
	rules := defs["search"].Properties["rules"]
	rules.Type, rules.Types = "array", nil
	defs["search"].Properties["rules"] = nonEmpty(rules)
	if err := addKinds(defs, kinds); err != nil {
		return nil, err
	}
	return defs, nil
}

func nonEmpty(s *jsonschema.Schema) *jsonschema.Schema {
	s.MinItems = new(1)
	return s
}

// addKinds gives every kind its own selector.
func addKinds(defs map[string]*jsonschema.Schema, kinds []mapping.Kind) error {
	kind := &jsonschema.Schema{Type: "string"}
	for _, k := range kinds {
		kind.Enum = append(kind.Enum, k.Name)
		selector, err := selectorOf(k)
		if err != nil {
			return err
		}
		name := "selector-" + k.Name
		defs[name] = selector
		defs["resource"].AllOf = append(defs["resource"].AllOf, &jsonschema.Schema{
			If: &jsonschema.Schema{
				Properties: map[string]*jsonschema.Schema{"kind": {Const: jsonschema.Ptr[any](k.Name)}},
				Required:   []string{"kind"},
			},
			Then: &jsonschema.Schema{Properties: map[string]*jsonschema.Schema{"selector": reference(name)}},
		})
	}
	defs["kind"] = kind
	defs["resource"].Properties["selector"] = &jsonschema.Schema{
		Type:        "object",
		Description: defs["resource"].Properties["selector"].Description,
	}
	return nil
}

// selectorOf is the selector with the options of a kind.
func selectorOf(k mapping.Kind) (*jsonschema.Schema, error) {
	s, err := infer(reflect.TypeFor[format.Selector](), nil)
	if err != nil {
		return nil, err
	}
	s.Properties["exportEnvVariables"].Ref = ""
	s.Properties["exportEnvVariables"].Enum = []any{false, "false"}
	for _, o := range k.Options {
		option := optionOf(o)
		option.Description = o.Doc
		if o.Default != nil {
			if option.Default, err = json.Marshal(o.Default); err != nil {
				return nil, fmt.Errorf("encoding the default of %s of %s: %w", o.Name, k.Name, err)
			}
		}
		s.Properties[o.Name] = option
		s.PropertyOrder = append(s.PropertyOrder, o.Name)
	}
	return s, nil
}

func optionOf(o mapping.Option) *jsonschema.Schema {
	switch o.Type {
	case mapping.Bool:
		return reference("switch")
	case mapping.Enum:
		s := &jsonschema.Schema{}
		for _, v := range o.Values {
			s.Enum = append(s.Enum, v)
		}
		return s
	case mapping.Strings:
		text := &jsonschema.Schema{Type: "string"}
		return anyOf(text, &jsonschema.Schema{Type: "array", Items: &jsonschema.Schema{Type: "string"}})
	default:
		return &jsonschema.Schema{Type: "string"}
	}
}
