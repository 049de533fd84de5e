package memory_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"adoport/shared/ingest"
	"adoport/shared/queue/memory"
	"adoport/shared/queue/queuetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestConformance(t *testing.T) {
	t.Parallel()
	queuetest.Run(t, func(*testing.T) queuetest.Subject {
		clock := queuetest.NewClock()
		return queuetest.Subject{Inbox: memory.New(clock), Advance: clock.Advance}
	})
}

// TestRealTime: without a clock, delays and visibility are those of the time
// package, which stands still in a bubble until all wait.
func TestRealTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := memory.New(nil)
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
		if err := q.Send(t.Context(), 3*time.Second, task(0)); err != nil {
			t.Fatal(err)
		}
		receive(time.Minute, 3*time.Second)
		d := receive(time.Minute, 63*time.Second)
		if err := q.Return(t.Context(), d, time.Second); err != nil {
			t.Fatal(err)
		}
		if d := receive(time.Minute, 64*time.Second); d.Attempt != 2 {
			t.Errorf("Attempt = %d; want 2", d.Attempt)
		}
	})
}

func task(page int) ingest.Task {
	return ingest.Task{Version: ingest.TaskVersion, Type: ingest.Walk, Page: page}
}

// TestInOrder: this driver promises more than the suite asks for.
func TestInOrder(t *testing.T) {
	t.Parallel()
	clock := queuetest.NewClock()
	q := memory.New(clock)
	send := func(delay time.Duration, page int) {
		if err := q.Send(t.Context(), delay, task(page)); err != nil {
			t.Fatal(err)
		}
	}
	send(2*time.Second, 3)
	send(0, 0)
	send(0, 1)
	send(time.Second, 2)
	clock.Advance(2 * time.Second)
	deliveries, err := q.Receive(t.Context(), 10, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	for want, d := range deliveries {
		if d.Task.Page != want {
			t.Errorf("delivery %d is page %d", want, d.Task.Page)
		}
	}
	if len(deliveries) != 4 {
		t.Errorf("%d deliveries; want 4", len(deliveries))
	}
}

func TestOddArguments(t *testing.T) {
	t.Parallel()
	q := memory.New(queuetest.NewClock())
	if err := q.Send(t.Context(), -time.Second, task(0), task(1)); err != nil {
		t.Fatal(err)
	}
	deliveries, err := q.Receive(t.Context(), 0, 0)
	if err != nil || len(deliveries) != 1 {
		t.Fatalf("limit 0: %v, %v; want one delivery", deliveries, err)
	}
	deliveries[0].Receipt = "no receipt!"
	if err := q.Done(t.Context(), deliveries[0]); !errors.Is(err, ingest.ErrLost) {
		t.Errorf("Done with a foreign receipt = %v; want ErrLost", err)
	}
}

// TestEndedContext: every method refuses an ended context and changes nothing,
// as drivers over a network do.
func TestEndedContext(t *testing.T) {
	t.Parallel()
	q := memory.New(nil)
	if err := q.Send(t.Context(), 0, task(0)); err != nil {
		t.Fatal(err)
	}
	deliveries, err := q.Receive(t.Context(), 1, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	calls := map[string]func() error{
		"Send":     func() error { return q.Send(ctx, 0, task(1)) },
		"Receive":  func() error { _, err := q.Receive(ctx, 1, time.Minute); return err },
		"Done":     func() error { return q.Done(ctx, deliveries[0]) },
		"Poisoned": func() error { _, err := q.Poisoned(ctx); return err },
		"Requeue":  func() error { _, err := q.Requeue(ctx); return err },
		"Len":      func() error { _, err := q.Len(ctx); return err },
	}
	for name, call := range calls {
		if err := call(); !errors.Is(err, context.Canceled) {
			t.Errorf("%s = %v; want the context's error", name, err)
		}
	}
	if n, err := q.Len(t.Context()); n != 1 || err != nil {
		t.Errorf("Len = %d, %v; want 1", n, err)
	}
}

// BenchmarkSendReceiveDone measures the life of one task among 10,000 others.
func BenchmarkSendReceiveDone(b *testing.B) {
	q := memory.New(nil)
	ctx := b.Context()
	for i := range 10_000 {
		if err := q.Send(ctx, time.Hour, task(i)); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := q.Send(ctx, 0, task(0)); err != nil {
			b.Fatal(err)
		}
		deliveries, err := q.Receive(ctx, 1, time.Minute)
		if err != nil {
			b.Fatal(err)
		}
		if err := q.Done(ctx, deliveries[0]); err != nil {
			b.Fatal(err)
		}
	}
}
