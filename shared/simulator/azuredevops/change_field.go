package azuredevops

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// setFields lays values over a change. The move to another project comes first,
// for paths are below it.
func (s *Server) setFields(ch *change, values map[string]any) error {
	if name, ok := values[teamProject].(string); ok && !strings.EqualFold(name, ch.project.name) {
		p, ok := s.names[foldName(name)]
		if !ok {
			return fmt.Errorf("there is no project named %q", name)
		}
		ch.project = p
		ch.fields[areaPath], ch.fields[iterationPath] = "", ""
	}
	for name, v := range values {
		if name == teamProject {
			continue
		}
		if err := s.setField(ch, name, v); err != nil {
			return fmt.Errorf("field %s: %w", name, err)
		}
	}
	return nil
}

func (s *Server) setField(ch *change, name string, v any) error {
	f, ok := s.findField(name)
	if !ok {
		f = &field{name: name, label: name, class: classOf(v)}
	}
	if f.class == pathClass {
		return setPath(ch, f, v)
	}
	if f.derived != nil {
		return errors.New("the service computes it")
	}
	v, err := s.fieldValue(f, v)
	if err != nil {
		return err
	}
	ch.fields[f.name] = v
	if !ok {
		s.custom[foldName(name)] = f
	}
	return nil
}

// setPath keeps a path as one below the project, and makes it known there.
func setPath(ch *change, f *field, v any) error {
	text, ok := v.(string)
	if !ok {
		return errors.New("a path is a string")
	}
	root, below, _ := strings.Cut(text, `\`)
	if !strings.EqualFold(root, ch.project.name) {
		return fmt.Errorf("the path %q does not begin with the project's name %q", text, ch.project.name)
	}
	ch.fields[f.name] = below
	ch.project.addPath(f.name, below)
	return nil
}

// fieldValue converts a value to what an item holds, see item.value.
func (s *Server) fieldValue(f *field, v any) (any, error) {
	switch v := v.(type) {
	case nil, int, float64, bool:
		return v, nil
	case time.Time:
		return v.UTC().Truncate(time.Millisecond), nil
	case string:
		switch f.class {
		case identityClass:
			return s.personNamed(v), nil
		case dateClass:
			when, err := time.Parse(time.RFC3339, v)
			return when.UTC().Truncate(time.Millisecond), err
		}
		return v, nil
	}
	b, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("a value that JSON cannot carry: %w", err)
	}
	var decoded any
	if err := json.Unmarshal(b, &decoded); err != nil {
		return nil, fmt.Errorf("decoding the value again: %w", err)
	}
	return decoded, nil
}

func classOf(v any) class {
	switch v.(type) {
	case int, float64:
		return numberClass
	case bool:
		return booleanClass
	case time.Time:
		return dateClass
	}
	return textClass
}

// allFields returns the fields that a work item may have, custom ones last.
func (s *Server) allFields(ch *change) []*field {
	if ch == nil || len(s.custom) == 0 {
		return fields
	}
	custom := slices.SortedFunc(maps.Values(s.custom), func(a, b *field) int { return cmp.Compare(a.name, b.name) })
	return slices.Concat(fields, custom)
}
