package ledgertest

import (
	"fmt"
	"testing"

	"adoport/shared/ingest"
)

// testIsolation has runs with IDs that begin like one another, or differ in
// nothing but case, and does the same things in all of them.
func testIsolation(t *testing.T, l Ledger) {
	ids := []string{"run", "run-1", "run-10", "run-1/", "Run-1", "run\x00", "run-1\x00source-1"}
	for i, id := range ids {
		r := runOf(id, i)
		r.Scopes = 2 + i
		create(t, l, r)
	}
	for i, id := range ids {
		p := pageOf(keyIn(id, 0))
		p.Unmapped = i
		save(t, l, p)
		must(t, "SavePrune", l.SavePrune(t.Context(), id, pruneOf("b", i)))
		remaining, err := l.FinishScope(t.Context(), keyIn(id, 0))
		must(t, "FinishScope", err)
		if want := 1 + i; remaining != want {
			t.Errorf("run %q: FinishScope = %d; want %d", id, remaining, want)
		}
	}
	for i, id := range ids {
		p := pageOf(keyIn(id, 0))
		p.Unmapped = i
		expectPage(t, l, p)
		expectPages(t, l, id, p)
		expectPrunes(t, l, id, pruneOf("b", i))
	}
	finish(t, l, "run-1", ingest.Failed, "stopped", at(9))
	for i, id := range ids {
		want := runOf(id, i)
		want.Scopes = 2 + i
		if id == "run-1" {
			want.Status, want.Reason, want.FinishedAt = ingest.Failed, "stopped", at(9)
		}
		expectRun(t, l, want)
	}
}

// testConcurrent does everything side by side: under the race detector it shows
// that a driver is safe, and nothing may be lost.
func testConcurrent(t *testing.T, l Ledger) {
	const workers, each = 8, 10
	r := runOf("run-1", 1)
	r.Scopes = workers
	create(t, l, r)
	race(t, workers, func(i int) (bool, error) {
		scope := fmt.Sprint("scope-", i)
		for number := range each {
			key := ingest.PageKey{Run: "run-1", Source: "source-1", Scope: scope, Number: number}
			if _, err := l.SavePage(t.Context(), pageOf(key)); err != nil {
				return false, fmt.Errorf("saving a page: %w", err)
			}
			if _, err := l.Page(t.Context(), key); err != nil {
				return false, fmt.Errorf("reading the page just saved: %w", err)
			}
		}
		for _, err := range l.Pages(t.Context(), "run-1") {
			if err != nil {
				return false, fmt.Errorf("reading all pages: %w", err)
			}
		}
		if err := l.SavePrune(t.Context(), "run-1", pruneOf(scope, i)); err != nil {
			return false, fmt.Errorf("saving a prune: %w", err)
		}
		if _, err := l.Prunes(t.Context(), "run-1"); err != nil {
			return false, fmt.Errorf("reading the prunes: %w", err)
		}
		if _, err := l.Runs(t.Context(), 5); err != nil {
			return false, fmt.Errorf("reading the runs: %w", err)
		}
		_, err := l.FinishScope(t.Context(), ingest.PageKey{Run: "run-1", Source: "source-1", Scope: scope})
		return err == nil, err
	})
	n := 0
	for _, err := range l.Pages(t.Context(), "run-1") {
		must(t, "Pages", err)
		n++
	}
	if n != workers*each {
		t.Errorf("%d pages are there; want %d", n, workers*each)
	}
	prunes, err := l.Prunes(t.Context(), "run-1")
	must(t, "Prunes", err)
	if len(prunes) != workers {
		t.Errorf("%d prunes are there; want %d", len(prunes), workers)
	}
}
