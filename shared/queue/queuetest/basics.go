package queuetest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"adoport/shared/ingest"
)

func testDone(t *testing.T, s Subject) {
	send(t, s, 0, walk(7))
	d := receiveOne(t, s, long)
	expectTask(t, d, walk(7), 1)
	must(t, "Done", s.Inbox.Done(t.Context(), d))
	expectLen(t, s, 0)
	expectNone(t, s)
	if list := poisoned(t, s); len(list) != 0 {
		t.Errorf("a task that is done is poisoned: %+v", list)
	}
}

func testSendNothing(t *testing.T, s Subject) {
	send(t, s, 0)
	expectLen(t, s, 0)
	expectNone(t, s)
}

func testRoundTrip(t *testing.T, s Subject) {
	tasks := nastyTasks()
	byPage := map[int]ingest.Task{}
	for i := range tasks {
		tasks[i].Page = i
		byPage[i] = tasks[i]
		send(t, s, 0, tasks[i])
	}
	deliveries := receiveAll(t, s, len(tasks))
	if diff := cmp.Diff(upTo(len(tasks)), pages(deliveries)); diff != "" {
		t.Fatalf("received pages (-want +got):\n%s", diff)
	}
	for _, d := range deliveries {
		expectTask(t, d, byPage[d.Task.Page], 1)
	}
}

func testNoAliasing(t *testing.T, s Subject) {
	spoil := func(t ingest.Task) { t.Refs[0].ID, t.Blueprints[0] = "spoiled", "spoiled" }
	sent := walk(1)
	send(t, s, 0, sent)
	spoil(sent)

	first := receiveOne(t, s, long)
	expectTask(t, first, walk(1), 1)
	must(t, "Retry", s.Inbox.Retry(t.Context(), first, 0))
	spoil(first.Task)

	second := receiveOne(t, s, long)
	expectTask(t, second, walk(1), 2)
	must(t, "Poison", s.Inbox.Poison(t.Context(), second, "a reason"))
	spoil(second.Task)

	list := poisoned(t, s)
	if len(list) != 1 {
		t.Fatalf("%d tasks are poisoned; want 1", len(list))
	}
	if diff := cmp.Diff(walk(1), list[0].Task); diff != "" {
		t.Errorf("the poisoned task (-want +got):\n%s", diff)
	}
	spoil(list[0].Task)
	if diff := cmp.Diff(walk(1), poisoned(t, s)[0].Task); diff != "" {
		t.Errorf("the poisoned task, read again (-want +got):\n%s", diff)
	}
}

// testReceivedIsKept: a handler may change the task that it was given; what is
// given back or set aside is what was received.
func testReceivedIsKept(t *testing.T, s Subject) {
	spoiled := func(d ingest.Delivery) ingest.Delivery {
		d.Task.Refs[0].ID, d.Task.Page, d.Task.Cursor = "spoiled", 99, "spoiled"
		return d
	}
	send(t, s, 0, walk(1))
	must(t, "Retry", s.Inbox.Retry(t.Context(), spoiled(receiveOne(t, s, long)), 0))
	d := receiveOne(t, s, long)
	expectTask(t, d, walk(1), 2)
	must(t, "Return", s.Inbox.Return(t.Context(), spoiled(d), 0))
	d = receiveOne(t, s, long)
	expectTask(t, d, walk(1), 2)
	must(t, "Poison", s.Inbox.Poison(t.Context(), spoiled(d), "a reason"))
	for _, p := range poisoned(t, s) {
		if diff := cmp.Diff(walk(1), p.Task); diff != "" {
			t.Errorf("the poisoned task (-want +got):\n%s", diff)
		}
	}
	requeue(t, s, 1)
	expectTask(t, receiveOne(t, s, long), walk(1), 1)
}

func testLimit(t *testing.T, s Subject) {
	send(t, s, 0, walks(10)...)
	var all []ingest.Delivery
	for len(all) < 10 {
		all = append(all, receive(t, s, 3, long)...)
	}
	if diff := cmp.Diff(upTo(10), pages(all)); diff != "" {
		t.Errorf("received pages (-want +got):\n%s", diff)
	}
}

func testLen(t *testing.T, s Subject) {
	expectLen(t, s, 0)
	send(t, s, 0, walk(0), walk(1))
	expectLen(t, s, 2)
	d := receiveOne(t, s, long)
	expectLen(t, s, 2)
	send(t, s, long, walk(2))
	expectLen(t, s, 3)
	must(t, "Done", s.Inbox.Done(t.Context(), d))
	expectLen(t, s, 2)
	must(t, "Retry", s.Inbox.Retry(t.Context(), receiveOne(t, s, long), long))
	expectLen(t, s, 2)
}
