package bolt

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"go.etcd.io/bbolt"
	"go.uber.org/goleak"

	"adoport/shared/boltfile"
	"adoport/shared/ingest"
	"adoport/shared/ledger/ledgertest"
	"adoport/shared/ledger/record"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// open opens the ledger in dir; the test closes its file, or its end does.
func open(tb testing.TB, dir string) *Ledger {
	tb.Helper()
	f, err := boltfile.Open(dir)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := f.Close(); err != nil {
			tb.Error(err)
		}
	})
	l, err := Open(tb.Context(), f)
	if err != nil {
		tb.Fatal(err)
	}
	return l
}

func TestConformance(t *testing.T) {
	t.Parallel()
	ledgertest.Run(t, func(t *testing.T) ledgertest.Ledger { return open(t, t.TempDir()) })
}

func create(tb testing.TB, l *Ledger, id string, started int) {
	tb.Helper()
	if err := l.Create(tb.Context(), ingest.Run{ID: id, StartedAt: time.Unix(int64(started), 0), Scopes: 2, Status: ingest.Running}); err != nil {
		tb.Fatal(err)
	}
}

func finish(tb testing.TB, l *Ledger, id string) {
	tb.Helper()
	if ended, err := l.Finish(tb.Context(), id, ingest.Complete, "", time.Unix(1_000, 0)); err != nil || !ended {
		tb.Fatalf("Finish %s = %t, %v", id, ended, err)
	}
}

// pages returns how many pages a run has.
func pages(t *testing.T, l *Ledger, id string) (int, error) {
	t.Helper()
	n := 0
	for _, err := range l.Pages(t.Context(), id) {
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

func TestRetention(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := open(t, dir)
	create(t, l, "going on", 0)
	save := func(id string) {
		if _, err := l.SavePage(t.Context(), ingest.Page{PageKey: ingest.PageKey{Run: id, Source: "s"}}); err != nil {
			t.Fatal(err)
		}
	}
	save("going on")
	const n = 25
	for i := range n {
		id := fmt.Sprintf("run-%d", i)
		create(t, l, id, i)
		save(id)
		if err := l.SavePrune(t.Context(), id, ingest.PruneOutcome{Blueprint: "b"}); err != nil {
			t.Fatal(err)
		}
		if i == 12 {
			// Which ended last outlives the process.
			if err := l.file.Close(); err != nil {
				t.Fatal(err)
			}
			l = open(t, dir)
		}
		finish(t, l, id)
	}

	if got, err := pages(t, l, "going on"); got != 1 || err != nil {
		t.Errorf("the run that goes on has %d pages, %v; want 1", got, err)
	}
	if runs, err := l.Runs(t.Context(), 100); err != nil || len(runs) != keptRuns+1 {
		t.Errorf("%d runs, %v; want those that ended last and 1 that goes on", len(runs), err)
	}
	for i := range n {
		id := fmt.Sprintf("run-%d", i)
		_, err := l.Run(t.Context(), id)
		if forgotten := errors.Is(err, ingest.ErrNotFound); forgotten != (i < n-keptRuns) {
			t.Errorf("Run %s = %v", id, err)
		}
		prunes, err := l.Prunes(t.Context(), id)
		if i >= n-keptRuns && (len(prunes) != 1 || err != nil) {
			t.Errorf("Prunes of %s = %v, %v; want 1", id, prunes, err)
		}
		got, err := pages(t, l, id)
		switch kept := i >= n-keptPages; {
		case kept && (got != 1 || err != nil):
			t.Errorf("%s has %d pages, %v; want 1", id, got, err)
		case !kept && !errors.Is(err, ingest.ErrNotFound):
			t.Errorf("Pages of %s, which were dropped, = %d pages, %v; want ErrNotFound", id, got, err)
		}
	}
}

// endOthers ends so many runs that the pages of those that ended before are
// dropped.
func endOthers(t *testing.T, l *Ledger) {
	t.Helper()
	for i := range keptPages {
		id := fmt.Sprintf("other-%d", i)
		create(t, l, id, i)
		finish(t, l, id)
	}
}

// TestDroppedPages: late tasks of a run whose pages were dropped MUST NOT find
// an empty run.
func TestDroppedPages(t *testing.T) {
	t.Parallel()
	l := open(t, t.TempDir())
	create(t, l, "run-1", 1)
	finish(t, l, "run-1")
	endOthers(t, l)
	key := ingest.PageKey{Run: "run-1", Source: "s"}
	_, pageErr := l.Page(t.Context(), key)
	_, saveErr := l.SavePage(t.Context(), ingest.Page{PageKey: key})
	_, scopeErr := l.FinishScope(t.Context(), key)
	for name, err := range map[string]error{"Page": pageErr, "SavePage": saveErr, "FinishScope": scopeErr} {
		if !errors.Is(err, ingest.ErrNotFound) {
			t.Errorf("%s = %v; want ErrNotFound", name, err)
		}
	}
}

// TestDroppedMeanwhile: a loop over pages that are dropped meanwhile MUST NOT
// end as if it had seen all.
func TestDroppedMeanwhile(t *testing.T) {
	t.Parallel()
	l := open(t, t.TempDir())
	create(t, l, "run-1", 1)
	const n = 3
	for number := range n {
		p := ingest.Page{PageKey: ingest.PageKey{Run: "run-1", Number: number}, Keep: map[string][]uint64{"b": make([]uint64, chunkSize/8)}}
		if _, err := l.SavePage(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	finish(t, l, "run-1")
	got, last := 0, error(nil)
	for _, err := range l.Pages(t.Context(), "run-1") {
		if err == nil && got == 0 {
			endOthers(t, l)
		}
		got, last = got+1, err
	}
	if got > n || !errors.Is(last, ingest.ErrNotFound) {
		t.Errorf("the loop ended after %d with %v; want ErrNotFound before it has seen all", got, last)
	}
}

// TestUnreadable: what a later release wrote is refused, and never passed over.
func TestUnreadable(t *testing.T) {
	t.Parallel()
	l := open(t, t.TempDir())
	create(t, l, "run-1", 1)
	newer := []byte{record.Version + 1, '{', '}'}
	key := ingest.PageKey{Run: "run-1", Source: "s"}
	err := l.file.Update(t.Context(), func(tx *bbolt.Tx) (bool, error) {
		run, pages, err := findPages(tx, "run-1")
		return true, errors.Join(err, run.Put(runKey, newer), pages.Put(pageKey(key), newer), run.Bucket(prunesBucket).Put(text("b"), newer))
	})
	if err != nil {
		t.Fatal(err)
	}
	_, runErr := l.Run(t.Context(), "run-1")
	_, runsErr := l.Runs(t.Context(), 1)
	_, finishErr := l.Finish(t.Context(), "run-1", ingest.Complete, "", time.Unix(1, 0))
	_, scopeErr := l.FinishScope(t.Context(), key)
	_, pageErr := l.Page(t.Context(), key)
	_, pagesErr := pages(t, l, "run-1")
	_, prunesErr := l.Prunes(t.Context(), "run-1")
	for name, err := range map[string]error{
		"Run": runErr, "Runs": runsErr, "Finish": finishErr, "FinishScope": scopeErr,
		"Page": pageErr, "Pages": pagesErr, "Prunes": prunesErr,
	} {
		if err == nil || errors.Is(err, ingest.ErrNotFound) {
			t.Errorf("%s = %v; want an error that names the version", name, err)
		}
	}
}

// TestEndedContext: every method refuses an ended context and changes nothing.
func TestEndedContext(t *testing.T) {
	t.Parallel()
	l := open(t, t.TempDir())
	create(t, l, "run-1", 1)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, call := range calls(ctx, l) {
		if err := call(); !errors.Is(err, context.Canceled) {
			t.Errorf("%s = %v; want the context's error", name, err)
		}
	}
	if runs, err := l.Runs(t.Context(), 9); len(runs) != 1 || runs[0].Status != ingest.Running || err != nil {
		t.Errorf("Runs = %+v, %v; want what was there before", runs, err)
	}
}

func TestClosed(t *testing.T) {
	t.Parallel()
	l := open(t, t.TempDir())
	create(t, l, "run-1", 1)
	if err := l.file.Close(); err != nil {
		t.Fatal(err)
	}
	for name, call := range calls(t.Context(), l) {
		if err := call(); !errors.Is(err, boltfile.ErrClosed) {
			t.Errorf("%s = %v; want ErrClosed", name, err)
		}
	}
}

// calls are all methods of a ledger.
func calls(ctx context.Context, l *Ledger) map[string]func() error {
	key := ingest.PageKey{Run: "run-1"}
	return map[string]func() error{
		"Create":      func() error { return l.Create(ctx, ingest.Run{ID: "run-2"}) },
		"Run":         func() error { _, err := l.Run(ctx, "run-1"); return err },
		"Runs":        func() error { _, err := l.Runs(ctx, 1); return err },
		"Finish":      func() error { _, err := l.Finish(ctx, "run-1", ingest.Failed, "", time.Time{}); return err },
		"SavePage":    func() error { _, err := l.SavePage(ctx, ingest.Page{PageKey: key}); return err },
		"Page":        func() error { _, err := l.Page(ctx, key); return err },
		"FinishScope": func() error { _, err := l.FinishScope(ctx, key); return err },
		"SavePrune":   func() error { return l.SavePrune(ctx, "run-1", ingest.PruneOutcome{}) },
		"Prunes":      func() error { _, err := l.Prunes(ctx, "run-1"); return err },
		"Note":        func() error { _, err := l.Note(ctx, "note"); return err },
		"SaveNote":    func() error { return l.SaveNote(ctx, "note", nil) },
		"Pages": func() error {
			for _, err := range l.Pages(ctx, "run-1") {
				return err
			}
			return nil
		},
	}
}
