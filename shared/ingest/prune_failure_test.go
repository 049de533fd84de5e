package ingest_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"adoport/shared/ingest"
)

// TestDeleteFails: the others go, and it is told.
func TestDeleteFails(t *testing.T) {
	t.Parallel()
	w := newWorld(t, standard, nil)
	w.old("task", "gone", "stuck")
	w.catalog.refuse = func(method, _, identifier string) error {
		if method == "Delete" && identifier == "stuck" {
			return errors.New("409 has_dependents")
		}
		return nil
	}
	r := w.run()
	b := blueprint(r, "task")
	if r.Status != ingest.Incomplete || b.Deleted != 1 || b.Failed != 1 || !mentions(r, "task/stuck", "409 has_dependents") {
		t.Errorf("%s %+v %v", r.Status, b, r.Failures)
	}
}

// TestPruneFails: it is tried again, and given up as one that was skipped. The
// blueprints after it are pruned.
func TestPruneFails(t *testing.T) {
	t.Parallel()
	for _, failures := range []int{1, ingest.MaxAttempts} {
		w := newWorld(t, standard, nil)
		w.old("task", "gone")
		w.old("team", "gone")
		left := failures
		w.catalog.fail = func(method, blueprint string) error {
			if left > 0 && method == "Owned" && blueprint == "task" {
				left--
				return errors.New("502 Bad Gateway")
			}
			return nil
		}
		r := w.run()
		skipped := failures == ingest.MaxAttempts
		if b := blueprint(r, "task"); (b.PruneSkipped != "") != skipped || (b.Deleted == 0) != skipped || (r.Status == ingest.Incomplete) != skipped {
			t.Errorf("%d failures: %s %+v", failures, r.Status, b)
		}
		if blueprint(r, "team").Deleted != 1 {
			t.Errorf("the blueprint after it: %+v", blueprint(r, "team"))
		}
	}
}

// TestPruneIsCountedOnce: a prune whose task comes again, because what follows it
// could not be queued, deletes nothing more; what it did is still told.
func TestPruneIsCountedOnce(t *testing.T) {
	t.Parallel()
	q := &failingQueue{}
	w := newWorld(t, standard, func(o *ingest.Options) { q.Queue, o.Queue = o.Queue, q })
	w.old("task", "gone")
	w.plan()
	for d, ok := w.receive(); ok; d, ok = w.receive() {
		q.fail = nil
		if d.Task.Type == ingest.Prune && d.Attempt == 1 {
			q.fail = errors.New("the queue is away")
		}
		w.settle(d, w.engine.Handle(t.Context(), d))
	}
	if r := w.report(); r.Status != ingest.Complete || blueprint(r, "task").Deleted != 1 {
		t.Errorf("%s %+v", r.Status, r.Blueprints)
	}
}

// TestFailedEntityIsNotPruned: Port refused to update it, but it was seen.
func TestFailedEntityIsNotPruned(t *testing.T) {
	t.Parallel()
	w := newWorld(t, standard, nil)
	w.tasks(2)
	w.old("task", "t01", "gone")
	w.catalog.refuse = func(method, _, identifier string) error {
		if method == "Upsert" && identifier == "t01" {
			return errors.New("422 invalid")
		}
		return nil
	}
	r := w.run()
	if got := w.catalog.ids("task"); !slices.Equal(got, []string{"t01", "t02"}) || blueprint(r, "task").Failed != 1 {
		t.Errorf("left %v, %+v", got, r.Blueprints)
	}
}

// TestFailedSearchIsNotPruned: if an entity that is named by a search could not be
// written, nobody knows which one it is.
func TestFailedSearchIsNotPruned(t *testing.T) {
	t.Parallel()
	const search = `{combinator: '"and"', rules: [{property: '"key"', operator: '"="', value: .id}]}`
	w := newWorld(t, strings.Replace(standard, "identifier: .id, title: .title, blueprint: '\"task\"'", "identifier: "+search+", blueprint: '\"task\"'", 1), nil)
	w.tasks(1)
	w.old("task", "the one that the search finds")
	w.catalog.refuse = func(method, _, _ string) error {
		if method == "Upsert" {
			return errors.New("422 invalid")
		}
		return nil
	}
	r := keeps(t, w, "task", "task")
	if r.Status != ingest.Incomplete {
		t.Errorf("the run is %s", r.Status)
	}
}
