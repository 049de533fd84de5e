package port

import (
	"maps"
	"slices"
)

// record is one stored entity. It is kept small: there may be a million.
type record struct {
	id   string
	body string // packed by store.names
	// created and updated are Unix milliseconds.
	created, updated int64
	// source, createdBy and updatedBy are numbers in store.people.
	source, createdBy, updatedBy uint32
	// inbound counts the relation values, of all entities, that name this one.
	inbound int32
}

// shelf is a blueprint with its entities.
type shelf struct {
	id      string
	doc     document
	def     *definition
	records map[string]*record
	order   ordered
}

// store is the catalog. Server.mu guards it.
type store struct {
	options Options
	shelves map[string]*shelf
	names   texts // of fields
	people  texts // datasources and client IDs
	last    int64 // the newest time given out
	writes  Writes
	log     []Write
}

func newStore(o Options) *store {
	return &store{options: o, shelves: map[string]*shelf{}}
}

// now returns the time in Unix milliseconds. It never goes back.
func (s *store) now() int64 {
	s.last = max(s.last, s.options.Now().UnixMilli())
	return s.last
}

func (s *store) shelf(blueprint string) (*shelf, error) {
	if sh, ok := s.shelves[blueprint]; ok {
		return sh, nil
	}
	return nil, notFound("Blueprint with identifier %q was not found", blueprint)
}

func (s *store) sorted() []*shelf {
	list := make([]*shelf, 0, len(s.shelves))
	for _, id := range slices.Sorted(maps.Keys(s.shelves)) {
		list = append(list, s.shelves[id])
	}
	return list
}

func (s *store) record(blueprint, id string) *record {
	if sh := s.shelves[blueprint]; sh != nil {
		return sh.records[id]
	}
	return nil
}

// shelve adds, replaces or patches a blueprint's document. old is nil for a new
// one.
func (s *store) shelve(old *shelf, doc document, by string) (*shelf, error) {
	doc.complete()
	def, err := doc.define(func(id string) bool { return s.shelves[id] != nil })
	if err != nil {
		return nil, err
	}
	now := formatMillis(s.now())
	sh := old
	if sh == nil {
		sh = &shelf{id: *def.Identifier, records: map[string]*record{}}
		s.shelves[sh.id] = sh
		doc["createdAt"], doc["createdBy"] = now, by
	} else {
		if *def.Identifier != old.id {
			return nil, invalid("body/identifier: renaming a blueprint is not simulated")
		}
		doc["createdAt"], doc["createdBy"] = old.doc["createdAt"], old.doc["createdBy"]
		s.conform(old, def)
	}
	doc["updatedAt"], doc["updatedBy"] = now, by
	sh.doc, sh.def = doc, def
	return sh, nil
}

// conform drops from the entities what a new definition no longer has.
func (s *store) conform(sh *shelf, next *definition) {
	gone := map[string]bool{}
	for name := range sh.def.Schema.Properties {
		if next.Schema.Properties[name] == nil {
			gone[propertyPrefix+name] = true
		}
	}
	for name, was := range sh.def.Relations {
		if is, kept := next.Relations[name]; !kept || is.Target != was.Target || is.Many != was.Many {
			gone[relationPrefix+name] = true
		}
	}
	if len(gone) == 0 {
		return
	}
	for r := range sh.order.after("") {
		f := s.names.unpack(r.body)
		s.count(sh, f, -1)
		maps.DeleteFunc(f, func(name string, _ any) bool { return gone[name] })
		s.count(sh, f, +1)
		r.body = s.names.pack(f)
	}
}

// count adds by to the inbound count of every entity that f's relations name.
func (s *store) count(sh *shelf, f fieldset, by int32) {
	for target := range s.targets(sh, f) {
		target.inbound += by
	}
}
