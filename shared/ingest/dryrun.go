package ingest

import (
	"context"
	"errors"
	"iter"
	"maps"
	"slices"
	"sync"

	"adoport/shared/mapping"
)

// DryRun is a catalog that reads from another one and writes nothing: every
// write succeeds and is forgotten. Blueprints that would be created are there,
// and empty.
type DryRun struct {
	Catalog

	mu       sync.Mutex
	created  map[string]Blueprint
	extended map[string]Blueprint
}

// NewDryRun returns a catalog that reads from c.
func NewDryRun(c Catalog) *DryRun {
	return &DryRun{Catalog: c, created: map[string]Blueprint{}, extended: map[string]Blueprint{}}
}

// Created lists the blueprints that would have been created.
func (d *DryRun) Created() []Blueprint {
	d.mu.Lock()
	defer d.mu.Unlock()
	return targetsFirst(slices.Collect(maps.Values(d.created)))
}

// Extended lists, for blueprints that exist, what would have been added.
func (d *DryRun) Extended() []Blueprint {
	d.mu.Lock()
	defer d.mu.Unlock()
	return targetsFirst(slices.Collect(maps.Values(d.extended)))
}

// CreateBlueprint remembers b.
func (d *DryRun) CreateBlueprint(_ context.Context, b Blueprint) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.created[b.Identifier] = b
	return nil
}

// ExtendBlueprint remembers missing.
func (d *DryRun) ExtendBlueprint(_ context.Context, missing Blueprint) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.extended[missing.Identifier] = missing
	return nil
}

// imagined reports whether a blueprint is not in Port.
func (d *DryRun) imagined(blueprint string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	_, ok := d.created[blueprint]
	return ok
}

// Find finds nothing in a blueprint that would be created.
func (d *DryRun) Find(ctx context.Context, blueprint string, identifiers, fields []string) (map[string]Stored, error) {
	if d.imagined(blueprint) {
		return nil, nil
	}
	return d.Catalog.Find(ctx, blueprint, identifiers, fields)
}

// Owned yields nothing of a blueprint that would be created.
func (d *DryRun) Owned(ctx context.Context, blueprint string) iter.Seq2[[]Stored, error] {
	if d.imagined(blueprint) {
		return func(func([]Stored, error) bool) {}
	}
	return d.Catalog.Owned(ctx, blueprint)
}

// Count is an error: what would be created and is not there makes any number
// wrong.
func (d *DryRun) Count(context.Context, string) (int, error) {
	return 0, errors.New("a dry run does not know how many entities there would be")
}

// Upsert writes nothing.
func (d *DryRun) Upsert(_ context.Context, _ string, entities []mapping.Entity) ([]Outcome, error) {
	return make([]Outcome, len(entities)), nil
}

// Delete deletes nothing.
func (d *DryRun) Delete(_ context.Context, _ string, identifiers []string) ([]Outcome, error) {
	return make([]Outcome, len(identifiers)), nil
}
