package azuretable

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"adoport/shared/ingest"
	"adoport/shared/ledger/record"
	"adoport/shared/versioned"
)

// TestRetention ends runs in another order than they began.
func TestRetention(t *testing.T) {
	t.Parallel()
	const keptRuns, n = 12, 15
	log := &logged{}
	l := open(t, newName(), Options{Logger: log.logger()})
	l.keptRuns = keptRuns
	create(t, l, "going on", 0, 1)
	savePage(t, l, "going on", 0, 1)
	for i := range n {
		id := fmt.Sprintf("run-%d", i)
		create(t, l, id, n-i, 2)
		savePage(t, l, id, 0, aside)
		if _, err := l.FinishScope(t.Context(), ingest.PageKey{Run: id, Source: "s"}); err != nil {
			t.Fatal(err)
		}
		if err := l.SavePrune(t.Context(), id, ingest.PruneOutcome{Blueprint: "b"}); err != nil {
			t.Fatal(err)
		}
		finish(t, l, id, i)
	}
	create(t, l, "last", n+1, 1)

	if got, err := pages(t, l, "going on"); got != 1 || err != nil {
		t.Errorf("the run that goes on has %d pages, %v; want 1", got, err)
	}
	if runs, err := l.Runs(t.Context(), 2*n); err != nil || len(runs) != keptRuns+2 {
		t.Errorf("%d runs, %v; want those that ended last and 2 that go on", len(runs), err)
	}
	for i := range n {
		id := fmt.Sprintf("run-%d", i)
		left := len(rows(t, l, runPartition(id)))
		got, err := pages(t, l, id)
		switch {
		case i < n-keptRuns:
			if left != 0 || !errors.Is(err, ingest.ErrNotFound) {
				t.Errorf("%s has %d rows, %v; want none", id, left, err)
			}
		case i < n-keptPages:
			if left != 4 || !errors.Is(err, ingest.ErrNotFound) {
				t.Errorf("%s has %d rows, %d pages, %v; want its record, its state, its end and a prune", id, left, got, err)
			}
		default:
			if left != 7 || got != 1 || err != nil {
				t.Errorf("%s has %d rows, %d pages, %v; want all", id, left, got, err)
			}
		}
	}
	if log.String() != "" {
		t.Errorf("logged: %s", log)
	}
}

// endOthers ends so many runs that the pages of those that ended before are
// dropped.
func endOthers(t *testing.T, l *Ledger) {
	t.Helper()
	for i := range keptPages {
		id := fmt.Sprintf("other-%d", i)
		create(t, l, id, 100+i, 1)
		finish(t, l, id, 100+i)
	}
	create(t, l, "another", 200, 1)
}

// TestDroppedPages: late tasks of a run whose pages were dropped MUST NOT find
// an empty run.
func TestDroppedPages(t *testing.T) {
	t.Parallel()
	l := open(t, newName(), Options{})
	create(t, l, "run-1", 1, 1)
	finish(t, l, "run-1", 1)
	endOthers(t, l)
	key := ingest.PageKey{Run: "run-1", Source: "s"}
	_, pageErr := l.Page(t.Context(), key)
	_, saveErr := l.SavePage(t.Context(), ingest.Page{PageKey: key})
	_, scopeErr := l.FinishScope(t.Context(), key)
	_, pagesErr := pages(t, l, "run-1")
	_, noRunErr := pages(t, l, "run-2")
	for name, err := range map[string]error{
		"Page": pageErr, "SavePage": saveErr, "FinishScope": scopeErr, "Pages": pagesErr, "Pages of no run": noRunErr,
	} {
		if !errors.Is(err, ingest.ErrNotFound) {
			t.Errorf("%s = %v; want ErrNotFound", name, err)
		}
	}
	if r, err := l.Run(t.Context(), "run-1"); err != nil || r.Status != ingest.Complete {
		t.Errorf("Run = %+v, %v; want the run itself", r, err)
	}
}

// TestDroppedMeanwhile: a loop over pages that are dropped meanwhile MUST NOT
// end as if it had seen all.
func TestDroppedMeanwhile(t *testing.T) {
	t.Parallel()
	for name, fingerprints := range map[string]int{"listed": 3, "in parts": aside} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := open(t, newName(), Options{})
			create(t, l, "run-1", 1, 1)
			const n = 3
			for number := range n {
				savePage(t, l, "run-1", number, fingerprints)
			}
			finish(t, l, "run-1", 1)
			got, last := 0, error(nil)
			for _, err := range l.Pages(t.Context(), "run-1") {
				if err == nil && got == 0 {
					endOthers(t, l)
				}
				got, last = got+1, err
			}
			if got > n+1 || !errors.Is(last, ingest.ErrNotFound) {
				t.Errorf("the loop ended after %d with %v; want ErrNotFound", got, last)
			}
		})
	}
}

// TestDropFails: a run is created although what is too long ago cannot be
// dropped, and the next one drops it.
func TestDropFails(t *testing.T) {
	t.Parallel()
	w, log := &wire{}, &logged{}
	l := open(t, newName(), Options{Transport: w, Retry: hastily, Logger: log.logger()})
	create(t, l, "run-1", 1, 1)
	// More than one transaction deletes.
	for number := range maxChanges + 20 {
		savePage(t, l, "run-1", number, 1)
	}
	// Neither is it noted in the list when this run ends.
	w.set(func(_ *http.Request, body string) bool { return strings.Contains(body, endedProperty) }, nil)
	finish(t, l, "run-1", 1)
	deletes := 0
	w.set(func(_ *http.Request, body string) bool {
		if strings.Contains(body, "DELETE ") {
			deletes++
		}
		return deletes > 1
	}, nil)
	for i := range keptPages {
		id := fmt.Sprintf("other-%d", i)
		create(t, l, id, 100+i, 1)
		finish(t, l, id, 100+i)
	}
	if log.String() == "" || strings.Contains(log.String(), "could not be dropped") {
		t.Fatalf("logged before anything is dropped: %s", log)
	}
	err := l.Create(t.Context(), ingest.Run{ID: "another", StartedAt: time.Unix(200, 0)})
	if deletes < 2 || !errors.Is(err, errWire) {
		t.Fatalf("Create = %v after %d deletes; want it to fail, as nothing arrives after the first", err, deletes)
	}
	if !strings.Contains(log.String(), "could not be dropped") {
		t.Errorf("logged: %s", log)
	}
	if _, err := pages(t, l, "run-1"); err == nil {
		t.Error("Pages of a run that is half dropped does not fail")
	}
	w.set(func(_ *http.Request, body string) bool { return strings.Contains(body, "DELETE ") }, nil)
	create(t, l, "one more", 201, 1)
	w.set(nil, nil)
	if _, err := pages(t, l, "run-1"); !errors.Is(err, ingest.ErrNotFound) {
		t.Errorf("Pages of a run that is half dropped = %v; want ErrNotFound", err)
	}
	create(t, l, "the last", 202, 1)
	if left := rows(t, l, runPartition("run-1")); len(left) != 3 {
		t.Errorf("%d rows are left; want its record, its end and its state", len(left))
	}
}

// TestDropTogether: two processes that drop the same do not get in the way of
// one another, whichever step the other one has done meanwhile.
func TestDropTogether(t *testing.T) {
	t.Parallel()
	for _, step := range []string{droppedProperty, "DELETE ", "page-part~", "scope~", runsPartition} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			w, log, name := &wire{}, &logged{}, newName()
			a, b := open(t, name, Options{Transport: w, Logger: log.logger()}), open(t, name, Options{Logger: log.logger()})
			a.keptRuns, b.keptRuns = keptPages+1, keptPages+1
			const n = keptPages + 3
			for i := range n {
				id := fmt.Sprintf("run-%d", i)
				create(t, a, id, i, 1)
				savePage(t, a, id, 0, 1)
				savePage(t, a, id, 1, aside)
				if _, err := a.FinishScope(t.Context(), ingest.PageKey{Run: id}); err != nil {
					t.Fatal(err)
				}
			}
			for i := range n {
				finish(t, a, fmt.Sprintf("run-%d", i), i)
			}
			overtaken := false
			w.set(func(_ *http.Request, body string) bool {
				if !overtaken && strings.Contains(body, step) {
					overtaken = true
					create(t, b, "new-b", 100, 1)
				}
				return false
			}, nil)
			create(t, a, "new-a", 101, 1)
			if log.String() != "" || !overtaken {
				t.Errorf("overtaken: %t; logged: %s", overtaken, log)
			}
			for i, want := range []int{0, 0, 3, 7} {
				if left := rows(t, a, runPartition(fmt.Sprintf("run-%d", i))); len(left) != want {
					t.Errorf("run-%d has rows %q left; want %d", i, left, want)
				}
			}
			if n := len(rows(t, a, runsPartition)); n != keptPages+1+2 {
				t.Errorf("%d runs are listed; want %d", n, keptPages+1+2)
			}
		})
	}
}

// TestStaleListing: a listing of a run that never was goes when it is old, and
// takes nothing of another run of that ID with it.
func TestStaleListing(t *testing.T) {
	t.Parallel()
	const keptRuns = 10
	l := open(t, newName(), Options{})
	l.keptRuns = keptRuns
	create(t, l, "there", 1_000, 1)
	savePage(t, l, "there", 0, 1)
	for _, id := range []string{"there", "never"} {
		e, err := indexEntity(ingest.Run{ID: id, StartedAt: time.Unix(1, 0)})
		if err != nil {
			t.Fatal(err)
		}
		if err := l.table.submit(t.Context(), add(e)); err != nil {
			t.Fatal(err)
		}
	}
	left := newEntity(runPartition("never"), partRow(recordRow, "A", 0))
	if err := l.table.submit(t.Context(), add(left)); err != nil {
		t.Fatal(err)
	}
	create(t, l, "too early", 2_000, 1)
	if n := len(rows(t, l, runsPartition)); n != 4 {
		t.Fatalf("%d runs are listed; want 4: a run may be on its way", n)
	}
	for i := range keptRuns {
		e := newEntity(runsPartition, indexRow("ended", time.Unix(int64(10+i), 0)))
		data, err := versioned.Encode(record.Version, indexRecord{"ended"})
		if err != nil {
			t.Fatal(err)
		}
		e.setData(data)
		e[endedProperty], e[droppedProperty] = time.Unix(1, 0).UTC().Format(time.RFC3339), true
		if err := l.table.submit(t.Context(), add(e)); err != nil {
			t.Fatal(err)
		}
	}
	create(t, l, "late enough", 3_000, 1)
	if n := len(rows(t, l, runsPartition)); n != keptRuns+3 {
		t.Errorf("%d runs are listed; want %d", n, keptRuns+3)
	}
	if n := len(rows(t, l, runPartition("never"))); n != 0 {
		t.Errorf("%d rows are left of a run that never was", n)
	}
	if n, err := pages(t, l, "there"); n != 1 || err != nil {
		t.Errorf("%d pages, %v of the run that is there; want 1", n, err)
	}
}
