package ingest_test

import (
	"fmt"
	"testing"

	"adoport/shared/ingest"
)

// TestGuard: a prune of more than 10 entities, and of more than
// PRUNE_MAX_PERCENT of them, is refused; it changes nothing.
func TestGuard(t *testing.T) {
	t.Parallel()
	tests := []struct {
		gone, of int
		percent  float64
		refused  bool
	}{
		{gone: 11, of: 50, percent: 20, refused: true},
		{gone: 10, of: 49, percent: 20}, // 10 always go
		{gone: 10, of: 10, percent: 20},
		{gone: 11, of: 11, percent: 20, refused: true},
		{gone: 11, of: 55, percent: 20}, // exactly 20 %
		{gone: 11, of: 54, percent: 20, refused: true},
		{gone: 0, of: 50, percent: 0},
		{gone: 10, of: 50, percent: 0},
		{gone: 11, of: 50, percent: 0, refused: true},
		{gone: 50, of: 50, percent: 100},
		{gone: 49, of: 50, percent: 97.9, refused: true},
		{gone: 49, of: 50, percent: 98},
		{gone: 230, of: 230, percent: 100}, // several batches
	}
	for _, test := range tests {
		t.Run(fmt.Sprintf("%d of %d at %g", test.gone, test.of, test.percent), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, standard, func(o *ingest.Options) { o.PruneMaxPercent = test.percent })
			for i := range test.of {
				id := fmt.Sprintf("t%03d", i)
				w.old("task", id)
				if i >= test.gone {
					w.readers["task"].put("p1", id, map[string]any{"title": id})
				}
			}
			r := w.run()
			b := blueprint(r, "task")
			if test.refused {
				if len(w.catalog.ids("task")) != test.of || b.Deleted != 0 || b.PruneSkipped == "" || r.Status != ingest.Incomplete {
					t.Errorf("%d left, %s, %+v; want it refused", len(w.catalog.ids("task")), r.Status, b)
				}
				return
			}
			if len(w.catalog.ids("task")) != test.of-test.gone || b.Deleted != test.gone || r.Status != ingest.Complete {
				t.Errorf("%d left, %s, %+v; want %d deleted", len(w.catalog.ids("task")), r.Status, b, test.gone)
			}
		})
	}
}

// TestGuardCountsOurs: the entities of others do not make the share smaller.
func TestGuardCountsOurs(t *testing.T) {
	t.Parallel()
	w := newWorld(t, standard, nil)
	for i := range 100 {
		w.catalog.put("somebody", "task", ingest.Stored{Identifier: fmt.Sprint("x", i), UpdatedAt: w.clock()})
	}
	for i := range 20 {
		w.old("task", fmt.Sprint("t", i))
	}
	if r := w.run(); r.Status != ingest.Incomplete || len(w.catalog.ids("task")) != 120 {
		t.Errorf("%s, %d left", r.Status, len(w.catalog.ids("task")))
	}
}

// TestGuardHoldsAlone: a refused blueprint does not keep others from being
// pruned.
func TestGuardHoldsAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, standard, nil)
	for i := range 20 {
		w.old("task", fmt.Sprint("t", i))
	}
	w.old("team", "gone")
	r := w.run()
	if blueprint(r, "task").Deleted != 0 || blueprint(r, "team").Deleted != 1 {
		t.Errorf("%+v", r.Blueprints)
	}
}
