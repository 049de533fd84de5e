package queuetest

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"adoport/shared/ingest"
)

const (
	// long is a delay or visibility that does not end during a test, unless
	// the test lets it pass on purpose, which only tests with short ones do.
	long = 10 * time.Minute
	// short is a delay or visibility that ends when pass is let pass.
	short = time.Second
	// pass is safely more than short, also for drivers that round to seconds.
	pass = 2 * time.Second
	// patience is the real time after which something does not happen anymore.
	// Tests that pass do not wait for it.
	patience = 2 * time.Minute
	// blink is the real time for which something must not happen.
	blink = 50 * time.Millisecond
)

// walk returns the task that is told apart by its page.
func walk(page int) ingest.Task {
	return ingest.Task{
		Version:    ingest.TaskVersion,
		Type:       ingest.Walk,
		Run:        "run-1",
		Source:     "source-1",
		Scope:      ingest.Scope{ProjectID: "p1", ProjectName: "Fabrikam"},
		Page:       page,
		Blueprints: []string{"b", "c"},
		Refs:       []ingest.Ref{{Kind: "work-item", ID: strconv.Itoa(page)}},
	}
}

func send(t *testing.T, s Subject, delay time.Duration, tasks ...ingest.Task) {
	t.Helper()
	if err := s.Inbox.Send(t.Context(), delay, tasks...); err != nil {
		t.Fatalf("Send: %v", err)
	}
}

// receive returns what one Receive gives, which MUST be something.
func receive(t *testing.T, s Subject, limit int, visibility time.Duration) []ingest.Delivery {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	deliveries, err := s.Inbox.Receive(ctx, limit, visibility)
	if err != nil {
		t.Fatalf("Receive: %v", err)
	}
	if len(deliveries) == 0 || len(deliveries) > limit {
		t.Fatalf("Receive gave %d deliveries; want 1 to %d", len(deliveries), limit)
	}
	return deliveries
}

// receiveOne returns the only delivery there is.
func receiveOne(t *testing.T, s Subject, visibility time.Duration) ingest.Delivery {
	t.Helper()
	return receive(t, s, 1, visibility)[0]
}

// receiveAll receives until it has n deliveries, which stay invisible.
func receiveAll(t *testing.T, s Subject, n int) []ingest.Delivery {
	t.Helper()
	var all []ingest.Delivery
	for len(all) < n {
		all = append(all, receive(t, s, min(n-len(all), 10), long)...)
	}
	return all
}

// expectNone fails if a task is visible.
func expectNone(t *testing.T, s Subject) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), blink)
	defer cancel()
	deliveries, err := s.Inbox.Receive(ctx, 1, long)
	if err == nil {
		t.Fatalf("Receive gave %+v; want nothing", deliveries)
	}
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("Receive: %v; want the context's error", err)
	}
}

// expectLen waits until Len is n: hosted queues count a little late.
func expectLen(t *testing.T, s Subject, want int) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for {
		n, err := s.Inbox.Len(t.Context())
		if err != nil {
			t.Fatalf("Len: %v", err)
		}
		if n == want {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("Len = %d; want %d", n, want)
		}
		time.Sleep(blink)
	}
}

// expectTask fails if d is not this task with this attempt.
func expectTask(t *testing.T, d ingest.Delivery, want ingest.Task, attempt int) {
	t.Helper()
	if diff := cmp.Diff(want, d.Task, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("the task is not what was sent (-want +got):\n%s", diff)
	}
	if d.Attempt != attempt {
		t.Errorf("Attempt = %d; want %d", d.Attempt, attempt)
	}
}

func poisoned(t *testing.T, s Subject) []ingest.Poisoned {
	t.Helper()
	list, err := s.Inbox.Poisoned(t.Context())
	if err != nil {
		t.Fatalf("Poisoned: %v", err)
	}
	return list
}

func must(t *testing.T, what string, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}

// pages returns the pages of deliveries, sorted.
func pages(deliveries []ingest.Delivery) []int {
	list := make([]int, 0, len(deliveries))
	for _, d := range deliveries {
		list = append(list, d.Task.Page)
	}
	slices.Sort(list)
	return list
}

// upTo returns 0 to n-1.
func upTo(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}

// walks returns n tasks with the pages 0 to n-1.
func walks(n int) []ingest.Task {
	list := make([]ingest.Task, n)
	for i := range list {
		list[i] = walk(i)
	}
	return list
}
