package queuetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"adoport/shared/ingest"
)

// received is what a Receive in another goroutine gave.
type received struct {
	deliveries []ingest.Delivery
	err        error
}

// startReceive begins a Receive and gives it a moment to wait. The result comes
// on the channel.
func startReceive(ctx context.Context, s Subject) <-chan received {
	ch := make(chan received, 1)
	go func() {
		deliveries, err := s.Inbox.Receive(ctx, 1, long)
		ch <- received{deliveries, err}
	}()
	time.Sleep(blink)
	return ch
}

// await returns what startReceive's channel gives within patience.
func await(t *testing.T, ch <-chan received) received {
	t.Helper()
	select {
	case r := <-ch:
		return r
	case <-time.After(patience):
		t.Fatal("Receive did not return")
		return received{}
	}
}

func expectReceived(t *testing.T, ch <-chan received, want ingest.Task, attempt int) {
	t.Helper()
	r := await(t, ch)
	must(t, "Receive", r.err)
	if len(r.deliveries) != 1 {
		t.Fatalf("Receive gave %d deliveries; want 1", len(r.deliveries))
	}
	expectTask(t, r.deliveries[0], want, attempt)
}

func testReceiveWaitsForSend(t *testing.T, s Subject) {
	// A task that comes later must not be what the receiver waits for.
	send(t, s, long, walk(1))
	first, second := startReceive(t.Context(), s), startReceive(t.Context(), s)
	select {
	case r := <-first:
		t.Fatalf("Receive gave %+v before anything was sent", r)
	default:
	}
	send(t, s, 0, walk(2))
	send(t, s, 0, walk(2))
	expectReceived(t, first, walk(2), 1)
	expectReceived(t, second, walk(2), 1)
}

func testReceiveWaitsForDelay(t *testing.T, s Subject) {
	send(t, s, short, walk(1))
	ch := startReceive(t.Context(), s)
	s.Advance(pass)
	expectReceived(t, ch, walk(1), 1)
}

func testReceiveWaitsForVisibility(t *testing.T, s Subject) {
	send(t, s, 0, walk(1))
	receiveOne(t, s, short)
	ch := startReceive(t.Context(), s)
	s.Advance(pass)
	expectReceived(t, ch, walk(1), 2)
}

// testReceiveWaitsForSettlement: a task that is given back early is not waited
// for until its visibility would have ended.
func testReceiveWaitsForSettlement(t *testing.T, s Subject) {
	send(t, s, 0, walk(1))
	d := receiveOne(t, s, long)
	ch := startReceive(t.Context(), s)
	must(t, "Return", s.Inbox.Return(t.Context(), d, 0))
	expectReceived(t, ch, walk(1), 1)

	send(t, s, 0, walk(2))
	d = receiveOne(t, s, long)
	ch = startReceive(t.Context(), s)
	must(t, "Retry", s.Inbox.Retry(t.Context(), d, 0))
	expectReceived(t, ch, walk(2), 2)

	send(t, s, 0, walk(3))
	d = receiveOne(t, s, long)
	must(t, "Poison", s.Inbox.Poison(t.Context(), d, "a reason"))
	ch = startReceive(t.Context(), s)
	requeue(t, s, 1)
	expectReceived(t, ch, walk(3), 1)
}

func testReceiveContext(t *testing.T, s Subject) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Inbox.Receive(ended, 1, long); !errors.Is(err, context.Canceled) {
		t.Errorf("Receive with an ended context = %v; want its error", err)
	}

	ctx, cancel := context.WithCancel(t.Context())
	ch := startReceive(ctx, s)
	cancel()
	if r := await(t, ch); !errors.Is(r.err, context.Canceled) {
		t.Errorf("Receive whose context was ended = %+v; want its error", r)
	}

	// A receiver that left takes nothing with it.
	send(t, s, 0, walk(1))
	expectTask(t, receiveOne(t, s, long), walk(1), 1)
}
