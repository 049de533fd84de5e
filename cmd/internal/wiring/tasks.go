package wiring

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"adoport/functions/refresh"
	"adoport/functions/walk"
	"adoport/shared/ingest"
	"adoport/shared/transport"
)

// Refresh is the function of the live queue.
func (a *App) Refresh(ctx context.Context, d ingest.Delivery) error {
	return refresh.New(a.refresh)(ctx, d)
}

// Walk is the function of the backfill queue.
func (a *App) Walk(ctx context.Context, d ingest.Delivery) error {
	return walk.New(a.walk)(ctx, d)
}

// outageDelay is how long a task waits that only an outage keeps from being done.
const outageDelay = 30 * time.Second

// refresh handles a live task. An outage MUST NOT cost an event: it is tried again
// until the service works, however long that takes.
func (a *App) refresh(ctx context.Context, d ingest.Delivery) error {
	err := a.engine.Handle(transport.Live(ctx), d)
	var throttled *ingest.ThrottledError
	if err == nil || errors.As(err, &throttled) || d.Attempt < ingest.MaxAttempts-1 || !transport.Outage(err) {
		return err
	}
	a.o.Logger.LogAttrs(ctx, slog.LevelWarn, "an event waits for a service that does not work", slog.Any("error", err))
	return &ingest.ThrottledError{System: "an outage", After: outageDelay}
}

// walk handles a task of a backfill. A vault that is away says nothing about what
// is to be read, so it MUST NOT cost a run its tasks. Any other outage may be one
// of a single project, and does not stop the rest.
func (a *App) walk(ctx context.Context, d ingest.Delivery) error {
	err := a.engine.Handle(ctx, d)
	if _, ok := errors.AsType[*UnreadableError](err); !ok {
		return err
	}
	a.o.Logger.LogAttrs(ctx, slog.LevelWarn, "a backfill waits for a secret", slog.Any("error", err))
	return &ingest.ThrottledError{System: "an outage", After: outageDelay}
}

// Look is the function of the subscriptions timer. It looks after everything
// that ought to be so by now: the subscriptions, a backfill that is missing, and
// tasks that wait for a person.
func (a *App) Look(ctx context.Context) error {
	// The backfill of everything first: what events lost is part of it.
	return errors.Join(a.Backfill.CatchUp(ctx), a.Subscribe(ctx), a.tellPoisoned(ctx))
}

// Subscribe looks after the subscriptions, if they are to be looked after.
func (a *App) Subscribe(ctx context.Context) error {
	if a.subscriptions == nil {
		return nil
	}
	return a.subscriptions.Run(ctx)
}

// tellPoisoned logs how many tasks are set aside. Alerts look for this line: its
// message and the names of its attributes MUST NOT change
// (infra/modules/alerts.bicep, docs/operations.md).
func (a *App) tellPoisoned(ctx context.Context) error {
	queues := a.queues()
	errs := make([]error, 0, len(queues))
	for _, q := range queues {
		poisoned, err := q.Poisoned(ctx)
		if len(poisoned) > 0 {
			a.o.Logger.LogAttrs(ctx, slog.LevelError, "tasks are set aside", slog.String("queue", q.Name), slog.Int("count", len(poisoned)))
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
