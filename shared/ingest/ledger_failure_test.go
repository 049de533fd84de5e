package ingest_test

import (
	"context"
	"errors"
	"iter"
	"testing"
	"time"

	"adoport/shared/ingest"
)

// flakyLedger fails the first calls of one method.
type flakyLedger struct {
	ingest.Ledger
	method string
	left   int
}

func (l *flakyLedger) failure(method string) error {
	if method != l.method || l.left == 0 {
		return nil
	}
	l.left--
	return errors.New("the ledger is away")
}

func (l *flakyLedger) Run(ctx context.Context, id string) (ingest.Run, error) {
	if err := l.failure("Run"); err != nil {
		return ingest.Run{}, err
	}
	return l.Ledger.Run(ctx, id)
}

func (l *flakyLedger) Finish(ctx context.Context, id string, status ingest.Status, reason string, at time.Time) (bool, error) {
	if err := l.failure("Finish"); err != nil {
		return false, err
	}
	return l.Ledger.Finish(ctx, id, status, reason, at)
}

func (l *flakyLedger) SavePage(ctx context.Context, page ingest.Page) (bool, error) {
	if err := l.failure("SavePage"); err != nil {
		return false, err
	}
	return l.Ledger.SavePage(ctx, page)
}

func (l *flakyLedger) Page(ctx context.Context, key ingest.PageKey) (ingest.Page, error) {
	if err := l.failure("Page"); err != nil {
		return ingest.Page{}, err
	}
	return l.Ledger.Page(ctx, key)
}

func (l *flakyLedger) Pages(ctx context.Context, run string) iter.Seq2[ingest.Page, error] {
	if err := l.failure("Pages"); err != nil {
		return func(yield func(ingest.Page, error) bool) { yield(ingest.Page{}, err) }
	}
	return l.Ledger.Pages(ctx, run)
}

func (l *flakyLedger) FinishScope(ctx context.Context, key ingest.PageKey) (int, error) {
	if err := l.failure("FinishScope"); err != nil {
		return 0, err
	}
	return l.Ledger.FinishScope(ctx, key)
}

func (l *flakyLedger) SavePrune(ctx context.Context, run string, p ingest.PruneOutcome) error {
	if err := l.failure("SavePrune"); err != nil {
		return err
	}
	return l.Ledger.SavePrune(ctx, run, p)
}

func (l *flakyLedger) Prunes(ctx context.Context, run string) (map[string]ingest.PruneOutcome, error) {
	if err := l.failure("Prunes"); err != nil {
		return nil, err
	}
	return l.Ledger.Prunes(ctx, run)
}

// TestLedgerFails: nothing is settled that is not remembered, so the task comes
// again and the run ends well.
func TestLedgerFails(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"Run", "Finish", "SavePage", "Page", "Pages", "FinishScope", "SavePrune", "Prunes"} {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			l := &flakyLedger{method: method, left: 3}
			w := newWorld(t, standard, func(o *ingest.Options) { l.Ledger, o.Ledger = o.Ledger, l })
			w.tasks(6)
			w.readers["task"].page = 3
			w.old("task", "gone")
			r := w.run()
			if l.left > 0 {
				t.Fatalf("%d failures never happened", l.left)
			}
			if r.Status != ingest.Complete || len(w.catalog.ids("task")) != 6 || kindOf(r, "task").Read != 6 {
				t.Errorf("%s: %s, tasks %v", r.Status, r.Reason, w.catalog.ids("task"))
			}
		})
	}
}

// TestRefusalThatCannotBeRemembered: the run goes on only until it can be.
func TestRefusalThatCannotBeRemembered(t *testing.T) {
	t.Parallel()
	l := &flakyLedger{method: "Finish", left: 1}
	w := newWorld(t, standard, func(o *ingest.Options) { l.Ledger, o.Ledger = o.Ledger, l })
	w.readers["team"].before = func(ingest.Scope, string) error { return refusedThere }
	w.plan("team")
	d, _ := w.receive()
	err := w.engine.Handle(t.Context(), d)
	if err == nil {
		t.Fatal("the task is settled, and the run would never end")
	}
	w.settle(d, err)
	w.work()
	if r := w.report(); r.Status != ingest.Failed {
		t.Errorf("the run is %s", r.Status)
	}
}
