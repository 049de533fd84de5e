package azurestorage

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"adoport/shared/ingest"
)

// sized returns a task whose JSON has that many bytes.
func sized(tb testing.TB, bytes int) ingest.Task {
	tb.Helper()
	t := ingest.Task{Version: 1, Type: ingest.Walk, Cursor: "-"}
	body, err := message{Task: t}.body()
	if err != nil {
		tb.Fatal(err)
	}
	t.Cursor = strings.Repeat("c", bytes-len(body)+1)
	return t
}

// TestTooLarge: a task that is too large is refused before anything is sent.
func TestTooLarge(t *testing.T) {
	t.Parallel()
	q := onAzurite(t, newName(), through(func(r *http.Request) (*http.Response, error) {
		t.Errorf("%s %s was sent", r.Method, r.URL.Path)
		return nil, errors.New("nothing is to be sent")
	}))
	err := q.Send(t.Context(), 0, task(0), sized(t, maxBody-reserve+1))
	if err == nil || !strings.Contains(err.Error(), "the walk task is too large") || !strings.Contains(err.Error(), "48129") {
		t.Errorf("Send = %v; want an error that says what is too large", err)
	}
}

// TestLargest: the largest task that is sent can be given back, set aside with any
// reason and sent again.
func TestLargest(t *testing.T) {
	t.Parallel()
	q := onAzurite(t, newName(), patient())
	largest := sized(t, maxBody-reserve)
	if err := q.Send(t.Context(), 0, largest); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := q.Return(t.Context(), receive(t, q), 0); err != nil {
			t.Fatal(err)
		}
	}
	d := receive(t, q)
	if d.Attempt != 1 {
		t.Errorf("Attempt = %d; want 1", d.Attempt)
	}
	reason := strings.Repeat("because of \x00\x01<é𝔘> ", 500)
	if err := q.Poison(t.Context(), d, reason); err != nil {
		t.Fatal(err)
	}
	p := expectPoisoned(t, q, 1)[0]
	if p.Task.Cursor != largest.Cursor {
		t.Error("the task was cut")
	}
	if kept := strings.TrimSuffix(p.Reason, "…"); len(kept) < reserve/8 || !strings.HasPrefix(reason, kept) || !utf8.ValidString(kept) {
		t.Errorf("of the reason was kept: %q", p.Reason)
	}
	if n, err := q.Requeue(t.Context()); n != 1 || err != nil {
		t.Errorf("Requeue = %d, %v; want 1", n, err)
	}
	if d := receive(t, q); d.Task.Cursor != largest.Cursor || d.Attempt != 1 {
		t.Errorf("attempt %d with a cursor of %d bytes; want 1 with %d", d.Attempt, len(d.Task.Cursor), len(largest.Cursor))
	}
}

// TestEncodeAside: the reason gives way to the task, which another sender may have
// made as large as a message.
func TestEncodeAside(t *testing.T) {
	t.Parallel()
	for _, bytes := range []int{100, maxBody - reserve, maxBody - 60, maxBody} {
		text, err := message{Task: sized(t, bytes), Reason: strings.Repeat("é", 5000)}.encodeAside()
		if err != nil || len(text) > 64<<10 {
			t.Errorf("a task of %d bytes: %d bytes of text, %v", bytes, len(text), err)
			continue
		}
		m, err := decode(text)
		if err != nil || !utf8.ValidString(m.Reason) || strings.ContainsRune(m.Reason, utf8.RuneError) {
			t.Errorf("a task of %d bytes: %v, reason %q", bytes, err, m.Reason)
		}
		if bytes == 100 && len(m.Reason) != 10000 {
			t.Errorf("a reason that has room was cut to %d bytes", len(m.Reason))
		}
	}
	if _, err := (message{Task: sized(t, maxBody+1), Reason: "r"}).encodeAside(); err == nil {
		t.Error("a task that fits into no message was encoded")
	}
}
