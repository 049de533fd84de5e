package ingest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"time"

	"adoport/shared/mapping"
)

// batch is some items of one source on their way to the catalog, mapped.
type batch struct {
	source *Source
	tally  *tally
	// entities are by blueprint.
	entities map[string][]*candidate
	// readAt is when the items were read, before the first request for them.
	readAt time.Time
	// believe writes entities of which the catalog has a newer revision too.
	believe bool
}

// settle makes the catalog equal to a batch: compare and write. What fails for
// one entity is counted and goes no further; an error is returned only for what
// concerns all of them.
func (e *Engine) settle(ctx context.Context, b batch) error {
	newer, err := e.settleOnce(ctx, b)
	if err != nil || len(newer) == 0 {
		return err
	}
	// The catalog has a newer revision than we have read: an event was faster
	// than this page, or the catalog is wrong. Read once more and believe that.
	// One item may have several entities.
	slices.SortFunc(newer, func(a, b Ref) int { return cmp.Compare(a.ID, b.ID) })
	newer = slices.Compact(newer)
	items, _, err := b.source.Reader.Read(ctx, newer)
	if err != nil {
		return fmt.Errorf("reading %d items again: %w", len(newer), err)
	}
	b.entities, b.believe = e.mapItems(ctx, b.source, items, b.tally, nil), true
	_, err = e.settleOnce(ctx, b)
	return err
}

// settleOnce is one pass of settle. It returns the items of which the catalog has
// a newer revision.
func (e *Engine) settleOnce(ctx context.Context, all batch) ([]Ref, error) {
	var newer []Ref
	for _, id := range slices.Sorted(maps.Keys(all.entities)) {
		b, exists, err := e.blueprint(ctx, id)
		if err != nil {
			return nil, err
		}
		if !exists {
			all.fail(id, fmt.Errorf("blueprint %q does not exist in Port: create it, or correct the mapping", id))
			continue
		}
		refs, err := e.reconcile(ctx, all, b)
		if err != nil {
			return nil, err
		}
		newer = append(newer, refs...)
	}
	return newer, nil
}

// fail fails all entities of one blueprint.
func (b batch) fail(blueprint string, err error) {
	for _, c := range b.entities[blueprint] {
		b.tally.fail(&c.entity, "", err)
	}
}

// candidate is an entity on its way to the catalog, with the item that it comes
// from.
type candidate struct {
	ref    Ref
	entity mapping.Entity
}

// mapItems maps items with all resources of their source, by blueprint. Entities
// of one identifier become one, the later resource winning field by field. none,
// if it is not nil, is told of every item of which a resource makes no entity,
// because its selector is false or its identifier empty.
func (e *Engine) mapItems(ctx context.Context, source *Source, items []Item, t *tally, none func(remnant)) map[string][]*candidate {
	mapped := map[string][]*candidate{}
	index := map[[2]string]*candidate{}
	for _, item := range items {
		runtime.Gosched() // a batch is much work: answers to service hooks go first
		var sum Counts
		for _, r := range source.Resources {
			result := r.Map(ctx, item.Value)
			sum.Skipped += result.Skipped
			sum.Nulled += e.reportFailures(item.Ref, result.Failures, t)
			// A failure says nothing about the selector: the entity stays.
			if none != nil && len(result.Entities)+len(result.Failures) == 0 {
				none(remnant{r, item.Value})
			}
			for i := range result.Entities {
				entity := result.Entities[i]
				key := [2]string{entity.Blueprint, entity.Identifier}
				if twin, ok := index[key]; ok && entity.Identifier != "" {
					overlay(&twin.entity, &entity)
					continue
				}
				c := &candidate{item.Ref, entity}
				index[key] = c
				mapped[entity.Blueprint] = append(mapped[entity.Blueprint], c)
			}
		}
		t.count("", sum)
	}
	return mapped
}

// reportFailures samples an item's failed expressions and returns how many of
// them were only set to null.
func (e *Engine) reportFailures(ref Ref, failures []mapping.Failure, t *tally) (nulled int) {
	unknown := false
	for _, f := range failures {
		t.sample(Sample{Item: ref.String(), Where: f.Path, Error: f.Err})
		if f.Identity {
			unknown = true
		} else {
			nulled++
		}
	}
	if unknown {
		t.unknown()
	}
	return nulled
}

// overlay writes the fields of b over those of a. The maps of a belong to this
// call: an entity that was mapped is in nobody else's hands.
func overlay(a, b *mapping.Entity) {
	a.Meta = merged(a.Meta, b.Meta)
	a.Properties = merged(a.Properties, b.Properties)
	a.Relations = merged(a.Relations, b.Relations)
}

// reconcile compares the entities of one blueprint with the catalog and writes
// what differs.
func (e *Engine) reconcile(ctx context.Context, all batch, b Blueprint) (newer []Ref, _ error) {
	valid := e.validate(b, all.entities[b.Identifier], all.tally)
	stored, err := e.find(ctx, b, valid)
	if errors.Is(err, ErrNotFound) {
		all.fail(b.Identifier, err)
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("finding entities of %s: %w", b.Identifier, err)
	}
	revision := revisionProperty(all.source, b.Identifier)
	var write []*candidate
	var changes []Change
	for _, c := range valid {
		old, exists := stored[c.entity.Identifier]
		exists = exists && c.entity.Query == nil
		fields := differences(b, &c.entity, old)
		if exists && len(fields) == 0 {
			all.tally.count(b.Identifier, Counts{Unchanged: 1})
			continue
		}
		if exists && !all.believe && !placeholder(old) && (newerThan(old, &c.entity, revision) || e.writtenSince(all.readAt, old)) {
			newer = append(newer, c.ref)
			continue
		}
		write = append(write, c)
		changes = append(changes, changeOf(&c.entity, exists && !placeholder(old) || c.entity.Query != nil, fields))
	}
	return newer, e.write(ctx, b, write, changes, all.tally)
}

// writtenSince reports whether an entity was written after its item was read, so
// that what was read may be older than what was written.
func (e *Engine) writtenSince(readAt time.Time, old Stored) bool {
	return !readAt.IsZero() && old.UpdatedAt.After(readAt.Add(e.o.Catalog.Clock()))
}

// validate prepares entities for Port and fails those that it would refuse.
// Every entity counts as seen, whatever becomes of it here.
func (e *Engine) validate(b Blueprint, all []*candidate, t *tally) []*candidate {
	valid := make([]*candidate, 0, len(all))
	for _, c := range all {
		t.see(&c.entity, b)
		if where, err := e.checkIdentifiers(&c.entity); err != nil {
			t.fail(&c.entity, where, err)
			continue
		}
		normalize(b, &c.entity)
		valid = append(valid, c)
	}
	return valid
}

// checkIdentifiers finds the first identifier of an entity that Port would
// refuse.
func (e *Engine) checkIdentifiers(entity *mapping.Entity) (where string, _ error) {
	if entity.Query == nil {
		if err := e.o.Catalog.CheckIdentifier(entity.Identifier); err != nil {
			return "identifier", err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(entity.Relations)) {
		for _, id := range relatedIdentifiers(entity.Relations[name]) {
			if err := e.o.Catalog.CheckIdentifier(id); err != nil {
				return "relations." + name, err
			}
		}
	}
	return "", nil
}

// find asks the catalog for the identified ones of the candidates.
func (e *Engine) find(ctx context.Context, b Blueprint, candidates []*candidate) (map[string]Stored, error) {
	var identifiers []string
	for _, c := range candidates {
		if c.entity.Query == nil {
			identifiers = append(identifiers, c.entity.Identifier)
		}
	}
	if len(identifiers) == 0 {
		return nil, nil
	}
	return e.o.Catalog.Find(ctx, b.Identifier, identifiers, e.fieldsOf(b.Identifier))
}

// fieldsOf lists the entity fields that any resource maps for a blueprint. It is
// the same for every page, so that requests for one blueprint can be merged.
func (e *Engine) fieldsOf(blueprint string) []string {
	set := map[string]bool{}
	for i := range e.o.Sources {
		for _, r := range e.o.Sources[i].Resources {
			if !mapsTo(r, blueprint) {
				continue
			}
			for _, f := range r.Fields() {
				set[f] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(set))
}

// write sends the entities and counts what became of each.
func (e *Engine) write(ctx context.Context, b Blueprint, candidates []*candidate, changes []Change, t *tally) error {
	if len(candidates) == 0 {
		return nil
	}
	entities := make([]mapping.Entity, len(candidates))
	for i, c := range candidates {
		entities[i] = c.entity
	}
	outcomes, err := e.o.Catalog.Upsert(ctx, b.Identifier, entities)
	if err != nil {
		return fmt.Errorf("writing entities of %s: %w", b.Identifier, err)
	}
	for i, o := range outcomes {
		switch {
		case o.Err != nil:
			t.fail(&entities[i], "", o.Err)
			continue
		case changes[i].Action == Create:
			t.count(b.Identifier, Counts{Created: 1})
		default:
			t.count(b.Identifier, Counts{Updated: 1})
		}
		e.o.OnChange(changes[i])
	}
	return nil
}
