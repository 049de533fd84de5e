package port

import (
	"encoding/json"
	"maps"
	"slices"
	"unicode/utf8"
)

const (
	maxTitle       = 100
	maxDescription = 200
)

// relation is a blueprint's relation to another one, or to itself.
type relation struct {
	Target   string `json:"target"`
	Required bool   `json:"required"`
	Many     bool   `json:"many"`
}

// definition is the part of a blueprint's document that is checked.
type definition struct {
	Identifier  *string `json:"identifier"`
	Title       *string `json:"title"`
	Description *string `json:"description"`
	Schema      struct {
		Properties map[string]*property `json:"properties"`
		Required   []string             `json:"required"`
	} `json:"schema"`
	Relations map[string]relation `json:"relations"`
}

// document is a blueprint as clients send and get it.
type document map[string]any

// blueprintKeys are the keys that a client may send; false are those that the
// service sets itself and ignores in a request.
var blueprintKeys = map[string]bool{
	"identifier": true, "title": true, "description": true, "icon": true, "ownership": true,
	"teamInheritance": true, "schema": true, "relations": true, "mirrorProperties": true,
	"calculationProperties": true, "aggregationProperties": true, "changelogDestination": true,
	"createdAt": false, "createdBy": false, "updatedAt": false, "updatedBy": false, "id": false,
}

// clean drops what clients do not set, and refuses unknown keys.
func (d document) clean() error {
	for key := range d {
		settable, known := blueprintKeys[key]
		if !known {
			return invalid("body must NOT have additional property '%s'", key)
		}
		if !settable {
			delete(d, key)
		}
	}
	return nil
}

// complete adds the parts that a blueprint always has.
func (d document) complete() {
	for _, key := range []string{"schema", "relations", "mirrorProperties", "calculationProperties", "aggregationProperties"} {
		if d[key] == nil {
			d[key] = map[string]any{}
		}
	}
	if schema, ok := d["schema"].(map[string]any); ok {
		if schema["properties"] == nil {
			schema["properties"] = map[string]any{}
		}
		if schema["required"] == nil {
			schema["required"] = []any{}
		}
	}
}

// define reads and checks a document. exists says which relation targets exist.
func (d document) define(exists func(blueprint string) bool) (*definition, error) {
	raw, err := json.Marshal(d)
	if err != nil {
		return nil, err
	}
	var def definition
	if err := decodeJSON(raw, &def); err != nil {
		return nil, err
	}
	if err := def.checkTexts(); err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(def.Schema.Properties)) {
		p := def.Schema.Properties[name]
		if name == "" || p == nil {
			return nil, invalid("schema/properties/%s must be an object with a name", name)
		}
		if err := p.compile(name); err != nil {
			return nil, err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(def.Relations)) {
		target := def.Relations[name].Target
		if name == "" || target == "" {
			return nil, invalid("relations/%s must have required property 'target'", name)
		}
		if target != *def.Identifier && !exists(target) {
			return nil, invalid("relations/%s/target: blueprint %q does not exist", name, target)
		}
	}
	return &def, nil
}

func (def *definition) checkTexts() error {
	if def.Identifier == nil {
		return invalid("body must have required property 'identifier'")
	}
	if err := checkBlueprintIdentifier(*def.Identifier); err != nil {
		return within("body/identifier", err)
	}
	if def.Title == nil || *def.Title == "" {
		return invalid("body must have required property 'title'")
	}
	if n := utf8.RuneCountInString(*def.Title); n > maxTitle {
		return invalid("body/title must NOT have more than %d characters, and has %d", maxTitle, n)
	}
	if def.Description == nil {
		return nil
	}
	if n := utf8.RuneCountInString(*def.Description); n > maxDescription {
		return invalid("body/description must NOT have more than %d characters, and has %d", maxDescription, n)
	}
	return nil
}
