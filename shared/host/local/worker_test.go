package local

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"adoport/shared/ingest"
	"adoport/shared/queue/memory"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig runs a worker on a memory queue in a bubble whose time stands still until
// all wait.
type rig struct {
	queue ingest.Inbox
	log   *records
	// stop ends Run's context; stopped is closed when Run has returned.
	stop    context.CancelFunc
	stopped chan struct{}
}

func start(t *testing.T, inbox ingest.Inbox, o Options, handle Handler) *rig {
	t.Helper()
	r := &rig{queue: inbox, log: &records{}, stopped: make(chan struct{})}
	o.Logger = r.log.logger()
	o.random = func() float64 { return 1 }
	ctx, stop := context.WithCancel(t.Context())
	r.stop = stop
	go func() {
		defer close(r.stopped)
		New(inbox, handle, o).Run(ctx)
	}()
	t.Cleanup(r.end)
	return r
}

func (r *rig) end() {
	r.stop()
	<-r.stopped
}

func send(t *testing.T, q ingest.Queue, n int) {
	t.Helper()
	for page := range n {
		task := ingest.Task{Version: 1, Type: ingest.Walk, Run: "run-1", Source: "source-1", Page: page}
		if err := q.Send(t.Context(), 0, task); err != nil {
			t.Fatal(err)
		}
	}
}

func (r *rig) len(t *testing.T) int {
	t.Helper()
	n, err := r.queue.Len(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func (r *rig) reasons(t *testing.T) []string {
	t.Helper()
	list, err := r.queue.Poisoned(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var reasons []string
	for _, p := range list {
		reasons = append(reasons, p.Reason)
	}
	return reasons
}

// call is one call of a handler: its attempt and how long after the start.
type call struct {
	Attempt int
	After   time.Duration
}

func TestOutcomes(t *testing.T) {
	t.Parallel()
	errBoom := errors.New("boom")
	throttled := func(after time.Duration) error {
		return fmt.Errorf("reading: %w", &ingest.ThrottledError{System: "Port", After: after})
	}
	retried := []call{{1, 0}, {2, 500 * time.Millisecond}, {3, 1500 * time.Millisecond}, {4, 3500 * time.Millisecond}, {5, 7500 * time.Millisecond}}
	tests := []struct {
		name string
		// handle is called with the number of the call, from 0.
		handle func(n int) error
		want   []call
		poison []string
	}{
		{"no error is done", func(int) error { return nil }, []call{{1, 0}}, nil},
		{"an error is tried again", func(n int) error {
			if n < 2 {
				return errBoom
			}
			return nil
		}, retried[:3], nil},
		{"too many errors are set aside", func(int) error { return fmt.Errorf("reading: %w", errBoom) }, retried, []string{"reading: boom"}},
		{"a panic is an error", func(int) error { panic("boom") }, retried, []string{"the handler panicked: boom"}},
		{"throttling spends no try", func(n int) error {
			if n < 7 {
				return throttled(time.Minute)
			}
			return nil
		}, []call{{1, 0}, {1, 1 * time.Minute}, {1, 2 * time.Minute}, {1, 3 * time.Minute}, {1, 4 * time.Minute}, {1, 5 * time.Minute}, {1, 6 * time.Minute}, {1, 7 * time.Minute}}, nil},
		{"throttling without a time does not spin", func(n int) error {
			if n == 0 {
				return throttled(0)
			}
			return nil
		}, []call{{1, 0}, {1, 500 * time.Millisecond}}, nil},
		{"throttling on the last try", func(n int) error {
			switch {
			case n < 4:
				return errBoom
			case n == 4:
				return throttled(time.Minute)
			default:
				return nil
			}
		}, append(retried[:5:5], call{5, 67500 * time.Millisecond}), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				begin := time.Now()
				var calls []call
				r := start(t, memory.New(nil), Options{}, func(_ context.Context, d ingest.Delivery) error {
					calls = append(calls, call{d.Attempt, time.Since(begin)})
					return tt.handle(len(calls) - 1)
				})
				send(t, r.queue, 1)
				time.Sleep(time.Hour)
				synctest.Wait()
				if diff := cmp.Diff(tt.want, calls); diff != "" {
					t.Errorf("calls (-want +got):\n%s", diff)
				}
				if diff := cmp.Diff(tt.poison, r.reasons(t)); diff != "" {
					t.Errorf("reasons of poisoned tasks (-want +got):\n%s", diff)
				}
				if n := r.len(t); n != 0 {
					t.Errorf("%d tasks wait; want 0", n)
				}
			})
		})
	}
}

// TestPanicIsLogged also shows that a panic leaves other tasks alone.
func TestPanicIsLogged(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var done atomic.Int32
		r := start(t, memory.New(nil), Options{Queue: "backfill"}, func(_ context.Context, d ingest.Delivery) error {
			if d.Task.Page == 1 && d.Attempt == 1 {
				var list []int
				_ = list[d.Task.Page]
			}
			time.Sleep(time.Second)
			done.Add(1)
			return nil
		})
		send(t, r.queue, 3)
		time.Sleep(time.Minute)
		synctest.Wait()
		if n := done.Load(); n != 3 {
			t.Errorf("%d tasks are done; want 3", n)
		}
		r.log.expect(t, "ERROR", "the handler panicked", "queue=backfill", "page=1", "attempt=1",
			"index out of range [1] with length 0", "worker_test.go")
	})
}

func TestWorkersAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const workers, tasks = 3, 30
		begin := time.Now()
		var mu sync.Mutex
		running, most, done := 0, 0, 0
		r := start(t, memory.New(nil), Options{Workers: workers}, func(_ context.Context, d ingest.Delivery) error {
			mu.Lock()
			running++
			most = max(most, running)
			mu.Unlock()
			// Uneven, so that slots become free one by one.
			time.Sleep(time.Duration(1+d.Task.Page%3) * time.Second)
			mu.Lock()
			defer mu.Unlock()
			running--
			if done++; done == tasks {
				if took := time.Since(begin); took > 22*time.Second {
					t.Errorf("60 s of work took %d workers %s; want about 20 s", workers, took)
				}
			}
			return nil
		})
		send(t, r.queue, tasks)
		time.Sleep(time.Hour)
		synctest.Wait()
		if most != workers || done != tasks {
			t.Errorf("at most %d at once, %d done; want %d and %d", most, done, workers, tasks)
		}
	})
}

// TestLost: a handler that takes longer than the visibility is logged, and who
// has the task then settles it.
func TestLost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var calls atomic.Int32
		r := start(t, memory.New(nil), Options{Workers: 2, Visibility: time.Minute}, func(_ context.Context, d ingest.Delivery) error {
			calls.Add(1)
			if d.Attempt == 1 {
				time.Sleep(2 * time.Minute)
				return errors.New("too late to matter")
			}
			return nil
		})
		send(t, r.queue, 1)
		time.Sleep(time.Hour)
		synctest.Wait()
		if n, left := calls.Load(), r.len(t); n != 2 || left != 0 {
			t.Errorf("%d calls, %d tasks left; want 2 and 0", n, left)
		}
		r.log.expect(t, "WARN", "longer than its visibility", "outcome=retry")
	})
}

// broken is an inbox whose first Receives and all Dones fail.
type broken struct {
	*memory.Queue
	receives atomic.Int32
}

func (b *broken) Receive(ctx context.Context, limit int, visibility time.Duration) ([]ingest.Delivery, error) {
	if b.receives.Add(1) <= 2 {
		return nil, errors.New("no connection")
	}
	return b.Queue.Receive(ctx, limit, visibility)
}

func (b *broken) Done(context.Context, ingest.Delivery) error { return errors.New("disk full") }

func TestBrokenInbox(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		var calls []call
		r := start(t, &broken{Queue: memory.New(nil)}, Options{}, func(_ context.Context, d ingest.Delivery) error {
			calls = append(calls, call{d.Attempt, time.Since(begin)})
			return nil
		})
		send(t, r.queue, 1)
		time.Sleep(15 * time.Minute)
		synctest.Wait()
		// Two failed receives are 500 ms and 1 s; then each visibility ends.
		want := []call{{1, 1500 * time.Millisecond}, {2, 10*time.Minute + 1500*time.Millisecond}}
		if diff := cmp.Diff(want, calls); diff != "" {
			t.Errorf("calls (-want +got):\n%s", diff)
		}
		r.log.expect(t, "ERROR", "receiving failed", "no connection")
		r.log.expect(t, "ERROR", "settling failed", "outcome=done", "disk full")
	})
}
