package doctor

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"adoport/cmd/internal/wiring"
	"adoport/shared/kind"
	"adoport/shared/mapping"
)

// NameMapping is the check of the mapping.
const NameMapping = "mapping"

// shownProblems is how many problems of a mapping are shown.
const shownProblems = 5

// Mapping is the mapping, with what is wrong with it. The names of files are
// those that a person gave.
type Mapping struct {
	// Config is nil if there is anything wrong.
	Config *mapping.Config
	file   string
	err    error
}

// ReadMapping reads the mapping file, or the built-in mapping if there is none.
func ReadMapping(file string) *Mapping {
	m := &Mapping{file: file}
	m.Config, m.err = wiring.LoadMapping(file)
	if m.err == nil {
		// What only the kinds know of their selectors.
		_, m.err = kind.Sources(m.Config, kind.NewOrganization(nil))
	}
	if m.err != nil {
		m.Config = nil
	}
	return m
}

// Kinds are those that are mapped, each once.
func (m *Mapping) Kinds() []string {
	if m.Config == nil {
		return nil
	}
	return wiring.Kinds(m.Config)
}

// Check tells what is wrong with the mapping, or what is in it.
func (m *Mapping) Check() Check {
	return Check{Name: NameMapping, Ask: func(context.Context) Finding {
		name := m.file
		if name == "" {
			name = "the built-in one"
		}
		if m.err != nil {
			return m.failure(name)
		}
		detail := fmt.Sprintf("%s: %s of %s", name, counted(len(m.Config.Resources), "resource"), strings.Join(m.Kinds(), ", "))
		switch {
		case len(m.Config.Resources) == 0:
			return fail(name+": it has no resources, so nothing is ingested", "Add resources to it, or remove MAPPING_FILE to use the built-in mapping.")
		case len(m.Config.Notices) > 0:
			return warn(detail, m.Config.Notices...)
		default:
			return fine("%s", detail)
		}
	}}
}

func (m *Mapping) failure(name string) Finding {
	var all mapping.Problems
	if !errors.As(m.err, &all) {
		return fail(name+": "+m.err.Error(), "Set MAPPING_FILE to a mapping on this computer, or remove it to use the built-in one.")
	}
	todo := make([]string, 0, shownProblems+1)
	for _, p := range all[:min(len(all), shownProblems)] {
		todo = append(todo, p.String())
	}
	if more := len(all) - shownProblems; more > 0 {
		todo = append(todo, fmt.Sprintf("And %d more: adoport mapping check %s", more, m.file))
	}
	return fail(name+": "+counted(len(all), "problem"), todo...)
}
