// Package backfill is the timer function that begins runs, one at a time.
package backfill

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"adoport/shared/ingest"
)

// Options of a Timer.
type Options struct {
	// Plan begins a run of some kinds, of all if none is given, as
	// ingest.Engine.Plan does. A run that it returns with an error is stored, but
	// not queued completely.
	Plan func(ctx context.Context, kinds ...string) (ingest.Run, error)
	// Ledger is where Plan stores the runs.
	Ledger Ledger
	// Waiting counts the tasks of runs that wait or are being done, hidden ones
	// included: more than there are perhaps, but never fewer. A run that goes on
	// without any is given up: its planner was killed before all were queued, or
	// some were lost. nil gives up by StuckAfter only.
	Waiting func(ctx context.Context) (int, error)
	// StuckAfter is after how long a run that still goes on is given up, so that
	// lost tasks do not keep the next run from beginning for ever. It MUST be
	// longer than any run takes, or none ever ends: twice the time between two
	// ticks, and some hours at least. 0 is 12 hours.
	StuckAfter time.Duration
	// Every is the time between two ticks, and Sources how many a run of all kinds
	// has: by them CatchUp knows that a run is missing. 0 is 6 hours.
	Every   time.Duration
	Sources int
	// Logger is slog.Default() if it is nil, and Now time.Now.
	Logger *slog.Logger
	Now    func() time.Time
}

// Ledger is the part of an ingest.Ledger that a Timer needs.
type Ledger interface {
	Runs(ctx context.Context, limit int) ([]ingest.Run, error)
	Finish(ctx context.Context, id string, status ingest.Status, reason string, at time.Time) (bool, error)
}

// RunningError means that no run was begun because another one goes on.
type RunningError struct {
	// Run is the newest one.
	Run ingest.Run
}

func (e *RunningError) Error() string {
	return fmt.Sprintf("run %s, which began at %s, is still going on", e.Run.ID, e.Run.StartedAt.UTC().Format(time.RFC3339))
}

// Timer begins runs so that they never pile up. It is safe for concurrent use.
// Two processes that tick in the same moment may begin two runs; that is
// harmless, because runs do not disturb each other, and costs one run more.
type Timer struct {
	o Options
	// beginning keeps two callers from both finding that no run goes on.
	beginning sync.Mutex
}

// New returns a timer function that does nothing until it is called.
func New(o Options) *Timer {
	if o.StuckAfter <= 0 {
		o.StuckAfter = 12 * time.Hour
	}
	if o.Every <= 0 {
		o.Every = 6 * time.Hour
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Timer{o: o}
}

// Tick begins a run of all kinds, unless one is still going on: then the next
// tick will.
func (t *Timer) Tick(ctx context.Context) error {
	_, err := t.Begin(ctx)
	if running := (*RunningError)(nil); errors.As(err, &running) {
		t.o.Logger.LogAttrs(ctx, slog.LevelWarn, "no backfill is begun: the last one is still going on",
			slog.String("run", running.Run.ID), slog.Time("startedAt", running.Run.StartedAt))
		return nil
	}
	return err
}

// Begin begins a run of some kinds, of all if none is given. It returns a
// *RunningError while another run goes on. Runs that have gone on for too long, or
// have no tasks left, end as failed first.
func (t *Timer) Begin(ctx context.Context, kinds ...string) (ingest.Run, error) {
	t.beginning.Lock()
	defer t.beginning.Unlock()
	if err := t.clear(ctx); err != nil {
		return ingest.Run{}, err
	}
	run, err := t.o.Plan(ctx, kinds...)
	if err == nil {
		return run, nil
	}
	err = fmt.Errorf("planning a backfill: %w", err)
	if run.ID == "" {
		return ingest.Run{}, err
	}
	return ingest.Run{}, errors.Join(err, t.abandon(ctx, run, err))
}
