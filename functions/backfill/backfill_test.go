package backfill

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"adoport/shared/ingest"
	"adoport/shared/ledger/memory"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// bench is a timer with a ledger in memory, and a planner that stores runs in it.
type bench struct {
	*Timer
	ledger  *memory.Ledger
	planned [][]string
	// queueing fails after a run was stored.
	queueing error
}

func newBench(t *testing.T, runs ...ingest.Run) *bench {
	t.Helper()
	b := &bench{ledger: memory.New()}
	for _, run := range runs {
		if err := b.ledger.Create(t.Context(), run); err != nil {
			t.Fatal(err)
		}
	}
	b.Timer = New(Options{
		Plan: b.plan, Ledger: b.ledger, StuckAfter: 12 * time.Hour,
		Logger: slog.New(slog.DiscardHandler), Now: func() time.Time { return noon },
	})
	return b
}

func (b *bench) plan(ctx context.Context, kinds ...string) (ingest.Run, error) {
	b.planned = append(b.planned, kinds)
	run := ingest.Run{ID: "planned-" + strconv.Itoa(len(b.planned)), StartedAt: noon, Status: ingest.Running}
	if err := b.ledger.Create(ctx, run); err != nil {
		return ingest.Run{}, err
	}
	return run, b.queueing
}

// statuses are those of all runs.
func (b *bench) statuses(t *testing.T) map[string]ingest.Status {
	t.Helper()
	runs, err := b.ledger.Runs(t.Context(), 100)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]ingest.Status{}
	for _, run := range runs {
		all[run.ID] = run.Status
		if failed := run.Status == ingest.Failed; failed != (run.Reason != "") {
			t.Errorf("run %s is %s because %q", run.ID, run.Status, run.Reason)
		}
	}
	return all
}

func TestTick(t *testing.T) {
	t.Parallel()
	run := func(id string, age time.Duration, status ingest.Status) ingest.Run {
		return ingest.Run{ID: id, StartedAt: noon.Add(-age), Status: status}
	}
	tests := []struct {
		name string
		runs []ingest.Run
		want map[string]ingest.Status
	}{
		{"no run yet", nil, map[string]ingest.Status{"planned-1": ingest.Running}},
		{
			"the last one is done",
			[]ingest.Run{run("a", time.Hour, ingest.Complete)},
			map[string]ingest.Status{"a": ingest.Complete, "planned-1": ingest.Running},
		},
		{
			"the last one goes on",
			[]ingest.Run{run("a", 12*time.Hour-1, ingest.Running)},
			map[string]ingest.Status{"a": ingest.Running},
		},
		{
			"one before the last goes on",
			[]ingest.Run{run("a", 2*time.Hour, ingest.Running), run("b", time.Hour, ingest.Complete)},
			map[string]ingest.Status{"a": ingest.Running, "b": ingest.Complete},
		},
		{
			"the last one is stuck",
			[]ingest.Run{run("a", 12*time.Hour, ingest.Running)},
			map[string]ingest.Status{"a": ingest.Failed, "planned-1": ingest.Running},
		},
		{
			"two are stuck",
			[]ingest.Run{run("a", 13*time.Hour, ingest.Running), run("b", 30*time.Hour, ingest.Running)},
			map[string]ingest.Status{"a": ingest.Failed, "b": ingest.Failed, "planned-1": ingest.Running},
		},
		{
			"one is stuck, another goes on",
			[]ingest.Run{run("a", 13*time.Hour, ingest.Running), run("b", time.Hour, ingest.Running)},
			map[string]ingest.Status{"a": ingest.Failed, "b": ingest.Running},
		},
		{
			"started by a clock that is ahead",
			[]ingest.Run{run("a", -time.Hour, ingest.Running)},
			map[string]ingest.Status{"a": ingest.Running},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, tt.runs...)
			if err := b.Tick(t.Context()); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, b.statuses(t)); diff != "" {
				t.Errorf("runs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestBegin(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	first, err := b.Begin(t.Context(), "repository", "pipeline")
	if err != nil || first.ID != "planned-1" {
		t.Fatalf("Begin = %+v, %v", first, err)
	}
	if diff := cmp.Diff([][]string{{"repository", "pipeline"}}, b.planned); diff != "" {
		t.Errorf("kinds (-want +got):\n%s", diff)
	}
	_, err = b.Begin(t.Context())
	running := (*RunningError)(nil)
	if !errors.As(err, &running) || running.Run.ID != first.ID || !strings.Contains(err.Error(), "planned-1, which began at 2026-03-01T12:00:00Z") {
		t.Errorf("the second Begin = %v, want a *RunningError of the first run", err)
	}
}

// TestAtTheSameTime: of many callers, one begins a run.
func TestAtTheSameTime(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if err := b.Tick(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if len(b.planned) != 1 {
		t.Errorf("%d runs were planned, want 1", len(b.planned))
	}
}

// TestHalfQueued: a run of which tasks are missing ends at once, also when the
// caller was told to stop, and the next tick begins another.
func TestHalfQueued(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ctx, cancel := context.WithCancel(t.Context())
	b.o.Plan = func(ctx context.Context, kinds ...string) (ingest.Run, error) {
		run, err := b.plan(ctx, kinds...)
		cancel()
		return run, err
	}
	b.queueing = errors.New("queue gone")
	if err := b.Tick(ctx); !errors.Is(err, b.queueing) {
		t.Errorf("Tick = %v, want %v", err, b.queueing)
	}
	b.queueing = nil
	if err := b.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := map[string]ingest.Status{"planned-1": ingest.Failed, "planned-2": ingest.Running}
	if diff := cmp.Diff(want, b.statuses(t)); diff != "" {
		t.Errorf("runs (-want +got):\n%s", diff)
	}
}

// broken is a ledger that fails.
type broken struct {
	Ledger
	runs, finish error
}

func (l broken) Runs(ctx context.Context, limit int) ([]ingest.Run, error) {
	if l.runs != nil {
		return nil, l.runs
	}
	return l.Ledger.Runs(ctx, limit)
}

func (l broken) Finish(context.Context, string, ingest.Status, string, time.Time) (bool, error) {
	return false, l.finish
}

// TestBrokenLedger: without knowing that no run goes on, none is begun.
func TestBrokenLedger(t *testing.T) {
	t.Parallel()
	failure := errors.New("ledger gone")
	for name, l := range map[string]broken{"runs": {runs: failure}, "finish": {finish: failure}} {
		b := newBench(t, ingest.Run{ID: "old", StartedAt: noon.Add(-24 * time.Hour), Status: ingest.Running})
		l.Ledger = b.ledger
		b.o.Ledger = l
		if err := b.Tick(t.Context()); !errors.Is(err, failure) || len(b.planned) != 0 {
			t.Errorf("%s: Tick = %v, planned %q; want %v and no plan", name, err, b.planned, failure)
		}
	}
}

func TestPlanFails(t *testing.T) {
	t.Parallel()
	failure := errors.New("Azure DevOps is away")
	b := newBench(t)
	b.o.Plan = func(context.Context, ...string) (ingest.Run, error) { return ingest.Run{}, failure }
	if err := b.Tick(t.Context()); !errors.Is(err, failure) || len(b.statuses(t)) != 0 {
		t.Errorf("Tick = %v, want %v", err, failure)
	}
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	o := New(Options{}).o
	if o.StuckAfter != 12*time.Hour || o.Logger == nil || o.Now == nil {
		t.Errorf("defaults: %+v", o)
	}
}
