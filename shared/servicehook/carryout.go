package servicehook

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"adoport/shared/ingest"
)

// worker carries out one task.
type worker struct {
	*run
	task

	mu     sync.Mutex
	report Report
	// failed are the slots in which nothing could be created.
	failed []slot
	// versions are those of the resource that are still to try.
	versions []string
}

// carryOut does a task in the order that loses no event: what is broken goes,
// what is missing comes, and only then what it takes the place of goes.
func (r *run) carryOut(ctx context.Context, t task) Report {
	w := &worker{run: r, task: t, versions: append([]string{t.event.Version}, t.event.Fallbacks...)}
	w.report.Lost = t.plan.Lost()
	w.delete(ctx, func(d Deletion) bool { return d.Cause == Broken })
	w.create(ctx)
	w.delete(ctx, w.replaced)
	w.report.Kept, w.report.Foreign = w.plan.Keep, w.plan.Foreign
	if w.perProject {
		w.report.PerProject = []string{t.event.ID}
	}
	return w.report
}

// replaced reports whether a subscription that delivers may be deleted now.
func (w *worker) replaced(d Deletion) bool {
	switch d.Cause {
	case Duplicate:
		return true
	case Superseded:
		return !slices.Contains(w.failed, d.Subscription.slot())
	case Surplus:
		return len(w.failed) == 0
	default:
		return false
	}
}

// delete deletes those of the plan that are chosen.
func (w *worker) delete(ctx context.Context, chosen func(Deletion) bool) {
	var g errgroup.Group
	g.SetLimit(inFlight)
	for _, d := range w.plan.Delete {
		if !chosen(d) {
			continue
		}
		g.Go(func() error {
			if err := w.api.delete(ctx, d.Subscription.ID); err != nil {
				w.fail(ctx, stepDelete, d.Subscription, err)
				return nil
			}
			w.logger.InfoContext(ctx, "service hook subscription deleted",
				slog.Any("subscription", d.Subscription), slog.String("reason", d.Reason))
			w.mu.Lock()
			defer w.mu.Unlock()
			w.report.Deleted = append(w.report.Deleted, d)
			return nil
		})
	}
	_ = g.Wait() // What failed is in the report.
}

// made notes a subscription that was created. Of the answer only what names it is
// taken, so that a password that is shown by mistake goes nowhere.
func (w *worker) made(ctx context.Context, s, answer Subscription) {
	s.ID, s.Status, s.CreatedAt = answer.ID, answer.Status, answer.CreatedAt
	w.logger.InfoContext(ctx, "service hook subscription created", slog.Any("subscription", s))
	w.mu.Lock()
	defer w.mu.Unlock()
	w.report.Created = append(w.report.Created, s)
}

// fail notes a step that could not be done. One that was not even tried, because
// everything was stopped, is noted only as not done.
func (w *worker) fail(ctx context.Context, step string, s Subscription, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if step == stepCreate {
		w.failed = append(w.failed, s.slot())
	}
	stopped := ctx.Err() != nil && (errors.Is(err, context.Canceled) || errors.Is(err, context.Cause(ctx)))
	if !stopped {
		w.report.Failures = append(w.report.Failures, Failure{step, s, err})
	}
	if _, ok := errors.AsType[*ingest.AuthError](err); ok {
		w.end(err)
	}
}

// stoppedError is what ended a step that another one's error stopped. It is not
// that error: whose own it is MUST be told apart.
type stoppedError struct{ because error }

func (e *stoppedError) Error() string { return "stopped: " + e.because.Error() }

func (e *stoppedError) Unwrap() error { return e.because }
