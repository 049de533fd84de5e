package ingest_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"adoport/shared/ingest"
)

// prepare gives two equal worlds something to create, update, leave and delete.
func prepare(w *world) {
	w.tasks(4)
	w.complete("task")
	w.readers["team"].put("", "a", map[string]any{"title": "A", "size": 1})
	w.readers["task"].put("p1", "t02", map[string]any{"title": "Renamed", "rev": 2, "team": "b"})
	w.readers["task"].put("p2", "u1", map[string]any{"title": "New", "rev": 1})
	w.readers["task"].drop("p1", "t04")
	w.old("team", "gone")
	w.catalog.forget()
	w.told()
}

// dry makes the world's engine one that changes nothing.
func (w *world) dry() *ingest.DryRun {
	d := ingest.NewDryRun(w.catalog)
	o := w.options
	o.Catalog = d
	w.engine = ingest.New(o)
	return d
}

// TestDryRun writes nothing, and tells what the real run then does.
func TestDryRun(t *testing.T) {
	t.Parallel()
	w := newWorld(t, standard, nil)
	prepare(w)
	before := snapshot(w.catalog)
	w.dry()
	dry := w.complete()
	told := w.told()
	if diff := cmp.Diff(before, snapshot(w.catalog)); diff != "" {
		t.Errorf("a dry run changed the catalog:\n%s", diff)
	}
	if n := len(w.catalog.upserts) + len(w.catalog.deletes) + len(w.catalog.created) + len(w.catalog.extended); n > 0 {
		t.Errorf("%d writes", n)
	}
	w.engine = ingest.New(w.options)
	real := w.complete()
	if diff := cmp.Diff(w.told(), told); diff != "" {
		t.Errorf("changes (-real +dry):\n%s", diff)
	}
	if diff := cmp.Diff(real.Blueprints, dry.Blueprints); diff != "" {
		t.Errorf("reports (-real +dry):\n%s", diff)
	}
	if len(told) != 5 {
		t.Errorf("told %v", told)
	}
}

func snapshot(c *fakeCatalog) map[string]map[string]ingest.Stored {
	all := map[string]map[string]ingest.Stored{}
	for _, b := range []string{"team", "task"} {
		all[b] = map[string]ingest.Stored{}
		for _, id := range c.ids(b) {
			all[b][id] = c.get(b, id)
		}
	}
	return all
}

// TestDryRunOfAFirstRun: the blueprints are imagined, and empty.
func TestDryRunOfAFirstRun(t *testing.T) {
	t.Parallel()
	w := bare(t, standard, nil)
	w.tasks(3)
	d := w.dry()
	r := w.complete()
	if len(w.catalog.blueprints)+len(w.catalog.finds)+len(w.catalog.upserts) > 0 {
		t.Errorf("blueprints %v, searches %v, written %v", w.catalog.blueprints, w.catalog.finds, w.catalog.upserts)
	}
	var created []string
	for _, b := range d.Created() {
		created = append(created, b.Identifier)
	}
	if !slices.Equal(created, []string{"team", "task"}) || len(d.Extended()) > 0 || blueprint(r, "task").Created != 3 {
		t.Errorf("created %v, extended %v, %+v", created, d.Extended(), r.Blueprints)
	}
}

// TestDryRunOfAnExtension.
func TestDryRunOfAnExtension(t *testing.T) {
	t.Parallel()
	w := bare(t, standard, nil)
	w.catalog.blueprints = map[string]ingest.Blueprint{"team": teamBlueprint, "task": {Identifier: "task"}}
	w.tasks(3)
	d := w.dry()
	w.complete()
	if got := d.Extended(); len(got) != 1 || got[0].Identifier != "task" || len(got[0].Schema.Properties) != 2 || len(d.Created()) > 0 {
		t.Errorf("extended %+v, created %v", got, d.Created())
	}
	if len(w.catalog.extended) > 0 {
		t.Errorf("extended for real: %v", w.catalog.extended)
	}
}

// TestDryRunIsGuarded like a real one.
func TestDryRunIsGuarded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, standard, nil)
	for i := range 11 {
		w.old("task", string(rune('a'+i)))
	}
	w.dry()
	r := w.run()
	if told := w.told(); r.Status != ingest.Incomplete || blueprint(r, "task").PruneSkipped == "" || len(told) > 0 {
		t.Errorf("%s %+v, told %v", r.Status, r.Blueprints, told)
	}
}
