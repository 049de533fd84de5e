package backfill

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"adoport/shared/ingest"
)

// waiting is a queue with that many tasks.
func waiting(n int, err error) func(context.Context) (int, error) {
	return func(context.Context) (int, error) { return n, err }
}

// TestNoTasksLeft: a run whose planner was killed half-way, or whose tasks were
// lost, does not keep the next one from beginning.
func TestNoTasksLeft(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		age    time.Duration
		status ingest.Status
		tasks  int
		want   map[string]ingest.Status
	}{
		{"it has none", planning, ingest.Running, 0, map[string]ingest.Status{"a": ingest.Failed, "planned-1": ingest.Running}},
		{"it has one", planning, ingest.Running, 1, map[string]ingest.Status{"a": ingest.Running}},
		{"it may still be planned", planning - 1, ingest.Running, 0, map[string]ingest.Status{"a": ingest.Running}},
		{"it is done", planning, ingest.Complete, 0, map[string]ingest.Status{"a": ingest.Complete, "planned-1": ingest.Running}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, ingest.Run{ID: "a", StartedAt: noon.Add(-tt.age), Status: tt.status})
			b.o.Waiting = waiting(tt.tasks, nil)
			if err := b.Tick(t.Context()); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, b.statuses(t)); diff != "" {
				t.Errorf("runs (-want +got):\n%s", diff)
			}
		})
	}
}

// TestCatchUpAfterNoTasksLeft: the next look begins another run, not the next
// tick.
func TestCatchUpAfterNoTasksLeft(t *testing.T) {
	t.Parallel()
	b := newBench(t, ingest.Run{ID: "a", StartedAt: noon.Add(-planning), Status: ingest.Running})
	b.o.Waiting = waiting(0, nil)
	if err := b.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := map[string]ingest.Status{"a": ingest.Failed, "planned-1": ingest.Running}
	if diff := cmp.Diff(want, b.statuses(t)); diff != "" {
		t.Errorf("runs (-want +got):\n%s", diff)
	}
}

// TestTasksCannotBeCounted: then a run goes on, and that is told.
func TestTasksCannotBeCounted(t *testing.T) {
	t.Parallel()
	b := newBench(t, ingest.Run{ID: "a", StartedAt: noon.Add(-planning), Status: ingest.Running})
	failure := errors.New("queue gone")
	b.o.Waiting = waiting(0, failure)
	if err := b.Tick(t.Context()); !errors.Is(err, failure) {
		t.Errorf("Tick = %v, want %v", err, failure)
	}
	if diff := cmp.Diff(map[string]ingest.Status{"a": ingest.Running}, b.statuses(t)); diff != "" {
		t.Errorf("runs (-want +got):\n%s", diff)
	}
}

// TestEndsMeanwhile: a run whose last task ends while it is looked at has ended
// well.
func TestEndsMeanwhile(t *testing.T) {
	t.Parallel()
	b := newBench(t, ingest.Run{ID: "a", StartedAt: noon.Add(-planning), Status: ingest.Running})
	b.o.Waiting = func(ctx context.Context) (int, error) {
		_, err := b.ledger.Finish(ctx, "a", ingest.Complete, "", noon)
		return 0, err
	}
	if err := b.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]ingest.Status{"a": ingest.Complete}, b.statuses(t)); diff != "" {
		t.Errorf("runs (-want +got):\n%s", diff)
	}
}
