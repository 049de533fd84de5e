package port

import (
	"maps"
	"slices"
	"strings"
)

// writeMode says what a write may do.
type writeMode struct {
	// upsert lets it change an entity that exists; merge keeps what is not
	// given.
	upsert, merge bool
	// createMissing makes a stub of every related entity that is missing.
	createMissing bool
	// validateOnly checks and writes nothing.
	validateOnly bool
}

// caller is who writes: the User-Agent becomes $datasource.
type caller struct {
	source, by string
}

// written is what became of one entity. record is nil if nothing was written.
type written struct {
	id      string
	record  *record
	created bool
}

// write brings one entity into the catalog, or changes nothing.
func (s *store) write(sh *shelf, d *draft, mode writeMode, who caller) (written, error) {
	id, err := s.identify(sh, d)
	if err != nil {
		return written{}, err
	}
	existing := sh.records[id]
	if existing != nil && !mode.upsert {
		return written{}, conflict("identifier_taken", "Entity with identifier %q of blueprint %q already exists", id, sh.id)
	}
	next, stubs, err := s.plan(sh, id, existing, d, mode)
	if err != nil {
		return written{}, err
	}
	done := written{id: id, created: existing == nil}
	if mode.validateOnly {
		return done, nil
	}
	for _, stub := range stubs {
		s.put(stub.shelf, stub.id, fieldset{"title": stub.id}, who)
		s.note(&s.writes.Stubs, Stubbed, stub.shelf, stub.id, who)
	}
	done.record = s.put(sh, id, next, who)
	if done.created {
		s.note(&s.writes.Created, Created, sh, id, who)
	} else {
		s.note(&s.writes.Updated, Updated, sh, id, who)
	}
	return done, nil
}

// plan computes an entity's next fields and the stubs that they need.
func (s *store) plan(sh *shelf, id string, existing *record, d *draft, mode writeMode) (fieldset, []stub, error) {
	given, err := s.resolveFields(sh, d.fields)
	if err != nil {
		return nil, nil, err
	}
	given, err = sh.validate(given, s.options.StrictDates)
	if err != nil {
		return nil, nil, err
	}
	next := fieldset{}
	if existing != nil && mode.merge {
		next = s.names.unpack(existing.body)
	}
	maps.Copy(next, given)
	maps.DeleteFunc(next, func(_ string, v any) bool { return v == nil })
	if err := sh.checkRequired(next); err != nil {
		return nil, nil, err
	}
	stubs := s.missing(sh, id, given)
	if len(stubs) > 0 && !mode.createMissing {
		return nil, nil, notFound("Entity with identifier %q of blueprint %q was not found", stubs[0].id, stubs[0].shelf.id)
	}
	return next, stubs, nil
}

// stub is a related entity that does not exist yet.
type stub struct {
	shelf *shelf
	id    string
}

// missing returns the entities that relations name and that do not exist, each
// once. The entity that is being written may name itself.
func (s *store) missing(sh *shelf, id string, given fieldset) []stub {
	var stubs []stub
	for _, name := range slices.Sorted(maps.Keys(given)) {
		key, isRelation := strings.CutPrefix(name, relationPrefix)
		if !isRelation {
			continue
		}
		target := s.shelves[sh.def.Relations[key].Target]
		for _, v := range asList(given[name]) {
			want := stub{shelf: target, id: v.(string)}
			itself := target == sh && want.id == id
			if !itself && target.records[want.id] == nil && !slices.Contains(stubs, want) {
				stubs = append(stubs, want)
			}
		}
	}
	return stubs
}

// put stores an entity's fields, replacing what is there.
func (s *store) put(sh *shelf, id string, f fieldset, who caller) *record {
	now, by := s.now(), s.people.id(who.by)
	r := sh.records[id]
	if r == nil {
		r = &record{id: strings.Clone(id), created: now, createdBy: by}
		sh.records[r.id] = r
		sh.order.insert(r)
	} else {
		for target := range s.targetsOf(sh, r) {
			target.inbound--
		}
	}
	r.body, r.updated, r.updatedBy, r.source = s.names.pack(f), now, by, s.people.id(who.source)
	s.count(sh, f, +1)
	return r
}
