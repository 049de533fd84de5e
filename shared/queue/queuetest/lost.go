package queuetest

import (
	"context"
	"errors"
	"testing"

	"adoport/shared/ingest"
)

// settlement is one of the four ways to settle a delivery.
type settlement struct {
	name string
	do   func(ctx context.Context, s Subject, d ingest.Delivery) error
	// waits and poisons are how many tasks wait and are poisoned after it.
	waits, poisons int
}

func settlements() []settlement {
	return []settlement{
		{name: "Done", do: func(ctx context.Context, s Subject, d ingest.Delivery) error {
			return s.Inbox.Done(ctx, d)
		}},
		{name: "Retry", waits: 1, do: func(ctx context.Context, s Subject, d ingest.Delivery) error {
			return s.Inbox.Retry(ctx, d, 0)
		}},
		{name: "Return", waits: 1, do: func(ctx context.Context, s Subject, d ingest.Delivery) error {
			return s.Inbox.Return(ctx, d, 0)
		}},
		{name: "Poison", poisons: 1, do: func(ctx context.Context, s Subject, d ingest.Delivery) error {
			return s.Inbox.Poison(ctx, d, "a reason")
		}},
	}
}

// expectLost tries to settle d in every way, and each MUST be refused.
func expectLost(t *testing.T, s Subject, d ingest.Delivery) {
	t.Helper()
	for _, again := range settlements() {
		if err := again.do(t.Context(), s, d); !errors.Is(err, ingest.ErrLost) {
			t.Errorf("%s = %v; want ErrLost", again.name, err)
		}
	}
}

func testSettleTwice(t *testing.T, s Subject) {
	for _, first := range settlements() {
		send(t, s, 0, walk(1))
		d := receiveOne(t, s, long)
		must(t, first.name, first.do(t.Context(), s, d))
		expectLost(t, s, d)
		expectLen(t, s, first.waits)
		if list := poisoned(t, s); len(list) != first.poisons {
			t.Errorf("after %s, and all others refused: %d are poisoned; want %d", first.name, len(list), first.poisons)
		}
		// Whatever is left is cleared away for the next one.
		requeue(t, s, first.poisons)
		if first.waits+first.poisons > 0 {
			must(t, "Done", s.Inbox.Done(t.Context(), receiveOne(t, s, long)))
		}
	}
	expectLen(t, s, 0)
}

// testSettleLate settles deliveries whose visibility has ended, and whose task
// nobody else has yet.
func testSettleLate(t *testing.T, s Subject) {
	send(t, s, 0, walk(1))
	d := receiveOne(t, s, short)
	s.Advance(pass)
	expectLost(t, s, d)
	expectLen(t, s, 1)
	if list := poisoned(t, s); len(list) != 0 {
		t.Errorf("poisoned by a late worker: %+v", list)
	}
	expectTask(t, receiveOne(t, s, long), walk(1), 2)
}

// testSettleStolen settles deliveries whose task another worker has.
func testSettleStolen(t *testing.T, s Subject) {
	send(t, s, 0, walk(1))
	first := receiveOne(t, s, short)
	s.Advance(pass)
	second := receiveOne(t, s, long)
	expectLost(t, s, first)
	expectNone(t, s)
	expectLen(t, s, 1)
	must(t, "Done by who has it", s.Inbox.Done(t.Context(), second))
	expectLen(t, s, 0)
	expectLost(t, s, first)
	expectLost(t, s, second)
}
