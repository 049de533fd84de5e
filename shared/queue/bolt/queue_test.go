package bolt

import (
	"context"
	"errors"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"adoport/shared/boltfile"
	"adoport/shared/ingest"
	"adoport/shared/queue/queuetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// openFile opens the data file in dir; the test closes it, or its end does.
func openFile(tb testing.TB, dir string) *boltfile.File {
	tb.Helper()
	f, err := boltfile.Open(dir)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := f.Close(); err != nil {
			tb.Error(err)
		}
	})
	return f
}

func openQueue(tb testing.TB, f *boltfile.File, name string, clock Clock) *Queue {
	tb.Helper()
	q, err := Open(tb.Context(), f, name, clock)
	if err != nil {
		tb.Fatal(err)
	}
	return q
}

func task(page int) ingest.Task {
	return ingest.Task{Version: ingest.TaskVersion, Type: ingest.Walk, Run: "run-1", Source: "work-item", Page: page}
}

func send(t *testing.T, q *Queue, delay time.Duration, numbers ...int) {
	t.Helper()
	tasks := make([]ingest.Task, len(numbers))
	for i, page := range numbers {
		tasks[i] = task(page)
	}
	if err := q.Send(t.Context(), delay, tasks...); err != nil {
		t.Fatal(err)
	}
}

func receive(t *testing.T, q *Queue, limit int) []ingest.Delivery {
	t.Helper()
	deliveries, err := q.Receive(t.Context(), limit, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	return deliveries
}

func expectPages(t *testing.T, deliveries []ingest.Delivery, want ...int) {
	t.Helper()
	got := make([]int, len(deliveries))
	for i, d := range deliveries {
		got[i] = d.Task.Page
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("pages (-want +got):\n%s", diff)
	}
}

func expectLen(t *testing.T, q *Queue, want int) {
	t.Helper()
	if n, err := q.Len(t.Context()); n != want || err != nil {
		t.Errorf("Len = %d, %v; want %d", n, err, want)
	}
}

func TestConformance(t *testing.T) {
	t.Parallel()
	queuetest.Run(t, func(t *testing.T) queuetest.Subject {
		clock := queuetest.NewClock()
		return queuetest.Subject{Inbox: openQueue(t, openFile(t, t.TempDir()), "live", clock), Advance: clock.Advance, Tasks: 500}
	})
}

// TestConformanceTogether has all queues of the suite in one file.
func TestConformanceTogether(t *testing.T) {
	t.Parallel()
	f := openFile(t, t.TempDir())
	queuetest.Run(t, func(t *testing.T) queuetest.Subject {
		clock := queuetest.NewClock()
		return queuetest.Subject{Inbox: openQueue(t, f, t.Name(), clock), Advance: clock.Advance, Tasks: 500}
	})
}

// TestRealTime: without a clock, delays and visibility are those of the time
// package, which stands still in a bubble until all wait. The delays are longer
// than what a timer is set to at most.
func TestRealTime(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		q := openQueue(t, openFile(t, dir), "live", nil)
		start := time.Now()
		receive := func(visibility, passed time.Duration) ingest.Delivery {
			t.Helper()
			deliveries, err := q.Receive(t.Context(), 5, visibility)
			if err != nil || len(deliveries) != 1 {
				t.Fatalf("Receive = %v, %v; want one delivery", deliveries, err)
			}
			if got := time.Since(start); got != passed {
				t.Fatalf("received after %s; want after %s", got, passed)
			}
			return deliveries[0]
		}
		send(t, q, 3*time.Second, 0)
		receive(150*time.Second, 3*time.Second)
		d := receive(time.Minute, 153*time.Second)
		if err := q.Return(t.Context(), d, time.Second); err != nil {
			t.Fatal(err)
		}
		if d := receive(time.Minute, 154*time.Second); d.Attempt != 2 {
			t.Errorf("Attempt = %d; want 2", d.Attempt)
		}
	})
}

// TestInOrder: this driver promises more than the suite asks for.
func TestInOrder(t *testing.T) {
	t.Parallel()
	clock := queuetest.NewClock()
	q := openQueue(t, openFile(t, t.TempDir()), "live", clock)
	send(t, q, 2*time.Second, 3)
	send(t, q, 0, 0, 1)
	send(t, q, time.Second, 2)
	clock.Advance(2 * time.Second)
	expectPages(t, receive(t, q, 10), 0, 1, 2, 3)
}

func TestOddArguments(t *testing.T) {
	t.Parallel()
	q := openQueue(t, openFile(t, t.TempDir()), "live", queuetest.NewClock())
	send(t, q, -time.Second, 0, 1)
	send(t, q, math.MaxInt64, 2) // After the last time that a key can say.
	deliveries, err := q.Receive(t.Context(), 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	expectPages(t, deliveries, 0)
	expectPages(t, receive(t, q, 5), 1)
	expectLen(t, q, 3)
	for _, receipt := range []string{"", "no receipt!", "00ff", key{}.receipt(), key{0x7f}.receipt(), deliveries[0].Receipt + "00"} {
		if err := q.Done(t.Context(), ingest.Delivery{Receipt: receipt}); !errors.Is(err, ingest.ErrLost) {
			t.Errorf("Done with receipt %q = %v; want ErrLost", receipt, err)
		}
	}
}

// TestReceiptOfWaiting: only what was received can be settled, also by who
// guesses the key of a task that waits.
func TestReceiptOfWaiting(t *testing.T) {
	t.Parallel()
	q := openQueue(t, openFile(t, t.TempDir()), "live", queuetest.NewClock())
	send(t, q, time.Minute, 0)
	waiting, _, err := q.head()
	if err != nil {
		t.Fatal(err)
	}
	if err := q.Done(t.Context(), ingest.Delivery{Receipt: waiting.receipt()}); !errors.Is(err, ingest.ErrLost) {
		t.Errorf("Done of a task that waits = %v; want ErrLost", err)
	}
	expectLen(t, q, 1)
}

// TestEndedContext: every method refuses an ended context and changes nothing.
func TestEndedContext(t *testing.T) {
	t.Parallel()
	q := openQueue(t, openFile(t, t.TempDir()), "live", nil)
	send(t, q, 0, 0)
	d := receive(t, q, 1)[0]
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, call := range calls(ctx, q, d) {
		if err := call(); !errors.Is(err, context.Canceled) {
			t.Errorf("%s = %v; want the context's error", name, err)
		}
	}
	expectLen(t, q, 1)
}

// TestClosed: a Receive that waits learns that the file is closed, and so does
// whoever comes later.
func TestClosed(t *testing.T) {
	t.Parallel()
	f := openFile(t, t.TempDir())
	q := openQueue(t, f, "live", nil)
	send(t, q, 0, 0)
	d := receive(t, q, 1)[0]
	waits := make(chan error)
	go func() {
		_, err := q.Receive(t.Context(), 1, time.Minute)
		waits <- err
	}()
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-waits; !errors.Is(err, boltfile.ErrClosed) {
		t.Errorf("Receive that waited = %v; want ErrClosed", err)
	}
	for name, call := range calls(t.Context(), q, d) {
		if err := call(); !errors.Is(err, boltfile.ErrClosed) {
			t.Errorf("%s = %v; want ErrClosed", name, err)
		}
	}
}

// calls are all methods of a queue.
func calls(ctx context.Context, q *Queue, d ingest.Delivery) map[string]func() error {
	return map[string]func() error{
		"Send":     func() error { return q.Send(ctx, 0, task(1)) },
		"Receive":  func() error { _, err := q.Receive(ctx, 1, time.Minute); return err },
		"Done":     func() error { return q.Done(ctx, d) },
		"Retry":    func() error { return q.Retry(ctx, d, 0) },
		"Return":   func() error { return q.Return(ctx, d, 0) },
		"Poison":   func() error { return q.Poison(ctx, d, "a reason") },
		"Poisoned": func() error { _, err := q.Poisoned(ctx); return err },
		"Requeue":  func() error { _, err := q.Requeue(ctx); return err },
		"Len":      func() error { _, err := q.Len(ctx); return err },
	}
}
