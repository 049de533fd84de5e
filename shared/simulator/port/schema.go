package port

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"unicode/utf8"
)

// property is a blueprint property's JSON schema, as far as it is checked.
type property struct {
	Type      string    `json:"type"`
	Format    string    `json:"format"`
	Enum      []any     `json:"enum"`
	Items     *property `json:"items"`
	MinLength *int      `json:"minLength"`
	MaxLength *int      `json:"maxLength"`
	Pattern   string    `json:"pattern"`
	Minimum   *float64  `json:"minimum"`
	Maximum   *float64  `json:"maximum"`
	MinItems  *int      `json:"minItems"`
	MaxItems  *int      `json:"maxItems"`

	pattern *regexp.Regexp
}

var propertyTypes = []string{"string", "number", "boolean", "object", "array"}

// compile checks a property's own definition.
func (p *property) compile(name string) error {
	if !slices.Contains(propertyTypes, p.Type) {
		return invalid("schema/properties/%s/type must be equal to one of the allowed values %q, not %q", name, propertyTypes, p.Type)
	}
	if _, known := formats[p.Format]; p.Format != "" && (!known || p.Type != "string") {
		return invalid("schema/properties/%s/format %q is not a format of type %s", name, p.Format, p.Type)
	}
	if p.Pattern != "" {
		re, err := regexp.Compile(p.Pattern)
		if err != nil {
			return invalid("schema/properties/%s/pattern is not supported here: %v", name, err)
		}
		p.pattern = re
	}
	if p.Items != nil {
		if p.Type != "array" {
			return invalid("schema/properties/%s/items belongs to arrays only", name)
		}
		if p.Items.Type == "" && p.Items.Format == "" {
			return nil // items of any type
		}
		return p.Items.compile(name + "/items")
	}
	return nil
}

// check says what is wrong with a value, and returns it in its stored form.
func (p *property) check(v any, strictDates bool) (any, error) {
	v, err := p.checkType(v, strictDates)
	if err != nil {
		return nil, err
	}
	if len(p.Enum) > 0 && !slices.ContainsFunc(p.Enum, func(e any) bool { return equal(e, v) }) {
		return nil, invalid("must be equal to one of the allowed values %s", appendValue(nil, p.Enum))
	}
	return v, nil
}

func (p *property) checkType(v any, strictDates bool) (any, error) {
	var ok bool
	switch p.Type {
	case "string":
		if s, isString := v.(string); isString {
			return p.checkString(s, strictDates)
		}
	case "number":
		if n, isNumber := v.(json.Number); isNumber {
			return n, p.checkNumber(n)
		}
	case "boolean":
		_, ok = v.(bool)
	case "object":
		_, ok = v.(map[string]any)
	case "array":
		if list, isList := v.([]any); isList {
			return p.checkList(list, strictDates)
		}
	default:
		ok = true
	}
	if !ok {
		return nil, invalid("must be %s, not %s", p.Type, typeName(v))
	}
	return v, nil
}

func (p *property) checkString(s string, strictDates bool) (any, error) {
	if err := between("characters", utf8.RuneCountInString(s), p.MinLength, p.MaxLength); err != nil {
		return nil, err
	}
	if p.pattern != nil && !p.pattern.MatchString(s) {
		return nil, invalid("must match pattern %q", p.Pattern)
	}
	check := formats[p.Format]
	if check == nil {
		return s, nil
	}
	stored, ok := check(s, strictDates)
	if !ok {
		return nil, invalid("must match format %q", p.Format)
	}
	return stored, nil
}

func (p *property) checkNumber(n json.Number) error {
	f, err := n.Float64()
	if err != nil {
		return invalid("must be a number that a double can hold")
	}
	if p.Minimum != nil && f < *p.Minimum {
		return invalid("must be >= %v", *p.Minimum)
	}
	if p.Maximum != nil && f > *p.Maximum {
		return invalid("must be <= %v", *p.Maximum)
	}
	return nil
}

func (p *property) checkList(list []any, strictDates bool) (any, error) {
	if err := between("items", len(list), p.MinItems, p.MaxItems); err != nil {
		return nil, err
	}
	if p.Items == nil {
		return list, nil
	}
	stored := make([]any, len(list))
	for i, v := range list {
		var err error
		if stored[i], err = p.Items.check(v, strictDates); err != nil {
			return nil, within(fmt.Sprintf("item %d", i), err)
		}
	}
	return stored, nil
}

func between(what string, n int, least, most *int) error {
	if least != nil && n < *least {
		return invalid("must NOT have fewer than %d %s", *least, what)
	}
	if most != nil && n > *most {
		return invalid("must NOT have more than %d %s", *most, what)
	}
	return nil
}

func typeName(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case json.Number:
		return "number"
	case string:
		return "string"
	case []any:
		return "array"
	default:
		return "object"
	}
}

// equal compares decoded JSON: numbers by value, the rest structurally.
func equal(a, b any) bool {
	na, aIs := a.(json.Number)
	nb, bIs := b.(json.Number)
	if aIs && bIs {
		return normalNumber(na) == normalNumber(nb)
	}
	return reflect.DeepEqual(a, b)
}
