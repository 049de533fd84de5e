package azuredevops

import (
	"slices"
	"time"
)

// item is a view of one work item: computed from the seed, with what changed
// laid over it.
type item struct {
	server *Server
	id     int
	// draw gives the base values.
	draw    seed
	project *project
	change  *change // nil if it never changed
}

// change is what is known of a work item beyond the seed.
type change struct {
	project *project
	// created is true if there is nothing below the overlay.
	created, deleted bool
	// revisions is how many there are beyond the base.
	revisions int
	at        time.Time
	// fields override; nil means that the field is empty. Paths of areas and
	// iterations are below the project.
	fields map[string]any
}

// baseCount is how many work items are computed. They are interleaved: id
// i*P+k+1 is of the k-th of P projects.
func (s *Server) baseCount() int { return s.options.Projects * s.options.WorkItemsPerProject }

// baseProject returns the project that a base work item began in.
func (s *Server) baseProject(id int) *project { return s.base[(id-1)%len(s.base)] }

// item returns a work item that may be read; not one that never was, that is in
// the recycle bin, or whose project cannot be read.
func (s *Server) item(id int) (item, bool) {
	it, ok := s.anyItem(id)
	if !ok || it.change != nil && it.change.deleted || !it.project.readable() {
		return item{}, false
	}
	return it, true
}

// anyItem returns a work item even if it cannot be read.
func (s *Server) anyItem(id int) (item, bool) {
	it := item{server: s, id: id}
	if len(s.changes) > 0 {
		it.change = s.changes[id]
	}
	switch {
	case it.change != nil:
		it.project = it.change.project
	case id >= 1 && id <= s.baseCount():
		it.project = s.baseProject(id)
	default:
		return item{}, false
	}
	it.draw = s.seed.of(streamWorkItem, id)
	return it, true
}

// value returns what a field holds, nil if it is empty: a string, an int, a
// float64, a bool, a time.Time, a *person, or decoded JSON.
func (it *item) value(f *field) any {
	if f.derived == nil && it.change != nil {
		if v, ok := it.change.fields[f.name]; ok || it.change.created {
			return v
		}
	}
	switch {
	case f.derived != nil:
		return f.derived(it)
	case f.base != nil:
		return f.base(it)
	}
	return nil
}

// path returns a path below the project that is kept under a field's name.
func (it *item) path(name string, base []string, purpose int) string {
	if it.change != nil {
		if v, ok := it.change.fields[name].(string); ok {
			return v
		}
		if it.change.created {
			return ""
		}
	}
	return base[it.draw.draw(purpose, len(base))]
}

func (it *item) area() string {
	return it.path(areaPath, choose(it.server.options.Nasty, nastyAreas, areas), 1)
}

func (it *item) iteration() string { return it.path(iterationPath, iterations, 2) }

// under puts a path below the project's name.
func (p *project) under(path string) string {
	if path == "" {
		return p.name
	}
	return p.name + `\` + path
}

func (it *item) rev() int {
	n := 1
	if it.change == nil || !it.change.created {
		n += it.draw.draw(3, 20)
	}
	if it.change != nil {
		n += it.change.revisions
	}
	return n
}

func (it *item) baseCreated() time.Time { return it.draw.moment(4, epoch, 300) }

func (it *item) changedAt() time.Time {
	if it.change != nil {
		return it.change.at
	}
	return it.draw.moment(5, it.baseCreated(), 100)
}

// someone returns one of the organization's people.
func (it *item) someone(purpose int) *person {
	return it.server.people[it.draw.draw(purpose, len(it.server.people))]
}

// addExtra notes an id that is not where the base has it.
func (s *Server) addExtra(id int) {
	if at, ok := slices.BinarySearch(s.extras, id); !ok {
		s.extras = slices.Insert(s.extras, at, id)
	}
}
