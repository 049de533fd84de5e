// Package local hosts everything in one process, for platforms that do not
// deliver messages by themselves: a computer, a container, a test.
package local

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"adoport/shared/ingest"
)

// Handler handles one delivery. It MUST return soon after ctx has ended, and
// MUST NOT settle the delivery: its error decides what becomes of it.
type Handler func(ctx context.Context, d ingest.Delivery) error

// Worker gives the deliveries of an inbox to a handler, several at once, and
// settles them:
//
//   - no error: the task is done;
//   - *ingest.ThrottledError: it is returned with that delay, no try is spent;
//   - any error after Run's grace has ended: it is returned at once, no try is
//     spent;
//   - any other error, or a panic: it is tried again after a backoff, and at
//     attempt ingest.MaxAttempts set aside with the error.
//
// Make one with New.
type Worker struct {
	inbox  ingest.Inbox
	handle Handler
	o      Options
}

// New returns a worker that does nothing until Run.
func New(inbox ingest.Inbox, handle Handler, o Options) *Worker {
	return &Worker{inbox: inbox, handle: handle, o: o.withDefaults()}
}

// Run receives and handles until ctx ends, and returns when the last handler
// has. Handlers that are under way then may go on for Options.Grace; after it
// their context ends. An inbox that fails is asked again after a backoff.
func (w *Worker) Run(ctx context.Context) {
	handling, cancel := withGrace(ctx, w.o.Grace)
	defer cancel()
	var handlers sync.WaitGroup
	// Runs before cancel: what is under way keeps its grace.
	defer handlers.Wait()

	slots := make(chan struct{}, w.o.Workers)
	failures := 0
	for {
		free := acquire(ctx, slots)
		if free == 0 {
			return
		}
		deliveries, err := w.inbox.Receive(ctx, free, w.o.Visibility)
		for range free - len(deliveries) {
			<-slots
		}
		for _, d := range deliveries {
			handlers.Go(func() {
				defer func() { <-slots }()
				w.work(handling, d)
			})
		}
		if err == nil {
			failures = 0
			sleep(ctx, w.o.Gather)
			continue
		}
		if ctx.Err() != nil {
			return
		}
		failures++
		w.o.Logger.LogAttrs(ctx, slog.LevelError, "receiving failed", slog.Any("error", err))
		sleep(ctx, w.o.backoff(failures))
	}
}

// withGrace returns a context with ctx's values that ends grace after ctx does.
func withGrace(ctx context.Context, grace time.Duration) (context.Context, context.CancelFunc) {
	handling, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		sleep(handling, grace)
		cancel()
	})
	return handling, func() {
		stop()
		cancel()
	}
}

// acquire waits for a slot, takes all that are free, and returns how many it
// has: 0 if ctx ended.
func acquire(ctx context.Context, slots chan struct{}) int {
	select {
	case <-ctx.Done():
		return 0
	case slots <- struct{}{}:
	}
	for n := 1; ; n++ {
		select {
		case slots <- struct{}{}:
		default:
			return n
		}
	}
}

// sleep returns after d or when ctx ends.
func sleep(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
