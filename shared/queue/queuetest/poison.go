package queuetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"adoport/shared/ingest"
)

func requeue(t *testing.T, s Subject, want int) {
	t.Helper()
	n, err := s.Inbox.Requeue(t.Context())
	must(t, "Requeue", err)
	if n != want {
		t.Errorf("Requeue = %d; want %d", n, want)
	}
}

func testPoison(t *testing.T, s Subject) {
	requeue(t, s, 0)
	tasks := nastyTasks()
	task := tasks[len(tasks)-2]
	reason := "because of " + task.Cursor
	send(t, s, 0, task)
	for range 2 {
		must(t, "Retry", s.Inbox.Retry(t.Context(), receiveOne(t, s, long), 0))
	}
	must(t, "Poison", s.Inbox.Poison(t.Context(), receiveOne(t, s, long), reason))
	expectNone(t, s)
	expectLen(t, s, 0)

	list := poisoned(t, s)
	if len(list) != 1 {
		t.Fatalf("%d tasks are poisoned; want 1", len(list))
	}
	if diff := cmp.Diff(ingest.Poisoned{Task: task, Reason: reason, At: list[0].At}, list[0]); diff != "" {
		t.Errorf("poisoned (-want +got):\n%s", diff)
	}

	requeue(t, s, 1)
	if list := poisoned(t, s); len(list) != 0 {
		t.Errorf("still poisoned after Requeue: %+v", list)
	}
	expectLen(t, s, 1)
	expectTask(t, receiveOne(t, s, long), task, 1)
	requeue(t, s, 0)
}

func testPoisonOrder(t *testing.T, s Subject) {
	const n = 4
	send(t, s, 0, walks(n)...)
	want, got := make([]int, 0, n), make([]int, 0, n)
	for _, d := range receiveAll(t, s, n) {
		must(t, "Poison", s.Inbox.Poison(t.Context(), d, "a reason"))
		want = append(want, d.Task.Page)
		s.Advance(time.Second)
	}
	var last time.Time
	for _, p := range poisoned(t, s) {
		got = append(got, p.Task.Page)
		if !p.At.After(last) {
			t.Errorf("page %d was poisoned at %s; want after %s", p.Task.Page, p.At, last)
		}
		last = p.At
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("poisoned pages (-want +got):\n%s", diff)
	}
	requeue(t, s, n)
	if diff := cmp.Diff(upTo(n), pages(receiveAll(t, s, n))); diff != "" {
		t.Errorf("requeued pages (-want +got):\n%s", diff)
	}
}

// testRequeueMany: hosted queues give a few at a time, and Requeue takes all.
func testRequeueMany(t *testing.T, s Subject) {
	const n = 40
	for i := 0; i < n; i += 10 {
		send(t, s, 0, walks(n)[i:i+10]...)
	}
	for _, d := range receiveAll(t, s, n) {
		must(t, "Poison", s.Inbox.Poison(t.Context(), d, "a reason"))
	}
	requeue(t, s, n)
	if list := poisoned(t, s); len(list) != 0 {
		t.Errorf("still poisoned after Requeue: %+v", list)
	}
	deliveries := receiveAll(t, s, n)
	if diff := cmp.Diff(upTo(n), pages(deliveries)); diff != "" {
		t.Errorf("requeued pages (-want +got):\n%s", diff)
	}
	expectLen(t, s, n)
}
