package azurestorage

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"adoport/shared/ingest"
)

// errCut is a connection that breaks.
var errCut = errors.New("the cable was cut")

// cutting returns options whose requests fail from when on is set, if they are
// picked. after says that they arrive, and only their answers do not.
func cutting(on *atomic.Bool, after bool, picked func(*http.Request) bool) Options {
	o := through(func(r *http.Request) (*http.Response, error) {
		cut := on.Load() && picked(r)
		if cut && !after {
			return nil, errCut
		}
		answer, err := http.DefaultClient.Do(r)
		if cut && err == nil {
			answer.Body.Close()
			return nil, errCut
		}
		return answer, err
	})
	o.Client.Retry.MaxRetries = -1
	return o
}

func isSend(r *http.Request) bool   { return r.Method == http.MethodPost }
func isUpdate(r *http.Request) bool { return r.Method == http.MethodPut }
func isRemove(r *http.Request) bool { return r.Method == http.MethodDelete }

// TestPoisonCut: wherever setting a task aside is cut short, as a crash would, the
// task is in the queue, or in the poison queue, or in both.
func TestPoisonCut(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		picked       func(*http.Request) bool
		after        bool
		live, poison int
	}{
		"before the hold":          {isUpdate, false, 1, 0},
		"after the hold":           {isUpdate, true, 1, 0},
		"before it is written":     {isSend, false, 1, 0},
		"after it is written":      {isSend, true, 1, 1},
		"before it is removed":     {isRemove, false, 1, 1},
		"removed, and nobody told": {isRemove, true, 0, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var on atomic.Bool
			q := onAzurite(t, newName(), cutting(&on, tt.after, tt.picked))
			send(t, q, 7)
			if err := q.Ping(t.Context()); err != nil {
				t.Fatal(err)
			}
			d := receive(t, q)
			on.Store(true)
			if err := q.Poison(t.Context(), d, "boom"); !errors.Is(err, errCut) {
				t.Errorf("Poison = %v; want the error of the connection", err)
			}
			on.Store(false)
			expectCounts(t, q, tt.live, tt.poison)
			expectPoisoned(t, q, tt.poison)
		})
	}
}

// TestPoisonRetried: an answer that is lost after the message was removed is not
// told as lost when the removal is tried again.
func TestPoisonRetried(t *testing.T) {
	t.Parallel()
	var on atomic.Bool
	var cuts atomic.Int64
	o := cutting(&on, true, func(r *http.Request) bool { return isRemove(r) && cuts.Add(1) == 1 })
	o.Client.Retry.MaxRetries = 3
	q := onAzurite(t, newName(), o)
	send(t, q, 7)
	d := receive(t, q)
	on.Store(true)
	if err := q.Poison(t.Context(), d, "boom"); err != nil || cuts.Load() != 2 {
		t.Errorf("Poison = %v after %d removals; want none after 2", err, cuts.Load())
	}
	expectCounts(t, q, 0, 1)
}

// TestRequeueCut: what was not sent stays poisoned and visible; what was sent and
// not removed is sent again by the next one.
func TestRequeueCut(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		picked func(*http.Request) bool
		after  bool
		// live and poison are there after the cut, and visible of the latter.
		live, poison, visible int
		again                 int
	}{
		"before it is sent":    {func(r *http.Request) bool { return isSend(r) && !isPoison(r) }, false, 0, 2, 2, 2},
		"after it is sent":     {func(r *http.Request) bool { return isSend(r) && !isPoison(r) }, true, 2, 2, 2, 4},
		"before it is removed": {isRemove, false, 2, 2, 2, 4},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var on atomic.Bool
			q := onAzurite(t, newName(), cutting(&on, tt.after, tt.picked))
			put(t, q.poison, encoded(t, message{Task: task(1)}))
			put(t, q.poison, encoded(t, message{Task: task(2)}))
			if err := q.Ping(t.Context()); err != nil {
				t.Fatal(err)
			}
			on.Store(true)
			if n, err := q.Requeue(t.Context()); n != 0 || !errors.Is(err, errCut) {
				t.Errorf("Requeue = %d, %v; want 0 and the error of the connection", n, err)
			}
			on.Store(false)
			expectCounts(t, q, tt.live, tt.poison)
			expectPoisoned(t, q, tt.visible)
			if n, err := q.Requeue(t.Context()); n != 2 || err != nil {
				t.Errorf("Requeue = %d, %v; want 2", n, err)
			}
			expectCounts(t, q, tt.again, 0)
		})
	}
}

// TestLeave: a receiver that leaves while an answer is on its way takes the tasks
// that it brings.
func TestLeave(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	q := onAzurite(t, newName(), through(func(r *http.Request) (*http.Response, error) {
		if r.Method == http.MethodGet {
			cancel()
		}
		return http.DefaultClient.Do(r)
	}))
	send(t, q, 7)
	deliveries, err := q.Receive(ctx, 1, 10*time.Minute)
	if err != nil || len(deliveries) != 1 {
		t.Fatalf("Receive = %+v, %v; want the task", deliveries, err)
	}
	if err := q.Done(t.Context(), deliveries[0]); err != nil {
		t.Error(err)
	}
}

// TestLeaveUnanswered: a receiver that leaves does not wait for a service that does
// not answer.
func TestLeaveUnanswered(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	q := onAzurite(t, newName(), through(func(r *http.Request) (*http.Response, error) {
		cancel()
		<-r.Context().Done()
		return nil, r.Context().Err()
	}))
	if deliveries, err := q.Receive(ctx, 1, time.Minute); !errors.Is(err, context.Canceled) {
		t.Errorf("Receive = %+v, %v; want the context's error", deliveries, err)
	}
}

// TestSendStops: the first error ends a Send, and is the one that is told.
func TestSendStops(t *testing.T) {
	t.Parallel()
	var sent atomic.Int64
	o := through(func(*http.Request) (*http.Response, error) {
		sent.Add(1)
		return nil, errCut
	})
	o.Client.Retry.MaxRetries = -1
	q := onAzurite(t, newName(), o)
	const n = 1000
	if err := q.Send(t.Context(), 0, make([]ingest.Task, n)...); !errors.Is(err, errCut) {
		t.Errorf("Send = %v; want the error of the connection", err)
	}
	if sent.Load() == n {
		t.Errorf("all %d tasks were tried", n)
	}
}

// TestEndedContext: every method refuses an ended context and changes nothing.
func TestEndedContext(t *testing.T) {
	t.Parallel()
	q := onAzurite(t, newName(), patient())
	send(t, q, 0)
	put(t, q.poison, encoded(t, message{Task: task(1)}))
	d := receive(t, q)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, call := range calls(ctx, q, d) {
		if err := call(); !errors.Is(err, context.Canceled) {
			t.Errorf("%s = %v; want the context's error", name, err)
		}
	}
	expectCounts(t, q, 1, 1)
}

// calls are all methods of a queue.
func calls(ctx context.Context, q *Queue, d ingest.Delivery) map[string]func() error {
	return map[string]func() error{
		"Send":     func() error { return q.Send(ctx, 0, task(1), task(2)) },
		"Receive":  func() error { _, err := q.Receive(ctx, 1, time.Minute); return err },
		"Done":     func() error { return q.Done(ctx, d) },
		"Retry":    func() error { return q.Retry(ctx, d, 0) },
		"Return":   func() error { return q.Return(ctx, d, 0) },
		"Poison":   func() error { return q.Poison(ctx, d, "a reason") },
		"Poisoned": func() error { _, err := q.Poisoned(ctx); return err },
		"Requeue":  func() error { _, err := q.Requeue(ctx); return err },
		"Len":      func() error { _, err := q.Len(ctx); return err },
		"Ping":     func() error { return q.Ping(ctx) },
		"SendBack": func() error { return q.SendBack(ctx, d, 0) },
		"SetAside": func() error { return q.SetAside(ctx, d, "a reason") },
	}
}
