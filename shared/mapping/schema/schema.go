// Package schema makes the JSON Schema of the mapping file. It is apart from
// package mapping so that programs that only read mappings do not carry a
// schema library.
package schema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/google/jsonschema-go/jsonschema"

	"adoport/shared/mapping"
	"adoport/shared/mapping/format"
)

// Schema returns the JSON Schema (draft 2020-12) of a mapping file for the
// given kinds, indented, with a line end. It is inferred from the types of
// package format, so it has the keys that mapping.Load accepts; what it cannot
// express is whether an expression is valid jq.
func Schema(kinds []mapping.Kind) ([]byte, error) {
	document, err := infer(reflect.TypeFor[format.Document](), nil)
	if err != nil {
		return nil, err
	}
	document.Schema = "https://json-schema.org/draft/2020-12/schema"
	document.Title = "Mapping of Azure DevOps items to Port entities"
	document.Properties["resources"].MinItems = new(1)
	document.Properties["resources"].Type, document.Properties["resources"].Types = "array", nil
	if document.Defs, err = definitions(kinds); err != nil {
		return nil, err
	}
	encoded, err := json.Marshal(document)
	if err != nil {
		return nil, fmt.Errorf("encoding the schema of the mapping file: %w", err)
	}
	var indented bytes.Buffer
	if err := json.Indent(&indented, encoded, "", "  "); err != nil {
		return nil, fmt.Errorf("indenting the schema of the mapping file: %w", err)
	}
	indented.WriteByte('\n')
	return indented.Bytes(), nil
}

// named are the types that the schema defines once and refers to.
var named = map[reflect.Type]string{
	reflect.TypeFor[format.Resource]():     "resource",
	reflect.TypeFor[format.Kind]():         "kind",
	reflect.TypeFor[format.Port]():         "port",
	reflect.TypeFor[format.OneOrMore]():    "oneOrMore",
	reflect.TypeFor[format.Mappings]():     "mappings",
	reflect.TypeFor[format.Expression]():   "expression",
	reflect.TypeFor[format.Switch]():       "switch",
	reflect.TypeFor[format.Value]():        "value",
	reflect.TypeFor[format.TextOrSearch](): "textOrSearch",
	reflect.TypeFor[format.Relation]():     "relation",
	reflect.TypeFor[format.Search]():       "search",
	reflect.TypeFor[format.Rule]():         "rule",
	reflect.TypeFor[format.Rules]():        "rules",
}

// infer makes the schema of a type, referring to the named types in it.
func infer(t, except reflect.Type) (*jsonschema.Schema, error) {
	references := map[reflect.Type]*jsonschema.Schema{
		reflect.TypeFor[format.Ignored](): {Deprecated: true},
	}
	for other, name := range named {
		if other != except {
			references[other] = reference(name)
		}
	}
	s, err := jsonschema.ForType(t, &jsonschema.ForOptions{TypeSchemas: references})
	if err != nil {
		return nil, fmt.Errorf("inferring the schema of %s: %w", t.Name(), err)
	}
	return s, nil
}

func reference(name string) *jsonschema.Schema {
	return &jsonschema.Schema{Ref: "#/$defs/" + name}
}

func listOf(name string) *jsonschema.Schema {
	return &jsonschema.Schema{Type: "array", Items: reference(name)}
}

func objectOf(name string) *jsonschema.Schema {
	return &jsonschema.Schema{Type: "object", AdditionalProperties: reference(name)}
}

func anyOf(schemas ...*jsonschema.Schema) *jsonschema.Schema {
	return &jsonschema.Schema{AnyOf: schemas}
}
