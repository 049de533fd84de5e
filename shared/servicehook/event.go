package servicehook

import "slices"

// EventType is a type of event that Azure DevOps can send.
type EventType struct {
	// ID is "git.push" and the like; Publisher is who sends it.
	ID, Publisher string
	// Version is the version of the resource to subscribe with. Fallbacks are
	// those to try, in order, where a server does not have it: any of them tells
	// us which item it is about.
	Version   string
	Fallbacks []string
	// Ignored says why the type yields nothing to read, "" if it is handled.
	Ignored string

	point  *point
	inputs []input
}

// Kind is the kind of resource that the type tells about, "" if it is ignored.
func (e EventType) Kind() string {
	if e.point == nil {
		return ""
	}
	return e.point.kind
}

// Inputs are the names of the filters that a subscription to the type can have,
// none for a type that is ignored.
func (e EventType) Inputs() []string {
	names := make([]string, 0, len(e.inputs))
	for _, in := range e.inputs {
		names = append(names, in.name)
	}
	return names
}

// accepts reports whether a subscription with a version is as good as ours. A
// server that does not tell the version is believed.
func (e EventType) accepts(version string) bool {
	return version == "" || version == e.Version || slices.Contains(e.Fallbacks, version)
}

// Events returns every type of event that is known, handled or not.
func Events() []EventType { return slices.Clone(table) }

// Event returns the type of event with an id.
func Event(id string) (e EventType, known bool) {
	e, known = byID[id]
	return e, known
}

var byID = func() map[string]EventType {
	m := make(map[string]EventType, len(table))
	for _, e := range table {
		m[e.ID] = e
	}
	return m
}()

// handled are the types that tell about a kind: those that we subscribe to, in
// the order of the table.
func handled() []EventType {
	return slices.DeleteFunc(Events(), func(e EventType) bool { return e.point == nil })
}
