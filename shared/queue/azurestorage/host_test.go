package azurestorage

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azqueue/v2"
	"github.com/google/go-cmp/cmp"

	"adoport/shared/ingest"
)

// hosted receives a message as the Functions host does, which has base64 decoded,
// and removes it as the host does when the function has succeeded.
func hosted(t *testing.T, q *Queue) (text string, dequeueCount int) {
	t.Helper()
	answer, err := q.live.client.DequeueMessage(t.Context(), &azqueue.DequeueMessageOptions{})
	if err != nil || len(answer.Messages) != 1 {
		t.Fatalf("the host gets %+v, %v; want one message", answer.Messages, err)
	}
	m := answer.Messages[0]
	body, err := base64.StdEncoding.DecodeString(*m.MessageText)
	if err != nil {
		t.Fatalf("the host cannot decode %q: %v", *m.MessageText, err)
	}
	if _, err := q.live.client.DeleteMessage(t.Context(), *m.MessageID, *m.PopReceipt, nil); err != nil {
		t.Fatal(err)
	}
	return string(body), int(*m.DequeueCount)
}

func delivered(t *testing.T, q *Queue, text string, dequeueCount int) ingest.Delivery {
	t.Helper()
	d, err := q.Delivered(text, dequeueCount)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestSendBack: however often a task is sent back, its tries stay what they were,
// and those that the host counts are added.
func TestSendBack(t *testing.T) {
	t.Parallel()
	q := onAzurite(t, newName(), patient())
	send(t, q, 7)
	attempt := 1
	for _, failures := range []int{0, 1, 0, 2} {
		text, count := hosted(t, q)
		// The host counts the tries that fail before the one that is sent back.
		d := delivered(t, q, text, count+failures)
		attempt += failures
		if d.Attempt != attempt || cmp.Diff(task(7), d.Task) != "" {
			t.Fatalf("delivered %+v; want page 7 with attempt %d", d, attempt)
		}
		if err := q.SendBack(t.Context(), d, 0); err != nil {
			t.Fatal(err)
		}
	}
	// Receive and the host agree.
	if d := receive(t, q); d.Attempt != attempt {
		t.Errorf("Attempt = %d; want %d", d.Attempt, attempt)
	}
}

// TestSendBackDelay: a task that is sent back with a delay is hidden.
func TestSendBackDelay(t *testing.T) {
	t.Parallel()
	q := onAzurite(t, newName(), patient())
	d := delivered(t, q, encoded(t, message{Task: task(1)}), 3)
	if err := q.SendBack(t.Context(), d, 30*24*time.Hour); err != nil {
		t.Fatal(err)
	}
	if messages, err := q.live.peek(t.Context()); err != nil || len(messages) != 0 {
		t.Errorf("visible: %+v, %v", messages, err)
	}
	expectCounts(t, q, 1, 0)
}

// TestSetAside: the reason is shown, and the host's message is left to the host.
func TestSetAside(t *testing.T) {
	t.Parallel()
	now := time.Date(2024, 2, 29, 23, 59, 59, 5, time.FixedZone("there", 3600))
	o := patient()
	o.Now = func() time.Time { return now }
	q := onAzurite(t, newName(), o)
	send(t, q, 7)
	d := delivered(t, q, encoded(t, message{Task: task(7), Tries: 3}), 2)
	if d.Attempt != ingest.MaxAttempts {
		t.Fatalf("Attempt = %d; want %d", d.Attempt, ingest.MaxAttempts)
	}
	if err := q.SetAside(t.Context(), d, "boom"); err != nil {
		t.Fatal(err)
	}
	expectCounts(t, q, 1, 1)
	want := []ingest.Poisoned{{Task: task(7), Reason: "boom", At: now.UTC()}}
	if diff := cmp.Diff(want, expectPoisoned(t, q, 1)); diff != "" {
		t.Errorf("poisoned (-want +got):\n%s", diff)
	}
}

// TestHostSettles: a delivery of the host is not ours to settle.
func TestHostSettles(t *testing.T) {
	t.Parallel()
	q := onAzurite(t, newName(), patient())
	send(t, q, 1)
	d := delivered(t, q, encoded(t, message{Task: task(1)}), 1)
	for name, err := range map[string]error{
		"Done":   q.Done(t.Context(), d),
		"Retry":  q.Retry(t.Context(), d, 0),
		"Return": q.Return(t.Context(), d, 0),
		"Poison": q.Poison(t.Context(), d, "a reason"),
	} {
		if !errors.Is(err, ingest.ErrLost) {
			t.Errorf("%s = %v; want ErrLost", name, err)
		}
	}
	expectCounts(t, q, 1, 0)
}

func TestDeliveredRefuses(t *testing.T) {
	t.Parallel()
	q := onAzurite(t, newName(), patient())
	for text, want := range map[string]string{`{"v":2,"type":"walk"}`: "version 2", "hello": "neither JSON nor base64", `"hello"`: "neither"} {
		if d, err := q.Delivered(text, 1); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Delivered(%q) = %+v, %v; want an error with %q", text, d, err, want)
		}
	}
}
