package mapping

import (
	"slices"
	"strings"
)

// Resource is one entry of resources: how the items of one kind become
// entities. It is safe for concurrent use on different items and MUST NOT be
// changed.
type Resource struct {
	Kind string
	// Options are the values of the kind's selector options, defaults included:
	// a bool, a string or a []string each.
	Options map[string]any

	position string
	// selector is nil if every item is ingested.
	selector *expression
	// items gives the elements of an item, nil if the item itself is mapped.
	items       *expression
	elementName string
	// elementsPath is what to remove from the item beside an element.
	elementsPath []string
	mappings     []*mappings

	// program has the slots of all expressions but items, the selector first.
	program      *program
	itemsProgram *program
	identity     *identity

	onDemand  []string
	mentioned []string
}

// Position is "file:line:col" of the resource.
func (r *Resource) Position() string { return r.position }

// Blueprints returns the blueprints that are literals, sorted, each once.
// static is false if a further one depends on the item.
func (r *Resource) Blueprints() (ids []string, static bool) {
	static = true
	for _, m := range r.mappings {
		if m.blueprint.constant {
			ids = append(ids, constantOf(m.blueprint))
		} else {
			static = false
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids), static
}

// Fields returns the entity fields that the resource sets, in the form in which
// Port's search includes them ("title", "icon", "team", "properties.x",
// "relations.y"), sorted.
func (r *Resource) Fields() []string {
	var fields []string
	for _, m := range r.mappings {
		for _, f := range m.meta {
			fields = append(fields, f.name)
		}
		for _, f := range m.properties {
			fields = append(fields, "properties."+f.name)
		}
		for _, f := range m.relations {
			fields = append(fields, "relations."+f.name)
		}
	}
	slices.Sort(fields)
	return slices.Compact(fields)
}

// OnDemand returns those of the kind's OnDemand fields that any expression
// mentions by name, in the kind's order.
func (r *Resource) OnDemand() []string {
	var mentioned []string
	for _, name := range r.onDemand {
		if slices.Contains(r.mentioned, name) {
			mentioned = append(mentioned, name)
		}
	}
	return mentioned
}

// PropertyOf returns the first property whose expression is exactly expr, white
// space around it aside.
func (r *Resource) PropertyOf(expr string) (name string, ok bool) {
	for _, m := range r.mappings {
		for _, f := range m.properties {
			if e, is := f.value.(*expression); is && e.source == strings.TrimSpace(expr) {
				return f.name, true
			}
		}
	}
	return "", false
}

// each visits all expressions.
func (r *Resource) each(visit func(*expression)) {
	if r.selector != nil {
		visit(r.selector)
	}
	if r.items != nil {
		visit(r.items)
	}
	for _, m := range r.mappings {
		m.identifier.each(visit)
		visit(m.blueprint)
		m.meta.each(visit)
		m.properties.each(visit)
		m.relations.each(visit)
	}
}
