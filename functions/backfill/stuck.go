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
	// planning is longer than any run is planned: a run that is younger may not
	// have its tasks yet. An invocation ends after 10 minutes (host.json).
	planning = 15 * time.Minute
	// abandonTimeout is how long the ledger may take to end a run.
	abandonTimeout = 10 * time.Second
)

// look returns the newest runs, after it has ended those of them that cannot end
// by themselves. t.beginning MUST be held: a run that this process is planning has
// no tasks yet.
func (t *Timer) look(ctx context.Context) ([]ingest.Run, error) {
	runs, err := t.o.Ledger.Runs(ctx, lookedAt)
	if err != nil {
		return nil, fmt.Errorf("looking for a run that goes on: %w", err)
	}
	for i, run := range runs {
		reason, err := t.hopeless(ctx, run)
		if err != nil {
			return nil, err
		}
		if reason == "" {
			continue
		}
		ended, err := t.fail(ctx, run, reason)
		if err != nil {
			return nil, err
		}
		runs[i].Status = ingest.Failed
		if !ended {
			runs[i].Status = ingest.Complete // it did end by itself, just now
		}
	}
	return runs, nil
}

// hopeless returns why a run goes on that will never end by itself, "" if it may.
// The tasks MUST be counted after the run was read: one that is gone may have been
// the run's last.
func (t *Timer) hopeless(ctx context.Context, run ingest.Run) (reason string, _ error) {
	age := t.o.Now().Sub(run.StartedAt)
	switch {
	case run.Status != ingest.Running:
		return "", nil
	case age >= t.o.StuckAfter:
		return fmt.Sprintf("stuck: it was not done after %s; tasks of it were lost or set aside", age.Round(time.Second)), nil
	case age < planning || t.o.Waiting == nil:
		return "", nil
	}
	n, err := t.o.Waiting(ctx)
	if err != nil {
		return "", fmt.Errorf("looking whether run %s has tasks left: %w", run.ID, err)
	}
	if n > 0 {
		return "", nil
	}
	return "stuck: it is not done and has no tasks left; the process that planned it was ended too early, or tasks of it were set aside", nil
}

// clear ends the runs that cannot end by themselves. It returns a *RunningError
// if another one goes on.
func (t *Timer) clear(ctx context.Context) error {
	runs, err := t.look(ctx)
	if err != nil {
		return err
	}
	for _, run := range runs {
		if run.Status == ingest.Running {
			return &RunningError{Run: run}
		}
	}
	return nil
}

// abandon ends a run of which not all tasks were queued: it could never end by
// itself. That MUST be done also if ctx is why they were not.
func (t *Timer) abandon(ctx context.Context, run ingest.Run, why error) error {
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), abandonTimeout)
	defer cancel()
	_, err := t.fail(ending, run, why.Error())
	return err
}

// fail ends a run as failed, and reports whether it did: it may have ended before.
func (t *Timer) fail(ctx context.Context, run ingest.Run, reason string) (ended bool, _ error) {
	at := t.o.Now()
	ended, err := t.o.Ledger.Finish(ctx, run.ID, ingest.Failed, reason, at)
	if err != nil {
		return false, fmt.Errorf("ending run %s as failed: %w", run.ID, err)
	}
	if ended {
		ingest.TellEnd(ctx, t.o.Logger, run, ingest.Failed, reason, at)
	}
	return ended, nil
}
