package subscriptions

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"testing"
	"time"

	"adoport/shared/ledger/memory"
	"adoport/shared/servicehook"
)

// TestGaps: a failed delivery of a subscription that is healthy again starts a
// backfill once, however often it is seen.
func TestGaps(t *testing.T) {
	t.Parallel()
	kept := []servicehook.Subscription{{ID: "1", EventType: "git.push"}, {ID: "2", EventType: "workitem.updated"}}
	failed, failure := map[string]string{}, error(nil)
	var backfilled []string
	var since time.Time
	notes := memory.New()
	look := func() (Health, error) {
		f := &Function{
			Reconciler: &fake{reports: []servicehook.Report{{Kept: kept}}}, Notes: notes, Logger: slog.New(slog.DiscardHandler),
			FailedSince: func(_ context.Context, ids []string, from time.Time) (map[string]string, error) {
				if !slices.Equal(ids, []string{"1", "2"}) {
					t.Errorf("asked about %q", ids)
				}
				since = from
				return failed, failure
			},
			Backfill: func(_ context.Context, kinds []string) error {
				backfilled = append(backfilled, kinds...)
				return nil
			},
		}
		err := f.Run(t.Context())
		return last(t, notes), err
	}
	steps := []struct {
		name   string
		failed map[string]string
		err    error
		want   []string
	}{
		{name: "the first look asks nothing", failed: map[string]string{"1": "n1"}},
		{name: "one failed", failed: map[string]string{"1": "n1"}, want: []string{"repository"}},
		{name: "it is seen again", failed: map[string]string{"1": "n1"}},
		{name: "cannot be asked", err: errors.New("503")},
		{name: "it is still known", failed: map[string]string{"1": "n1"}},
		{name: "both failed anew", failed: map[string]string{"1": "n2", "2": "n3"}, want: []string{"repository", "work-item"}},
		{name: "nothing failed lately", failed: nil},
		{name: "a subscription of somebody else", failed: map[string]string{"9": "n9"}},
	}
	var asked time.Time
	for i, step := range steps {
		failed, failure, backfilled, since = step.failed, step.err, nil, time.Time{}
		h, err := look()
		if !errors.Is(err, step.err) || (err != nil) != (step.err != nil) || !slices.Equal(backfilled, step.want) || !slices.Equal(h.Backfilled, step.want) {
			t.Errorf("%s: backfilled %q, %v, %+v; want %q", step.name, backfilled, err, h, step.want)
		}
		if i > 0 && !since.Equal(asked.Add(-lookBack)) {
			t.Errorf("%s: asked since %s, and before until %s", step.name, since, asked)
		}
		if step.err == nil {
			asked = h.At
		}
	}
}

// TestManyGaps: what is remembered fits into a note.
func TestManyGaps(t *testing.T) {
	t.Parallel()
	kept, failed := []servicehook.Subscription{}, map[string]string{}
	for i := range 5000 {
		id := fmt.Sprintf("00000000-0000-0000-0000-%012d", i)
		kept = append(kept, servicehook.Subscription{ID: id, EventType: "git.push"})
		failed[id] = strconv.Itoa(1_000_000 + i)
	}
	notes := memory.New()
	for range 2 {
		f := &Function{
			Reconciler: &fake{reports: []servicehook.Report{{Kept: kept}}}, Notes: notes, Logger: slog.New(slog.DiscardHandler),
			FailedSince: func(context.Context, []string, time.Time) (map[string]string, error) { return failed, nil },
			Backfill:    func(context.Context, []string) error { return nil },
		}
		if err := f.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if h := last(t, notes); !slices.Equal(h.Backfilled, []string{"repository"}) {
		t.Errorf("%+v", h)
	}
}

// TestNoHistory: a server without the query is looked after like any other.
func TestNoHistory(t *testing.T) {
	t.Parallel()
	for status, fails := range map[int]bool{404: false, 405: false, 403: true, 400: true, 503: true} {
		notes := memory.New()
		f := &Function{
			Reconciler: &fake{reports: []servicehook.Report{
				{Kept: []servicehook.Subscription{{ID: "1", EventType: "git.push"}}}, {Kept: []servicehook.Subscription{{ID: "1", EventType: "git.push"}}},
			}},
			Notes: notes, Logger: slog.New(slog.DiscardHandler),
			FailedSince: func(context.Context, []string, time.Time) (map[string]string, error) {
				return nil, fmt.Errorf("asking: %w", &servicehook.RefusedError{Status: status, Err: errors.New("refused")})
			},
		}
		if err := f.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := f.Run(t.Context()); (err != nil) != fails || (last(t, notes).Error != "") != fails {
			t.Errorf("%d: %v, %+v", status, err, last(t, notes))
		}
	}
}
