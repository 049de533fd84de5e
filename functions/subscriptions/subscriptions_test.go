package subscriptions

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"adoport/shared/ingest"
	"adoport/shared/ledger/memory"
	"adoport/shared/servicehook"
)

// fake gives one report after the other.
type fake struct {
	reports []servicehook.Report
	err     error
}

func (f *fake) Ensure(context.Context, servicehook.Request) (servicehook.Report, error) {
	if len(f.reports) == 0 {
		return servicehook.Report{}, f.err
	}
	r := f.reports[0]
	f.reports = f.reports[1:]
	return r, f.err
}

func TestLostEventsStartABackfill(t *testing.T) {
	t.Parallel()
	push := servicehook.Subscription{EventType: "git.push"}
	updated := servicehook.Subscription{EventType: "workitem.updated"}
	var backfilled [][]string
	fails := true
	notes := memory.New()
	none := func(context.Context, []string, time.Time) (map[string]string, error) { return nil, nil }
	f := &Function{
		FailedSince: none,
		Reconciler: &fake{reports: []servicehook.Report{
			{Kept: []servicehook.Subscription{updated}, Created: []servicehook.Subscription{push}, Lost: []servicehook.Subscription{push, push}},
			{Lost: []servicehook.Subscription{updated}},
			{},
		}},
		Kinds:  []string{"repository", "work-item"},
		Notes:  notes,
		Logger: slog.New(slog.DiscardHandler),
		Backfill: func(_ context.Context, kinds []string) error {
			if fails {
				return errors.New("the queue is full")
			}
			backfilled = append(backfilled, kinds)
			return nil
		},
	}
	err := f.Run(t.Context())
	if h := last(t, notes); err == nil || h.Error == "" || h.Repaired != 2 || h.Enabled != 2 {
		t.Errorf("a backfill that cannot be started: %v, %+v", err, h)
	}
	fails = false
	for range 2 {
		// Each look is another process's.
		f = &Function{FailedSince: none, Reconciler: f.Reconciler, Kinds: f.Kinds, Notes: notes, Logger: f.Logger, Backfill: f.Backfill}
		if err := f.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if len(backfilled) != 1 || !slices.Equal(backfilled[0], []string{"repository", "work-item"}) {
		t.Errorf("backfilled %q, want once what was lost and could not be started before", backfilled)
	}
}

func TestAFailingListIsTold(t *testing.T) {
	t.Parallel()
	notes := memory.New()
	if h := last(t, notes); !h.At.IsZero() {
		t.Errorf("before the first look: %+v", h)
	}
	f := &Function{Reconciler: &fake{err: errors.New("429 " + strings.Repeat("é", 5000))}, Notes: notes, Logger: slog.New(slog.DiscardHandler)}
	err := f.Run(t.Context())
	if h := last(t, notes); err == nil || !strings.HasPrefix(h.Error, "429 é") || len(h.Error) > 4100 || !utf8.ValidString(h.Error) {
		t.Errorf("%v, %+v", err, h)
	}
}

// brokenNotes cannot be read or written.
type brokenNotes struct{ read, write error }

func (n brokenNotes) Note(context.Context, string) ([]byte, error) {
	return nil, cmp.Or(n.read, ingest.ErrNotFound)
}
func (n brokenNotes) SaveNote(context.Context, string, []byte) error { return n.write }

// TestBrokenNotes: the subscriptions are looked after nevertheless.
func TestBrokenNotes(t *testing.T) {
	t.Parallel()
	failure := errors.New("table gone")
	for name, notes := range map[string]brokenNotes{"read": {read: failure}, "write": {write: failure}} {
		reconciler := &fake{reports: []servicehook.Report{{}}}
		f := &Function{Reconciler: reconciler, Notes: notes, Logger: slog.New(slog.DiscardHandler)}
		if err := f.Run(t.Context()); !errors.Is(err, failure) || len(reconciler.reports) != 0 {
			t.Errorf("%s: %v; want %v after a look", name, err, failure)
		}
	}
}

// TestNobodyKnowsWhatIsOwed: then everything is, for what was owed is about to be
// overwritten.
func TestNobodyKnowsWhatIsOwed(t *testing.T) {
	t.Parallel()
	var backfilled [][]string
	f := &Function{
		Reconciler: &fake{}, Kinds: []string{"repository", "work-item"}, Logger: slog.New(slog.DiscardHandler),
		Notes:    brokenNotes{read: errors.New("too busy")},
		Backfill: func(_ context.Context, kinds []string) error { backfilled = append(backfilled, kinds); return nil },
	}
	if err := f.Run(t.Context()); err == nil || len(backfilled) != 1 || !slices.Equal(backfilled[0], f.Kinds) {
		t.Errorf("%v, backfilled %q; want an error and all kinds", err, backfilled)
	}
}

func last(t *testing.T, notes ingest.Notes) Health {
	t.Helper()
	h, err := Last(t.Context(), notes)
	if err != nil {
		t.Fatal(err)
	}
	return h
}
