package ingest_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"adoport/shared/ingest"
)

var (
	refusedThere = &ingest.AuthError{System: "Azure DevOps", Advice: "Check the token.", Err: errors.New("203")}
	refusedHere  = &ingest.AuthError{System: "Port", Advice: "Check the secret.", Err: errors.New("401")}
)

// TestAuthErrorEndsTheRun wherever it comes from and whenever it comes; nothing
// is deleted.
func TestAuthErrorEndsTheRun(t *testing.T) {
	t.Parallel()
	port := func(method string) func(*world) {
		return func(w *world) {
			w.catalog.fail = func(m, _ string) error {
				if m == method {
					return fmt.Errorf("asking: %w", refusedHere)
				}
				return nil
			}
		}
	}
	tests := map[string]struct {
		refuse func(*world)
		advice string
	}{
		"at the first page": {func(w *world) {
			w.readers["task"].before = func(ingest.Scope, string) error { return fmt.Errorf("listing: %w", refusedThere) }
		}, "Check the token."},
		"in the middle of a scope": {func(w *world) {
			w.readers["task"].before = func(_ ingest.Scope, cursor string) error {
				if cursor != "" {
					return refusedThere
				}
				return nil
			}
		}, "Check the token."},
		"after the items of a page": {func(w *world) {
			w.readers["task"].after = func(ingest.Scope, string) error { return refusedThere }
		}, "Check the token."},
		"beside an error of the scope": {func(w *world) {
			w.readers["task"].before = func(scope ingest.Scope, _ string) error {
				return errors.Join(&ingest.ScopeError{Scope: scope, Err: errors.New("403")}, refusedThere)
			}
		}, "Check the token."},
		"when Port is searched":         {port("Find"), "Check the secret."},
		"when Port is written to":       {port("Upsert"), "Check the secret."},
		"when our entities are listed":  {port("Owned"), "Check the secret."},
		"when they are looked at again": {port("FindOwned"), "Check the secret."},
		"when they are deleted":         {port("Delete"), "Check the secret."},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, standard, nil)
			w.tasks(6)
			w.readers["task"].page = 3
			w.old("task", "gone")
			test.refuse(w)
			w.plan("task")
			handled := 0
			for d, ok := w.receive(); ok; d, ok = w.receive() {
				handled++
				err := w.engine.Handle(t.Context(), d)
				if err != nil {
					t.Errorf("a refused task is settled, but there is the error %v", err)
				}
				w.settle(d, err)
			}
			r := w.report()
			if r.Status != ingest.Failed || !strings.Contains(r.Reason, test.advice) {
				t.Errorf("the run is %s: %s", r.Status, r.Reason)
			}
			if !slices.Contains(w.catalog.ids("task"), "gone") || len(w.catalog.deletes) > 0 {
				t.Errorf("deleted %v", w.catalog.deletes)
			}
			if handled > 5 {
				t.Errorf("%d tasks were handled: refused credentials are not tried again", handled)
			}
		})
	}
}

// TestAuthErrorStopsTheOthers: the tasks that are still queued do nothing.
func TestAuthErrorStopsTheOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, standard, nil)
	w.tasks(1)
	w.readers["team"].before = func(ingest.Scope, string) error { return refusedThere }
	w.run()
	if len(w.readers["task"].walks)+len(w.catalog.upserts) > 0 {
		t.Errorf("pages %q, written %v", w.readers["task"].walks, w.catalog.upserts)
	}
}

// TestAuthErrorOfRereading comes from the second read of an item that is newer in
// the catalog.
func TestAuthErrorOfRereading(t *testing.T) {
	t.Parallel()
	w := newWorld(t, standard, nil)
	w.tasks(1)
	w.catalog.put(ours, "task", ingest.Stored{Identifier: "t01", Properties: map[string]any{"rev": asJSON(9)}, UpdatedAt: w.clock()})
	w.options.Sources[1].Reader = refusingReader{w.readers["task"]}
	w.engine = ingest.New(w.options)
	if r := w.run("task"); r.Status != ingest.Failed {
		t.Errorf("the run is %s", r.Status)
	}
}

// refusingReader refuses to read again.
type refusingReader struct{ *fakeReader }

func (refusingReader) Read(context.Context, []ingest.Ref) ([]ingest.Item, []ingest.Ref, error) {
	return nil, nil, refusedThere
}

// TestThrottledPrune comes back like every throttled task.
func TestThrottledPrune(t *testing.T) {
	t.Parallel()
	w := newWorld(t, standard, nil)
	w.old("task", "gone")
	throttled := 2 * ingest.MaxAttempts
	w.catalog.fail = func(method, _ string) error {
		if throttled > 0 && method == "Owned" {
			throttled--
			return &ingest.ThrottledError{System: "Port", After: time.Minute}
		}
		return nil
	}
	if r := w.run("task"); r.Status != ingest.Complete || blueprint(r, "task").Deleted != 1 {
		t.Errorf("%s %+v", r.Status, r.Blueprints)
	}
}
