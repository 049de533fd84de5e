package subscriptions

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"testing"

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
	f := &Function{
		Reconciler: &fake{reports: []servicehook.Report{
			{Kept: []servicehook.Subscription{updated}, Created: []servicehook.Subscription{push}, Lost: []servicehook.Subscription{push, push}},
			{Lost: []servicehook.Subscription{updated}},
			{},
		}},
		Kinds:  []string{"repository", "work-item"},
		Logger: slog.New(slog.DiscardHandler),
		Backfill: func(_ context.Context, kinds []string) error {
			if fails {
				return errors.New("the queue is full")
			}
			backfilled = append(backfilled, kinds)
			return nil
		},
	}
	if err := f.Run(t.Context()); err == nil || f.Last().Error == "" || f.Last().Repaired != 2 || f.Last().Enabled != 2 {
		t.Errorf("a backfill that cannot be started: %v, %+v", err, f.Last())
	}
	fails = false
	for range 2 {
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
	f := &Function{Reconciler: &fake{err: errors.New("429")}, Logger: slog.New(slog.DiscardHandler)}
	if err := f.Run(t.Context()); err == nil || f.Last().Error != "429" {
		t.Errorf("%v, %+v", err, f.Last())
	}
}
