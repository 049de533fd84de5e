package backfill

import (
	"context"
	"fmt"
	"time"

	"adoport/shared/ingest"
)

const (
	// lookedAt is how many of the newest runs are looked at. More than one that
	// goes on is rare, and more than a few are not possible.
	lookedAt = 20
	// abandonTimeout is how long the ledger may take to end a run.
	abandonTimeout = 10 * time.Second
)

// clear ends the runs that have gone on for too long. It returns a *RunningError
// if one goes on that has not.
func (t *Timer) clear(ctx context.Context) error {
	runs, err := t.o.Ledger.Runs(ctx, lookedAt)
	if err != nil {
		return fmt.Errorf("looking for a run that goes on: %w", err)
	}
	var running *RunningError
	for _, run := range runs {
		age := t.o.Now().Sub(run.StartedAt)
		switch {
		case run.Status != ingest.Running:
		case age >= t.o.StuckAfter:
			reason := fmt.Sprintf("stuck: it was not done after %s; tasks of it were lost or set aside", age.Round(time.Second))
			if err := t.fail(ctx, run, reason); err != nil {
				return err
			}
		case running == nil:
			running = &RunningError{Run: run}
		}
	}
	if running != nil {
		return running
	}
	return nil
}

// abandon ends a run of which not all tasks were queued: it could never end by
// itself. That MUST be done also if ctx is why they were not.
func (t *Timer) abandon(ctx context.Context, run ingest.Run, why error) error {
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), abandonTimeout)
	defer cancel()
	return t.fail(ending, run, why.Error())
}

func (t *Timer) fail(ctx context.Context, run ingest.Run, reason string) error {
	at := t.o.Now()
	ended, err := t.o.Ledger.Finish(ctx, run.ID, ingest.Failed, reason, at)
	if err != nil {
		return fmt.Errorf("ending run %s as failed: %w", run.ID, err)
	}
	if ended {
		ingest.TellEnd(ctx, t.o.Logger, run, ingest.Failed, reason, at)
	}
	return nil
}
