package local

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"adoport/shared/ingest"
)

// settleTimeout is how long a worker waits for a queue to take an outcome. The
// task comes back by itself if it does not.
const settleTimeout = 30 * time.Second

// overdue is how often a task is delivered before it is set aside without another
// call of the handler: it may be what ends the process each time.
const overdue = 2 * ingest.MaxAttempts

var errOverdue = fmt.Errorf("was delivered %d times and never settled", overdue)

// work handles one delivery and settles it.
func (w *Worker) work(ctx context.Context, d ingest.Delivery) {
	err := errOverdue
	if d.Attempt <= overdue {
		err = w.call(ctx, d)
	}
	settle, outcome := w.decide(ctx, d, err)

	// What was done MUST be settled also when the process is told to stop.
	settling, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTimeout)
	defer cancel()
	switch err := settle(settling); {
	case errors.Is(err, ingest.ErrLost):
		w.log(ctx, slog.LevelWarn, "the delivery took longer than its visibility; another worker has it or will have it", d, slog.String("outcome", outcome))
	case err != nil:
		w.log(ctx, slog.LevelError, "settling failed; the task comes back when its visibility ends", d, slog.String("outcome", outcome), slog.Any("error", err))
	}
}

// decide returns how to settle a delivery that ended in err, and a word for it.
func (w *Worker) decide(ctx context.Context, d ingest.Delivery, err error) (settle func(context.Context) error, outcome string) {
	if err == nil {
		w.log(ctx, slog.LevelDebug, "task done", d)
		return func(ctx context.Context) error { return w.inbox.Done(ctx, d) }, "done"
	}
	give := func(back func(context.Context, ingest.Delivery, time.Duration) error, delay time.Duration) func(context.Context) error {
		return func(ctx context.Context) error { return back(ctx, d, delay) }
	}
	var throttled *ingest.ThrottledError
	switch {
	case errors.As(err, &throttled):
		delay := throttled.After
		if delay <= 0 {
			// A task that comes back at once would spin.
			delay = w.o.BackoffBase
		}
		w.log(ctx, slog.LevelInfo, "task is throttled", d, slog.Duration("delay", delay), slog.Any("error", err))
		return give(w.inbox.Return, delay), "return"
	case ctx.Err() != nil:
		w.log(ctx, slog.LevelInfo, "task was not finished before the end", d, slog.Any("error", err))
		return give(w.inbox.Return, 0), "return"
	case d.Attempt >= ingest.MaxAttempts:
		w.log(ctx, slog.LevelError, "task is set aside: it failed too often", d, slog.Any("error", err))
		return func(ctx context.Context) error { return w.inbox.Poison(ctx, d, err.Error()) }, "poison"
	default:
		delay := w.o.backoff(d.Attempt)
		w.log(ctx, slog.LevelWarn, "task failed and is tried again", d, slog.Duration("delay", delay), slog.Any("error", err))
		return give(w.inbox.Retry, delay), "retry"
	}
}

// call calls the handler and makes its panic an error. The panic of one task
// MUST NOT take down the others that are under way in this process; it is
// logged with its stack and counts as a failure, so a task that always panics
// ends up where a person looks at it.
func (w *Worker) call(ctx context.Context, d ingest.Delivery) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the handler panicked: %v", r)
			w.log(ctx, slog.LevelError, "the handler panicked", d, slog.Any("panic", r), slog.String("stack", string(debug.Stack())))
		}
	}()
	return w.handle(ctx, d)
}

func (w *Worker) log(ctx context.Context, level slog.Level, message string, d ingest.Delivery, more ...slog.Attr) {
	w.o.Logger.LogAttrs(ctx, level, message, append(d.LogAttrs(), more...)...)
}
