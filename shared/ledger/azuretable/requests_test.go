package azuretable

import (
	"errors"
	"testing"
	"time"

	"adoport/shared/ingest"
)

// TestRequests: what a call costs does not grow with what is in the table.
func TestRequests(t *testing.T) {
	t.Parallel()
	w := &wire{}
	l := open(t, newName(), Options{Transport: w})
	ctx := t.Context()
	if n := w.during(t, func() error { return l.SaveNote(ctx, "n", nil) }); n != 3 {
		t.Errorf("the first call makes %d requests; want 3: one fails, one makes the table, one does it", n)
	}
	create(t, l, "before", 1, 9)
	finish(t, l, "before", 2)
	key := ingest.PageKey{Run: "run-1", Source: "s", Scope: "p"}
	scope := func() error { _, err := l.FinishScope(ctx, key); return err }
	for _, step := range []struct {
		name string
		want int
		call func() error
	}{
		// The list of runs, the new listing, the run.
		{"Create", 3, func() error { return l.Create(ctx, ingest.Run{ID: "run-1", StartedAt: time.Unix(9, 0), Scopes: 2}) }},
		{"Run", 1, func() error { _, err := l.Run(ctx, "run-1"); return err }},
		{"Runs", 3, func() error { _, err := l.Runs(ctx, 20); return err }},
		{"the newest run", 2, func() error { _, err := l.Runs(ctx, 1); return err }},
		{"SavePage", 2, func() error { _, err := l.SavePage(ctx, pageOf("run-1", 0, 200)); return err }},
		{"SavePage of a big page", 3, func() error { _, err := l.SavePage(ctx, pageOf("run-1", 1, 20_000)); return err }},
		{"SavePage again", 3, func() error { _, err := l.SavePage(ctx, pageOf("run-1", 0, 200)); return err }},
		{"Page", 1, func() error { _, err := l.Page(ctx, pageOf("run-1", 0, 0).PageKey); return err }},
		{"Page of a big page", 2, func() error { _, err := l.Page(ctx, pageOf("run-1", 1, 0).PageKey); return err }},
		{"Pages", 4, func() error { _, err := pages(t, l, "run-1"); return err }},
		{"FinishScope", 2, scope},
		{"FinishScope again", 3, scope},
		{"SavePrune", 2, func() error { return l.SavePrune(ctx, "run-1", ingest.PruneOutcome{Blueprint: "b"}) }},
		{"Prunes", 2, func() error { _, err := l.Prunes(ctx, "run-1"); return err }},
		{"SaveNote", 1, func() error { return l.SaveNote(ctx, "n", nil) }},
		{"Note", 1, func() error { _, err := l.Note(ctx, "n"); return err }},
		{"Finish", 3, func() error { _, err := l.Finish(ctx, "run-1", ingest.Failed, "", time.Unix(10, 0)); return err }},
		{"Finish again", 1, func() error { _, err := l.Finish(ctx, "run-1", ingest.Failed, "", time.Unix(10, 0)); return err }},
		{"Ping", 2, func() error { return l.Ping(ctx) }},
	} {
		if n := w.during(t, step.call); n != step.want {
			t.Errorf("%s makes %d requests; want %d", step.name, n, step.want)
		}
	}
}

// TestTableIsMade: whichever call comes first makes the table, and of many that
// come first all succeed.
func TestTableIsMade(t *testing.T) {
	t.Parallel()
	for name, call := range map[string]func(l *Ledger) error{
		"Create":      func(l *Ledger) error { return l.Create(t.Context(), ingest.Run{ID: "r"}) },
		"Runs":        func(l *Ledger) error { _, err := l.Runs(t.Context(), 1); return err },
		"Run":         func(l *Ledger) error { _, err := l.Run(t.Context(), "r"); return notFound(err) },
		"Page":        func(l *Ledger) error { _, err := l.Page(t.Context(), ingest.PageKey{}); return notFound(err) },
		"FinishScope": func(l *Ledger) error { _, err := l.FinishScope(t.Context(), ingest.PageKey{}); return notFound(err) },
		"Note":        func(l *Ledger) error { _, err := l.Note(t.Context(), "n"); return notFound(err) },
		"SaveNote":    func(l *Ledger) error { return l.SaveNote(t.Context(), "n", nil) },
		"Ping":        func(l *Ledger) error { return l.Ping(t.Context()) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			table, failed := newName(), make(chan error)
			const n = 4
			for range n {
				l := open(t, table, Options{})
				go func() {
					err := call(l)
					if errors.Is(err, ingest.ErrExists) {
						err = nil
					}
					failed <- err
				}()
			}
			for range n {
				if err := <-failed; err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// notFound returns nil for ErrNotFound, and an error for anything else.
func notFound(err error) error {
	if errors.Is(err, ingest.ErrNotFound) {
		return nil
	}
	return errors.Join(errors.New("not ErrNotFound"), err)
}
