package queuetest

import (
	"testing"

	"adoport/shared/ingest"
)

func testDelayHides(t *testing.T, s Subject) {
	send(t, s, long, walk(1))
	expectNone(t, s)
	send(t, s, 0, walk(2))
	expectTask(t, receiveOne(t, s, long), walk(2), 1)
	expectNone(t, s)
	expectLen(t, s, 2)
}

func testDelayEnds(t *testing.T, s Subject) {
	send(t, s, short, walk(1))
	s.Advance(pass)
	expectTask(t, receiveOne(t, s, long), walk(1), 1)
}

func testVisibilityHides(t *testing.T, s Subject) {
	send(t, s, 0, walk(1))
	d := receiveOne(t, s, long)
	expectNone(t, s)
	s.Advance(pass)
	expectNone(t, s)
	must(t, "Done", s.Inbox.Done(t.Context(), d))
}

func testVisibilityEnds(t *testing.T, s Subject) {
	send(t, s, 0, walk(1))
	expectTask(t, receiveOne(t, s, short), walk(1), 1)
	for attempt := 2; attempt <= 3; attempt++ {
		s.Advance(pass)
		expectTask(t, receiveOne(t, s, short), walk(1), attempt)
	}
}

func testRetry(t *testing.T, s Subject) {
	send(t, s, 0, walk(1))
	for attempt := 1; attempt <= ingest.MaxAttempts+2; attempt++ {
		d := receiveOne(t, s, long)
		expectTask(t, d, walk(1), attempt)
		must(t, "Retry", s.Inbox.Retry(t.Context(), d, 0))
	}
	expectLen(t, s, 1)
}

func testRetryDelay(t *testing.T, s Subject) {
	send(t, s, 0, walk(1), walk(2))
	for _, d := range receiveAll(t, s, 2) {
		delay := short
		if d.Task.Page == 2 {
			delay = long
		}
		must(t, "Retry", s.Inbox.Retry(t.Context(), d, delay))
	}
	s.Advance(pass)
	expectTask(t, receiveOne(t, s, long), walk(1), 2)
	expectNone(t, s)
}

func testReturn(t *testing.T, s Subject) {
	send(t, s, 0, walk(1))
	for range ingest.MaxAttempts + 2 {
		d := receiveOne(t, s, long)
		expectTask(t, d, walk(1), 1)
		must(t, "Return", s.Inbox.Return(t.Context(), d, 0))
	}
	expectLen(t, s, 1)
}

func testReturnDelay(t *testing.T, s Subject) {
	send(t, s, 0, walk(1), walk(2))
	for _, d := range receiveAll(t, s, 2) {
		delay := short
		if d.Task.Page == 2 {
			delay = long
		}
		must(t, "Return", s.Inbox.Return(t.Context(), d, delay))
	}
	s.Advance(pass)
	expectTask(t, receiveOne(t, s, long), walk(1), 1)
	expectNone(t, s)
}

// testAttempts mixes everything that ends a delivery and keeps the task.
func testAttempts(t *testing.T, s Subject) {
	send(t, s, 0, walk(1))
	d := receiveOne(t, s, long)
	expectTask(t, d, walk(1), 1)
	must(t, "Retry", s.Inbox.Retry(t.Context(), d, 0))

	d = receiveOne(t, s, long)
	expectTask(t, d, walk(1), 2)
	must(t, "Return", s.Inbox.Return(t.Context(), d, 0))

	expectTask(t, receiveOne(t, s, short), walk(1), 2)
	s.Advance(pass) // The visibility ends: the try is spent.

	d = receiveOne(t, s, long)
	expectTask(t, d, walk(1), 3)
	must(t, "Return", s.Inbox.Return(t.Context(), d, 0))

	expectTask(t, receiveOne(t, s, long), walk(1), 3)
}
