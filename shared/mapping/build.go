package mapping

import (
	"fmt"
	"slices"
)

// entity makes one entity of the program's output and adds it to the result.
func (m *mappings) entity(values []any, result *Result) {
	f := &filling{values: values}
	blueprint := f.text(m.blueprint)
	identifier, query := f.identifier(m.identifier)
	if len(f.failures) > 0 {
		result.identityFailures(f.failures)
		return
	}
	if blueprint == "" || identifier == "" && query == nil {
		result.Skipped++
		return
	}
	entity := Entity{
		Blueprint:  blueprint,
		Identifier: identifier,
		Query:      query,
		Meta:       make(map[string]any, len(m.meta)),
		Properties: m.properties.object(f),
		Relations:  make(map[string]any, len(m.relations)),
	}
	for _, part := range m.meta {
		if part.name == "team" {
			entity.Meta[part.name] = f.reference(part)
		} else {
			entity.Meta[part.name] = f.textOrNull(part)
		}
	}
	for _, part := range m.relations {
		entity.Relations[part.name] = f.reference(part)
	}
	result.Entities = append(result.Entities, entity)
	result.Failures = append(result.Failures, f.failures...)
}

// text gives the text that an expression stands for, "" for null.
func (f *filling) text(e *expression) string {
	v := f.value(e)
	text, ok := textOf(v)
	if !ok {
		f.fail(e, fmt.Sprintf("gave %s, it must give a text", typeOf(v)))
	}
	return text
}

func (f *filling) identifier(t template) (identifier string, query any) {
	if e, ok := t.(*expression); ok {
		return f.text(e), nil
	}
	return "", t.fill(f)
}

// textOrNull fills a title or icon.
func (f *filling) textOrNull(part field) any {
	v := part.value.fill(f)
	if v == nil {
		return nil
	}
	text, ok := textOf(v)
	if !ok {
		f.failField(part, fmt.Sprintf("gave %s, it must give a text", typeOf(v)))
		return nil
	}
	return text
}

// reference fills a relation or the team: null, a text, an array or a search
// object. Numbers become texts.
func (f *filling) reference(part field) any {
	switch v := part.value.fill(f).(type) {
	case nil:
		return nil
	case map[string]any:
		return v
	case []any:
		return texts(v)
	default:
		text, ok := textOf(v)
		if !ok {
			f.failField(part, fmt.Sprintf("gave %s, it must give a text or an array of texts", typeOf(v)))
			return nil
		}
		return text
	}
}

func (f *filling) failField(part field, message string) {
	if e, ok := part.value.(*expression); ok {
		f.fail(e, message)
	}
}

// texts makes texts of the numbers in a list.
func texts(list []any) []any {
	result := slices.Clone(list)
	for i, v := range list {
		if v == nil {
			continue
		}
		if text, ok := textOf(v); ok {
			result[i] = text
		}
	}
	return result
}
