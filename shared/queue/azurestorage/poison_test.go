package azurestorage

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"adoport/shared/ingest"
)

// foreign are texts in a poison queue that are no tasks, and what is said of them.
var foreign = map[string]string{
	"hello, world":                "neither JSON nor base64",
	"aGVsbG8=":                    "decoding a task",
	`{"v":99,"type":"walk"}`:      "version 99 is not known",
	"<a href=\"x\">&amp;</a>\r\n": "neither JSON nor base64",
}

// TestForeignPoison: what the host has set aside, and what is no task, is shown;
// what is no task stays, and is in nobody's way.
func TestForeignPoison(t *testing.T) {
	t.Parallel()
	q := onAzurite(t, newName(), patient())
	put(t, q.poison, encoded(t, message{Task: task(7), Tries: 2}))
	for text := range foreign {
		put(t, q.poison, text)
	}
	all := func(list []ingest.Poisoned) string {
		var reasons []string
		for _, p := range list {
			reasons = append(reasons, p.Reason)
			if p.At.IsZero() || time.Since(p.At).Abs() > time.Hour {
				t.Errorf("set aside at %s: %+v", p.At, p)
			}
		}
		return strings.Join(reasons, "\n")
	}
	reasons := all(expectPoisoned(t, q, len(foreign)+1))
	if !strings.Contains(reasons, "the Functions host set it aside after 5 tries") {
		t.Errorf("no reason is the host's:\n%s", reasons)
	}
	for range 2 {
		n, err := q.Requeue(t.Context())
		if err == nil || !strings.Contains(err.Error(), "4 messages in the queue "+q.poison.name+" are no tasks") {
			t.Errorf("Requeue = %d, %v; want an error that counts what is no task", n, err)
		}
		reasons := all(expectPoisoned(t, q, len(foreign)))
		for text, want := range foreign {
			if !strings.Contains(reasons, want) {
				t.Errorf("no reason for %q says %q:\n%s", text, want, reasons)
			}
		}
	}
	if d := receive(t, q); d.Task.Page != 7 || d.Attempt != 1 {
		t.Errorf("requeued %+v; want page 7 with attempt 1", d)
	}
	expectCounts(t, q, 1, len(foreign))
	peeked, err := q.poison.peek(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range peeked {
		if foreign[*m.MessageText] == "" {
			t.Errorf("what is no task was changed to %q", *m.MessageText)
		}
	}
}

// TestMoreThanShown: the service shows 32; all are sent again, whatever is between
// them.
func TestMoreThanShown(t *testing.T) {
	t.Parallel()
	q := onAzurite(t, newName(), patient())
	const n = 2*most + 3
	for page := range n {
		if page%10 == 0 {
			put(t, q.poison, "hello")
		}
		put(t, q.poison, encoded(t, message{Task: task(page)}))
	}
	expectPoisoned(t, q, most)
	if got, err := q.Requeue(t.Context()); got != n || err == nil || !strings.Contains(err.Error(), "7 messages") {
		t.Errorf("Requeue = %d, %v; want %d, and 7 that are no tasks", got, err, n)
	}
	expectCounts(t, q, n, 7)
	expectPoisoned(t, q, 7)
}

// TestUnreadable: a message that is no task comes back to instances that may be
// able to read it, is set aside as it is in the end, and keeps none waiting.
func TestUnreadable(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	o := patient()
	o.Logger = slog.New(slog.NewTextHandler(&log, nil))
	q := onAzurite(t, newName(), o)
	const newer = `{"v":99,"type":"walk","more":true}`
	put(t, q.live, newer)
	for attempt := 1; attempt <= ingest.MaxAttempts; attempt++ {
		expectCounts(t, q, 1, 0)
		deliveries, err := q.take(t.Context(), 10, time.Second)
		if err != nil || len(deliveries) != 0 {
			t.Fatalf("received %+v, %v; want nothing", deliveries, err)
		}
		if attempt < ingest.MaxAttempts {
			awaitVisible(t, q)
		}
	}
	expectCounts(t, q, 0, 1)
	if peeked, err := q.poison.peek(t.Context()); err != nil || *peeked[0].MessageText != newer {
		t.Errorf("set aside: %+v, %v; want the message as it was", peeked, err)
	}
	for _, want := range []string{"level=WARN msg=\"a message is no task", "level=ERROR msg=\"task is set aside: it failed too often\" queue=" + q.live.name, "version 99"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log has no %q:\n%s", want, &log)
		}
	}
}

// awaitVisible returns when a message is visible.
func awaitVisible(t *testing.T, q *Queue) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for {
		messages, err := q.live.peek(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if len(messages) > 0 {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// TestUnreadableBetween: readable messages of the same answer are delivered.
func TestUnreadableBetween(t *testing.T) {
	t.Parallel()
	q := onAzurite(t, newName(), patient())
	put(t, q.live, "hello")
	send(t, q, 7)
	put(t, q.live, "world")
	deliveries, err := q.take(t.Context(), 10, 10*time.Minute)
	if err != nil || len(deliveries) != 1 || deliveries[0].Task.Page != 7 {
		t.Errorf("received %+v, %v; want page 7", deliveries, err)
	}
}
