package bolt

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"adoport/shared/ingest"
	"adoport/shared/queue/queuetest"
)

// TestReopen: everything is there again, and what was in flight comes back at
// once, with its try spent.
func TestReopen(t *testing.T) {
	t.Parallel()
	dir, clock := t.TempDir(), queuetest.NewClock()
	f := openFile(t, dir)
	live, backfill := openQueue(t, f, "live", clock), openQueue(t, f, "backfill", clock)
	send(t, live, 0, 0, 1, 2, 3)
	send(t, live, time.Hour, 4)
	send(t, backfill, 0, 9)
	deliveries := receive(t, live, 3)
	if err := live.Done(t.Context(), deliveries[0]); err != nil {
		t.Fatal(err)
	}
	if err := live.Poison(t.Context(), deliveries[1], "a reason"); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}

	f = openFile(t, dir)
	live, backfill = openQueue(t, f, "live", clock), openQueue(t, f, "backfill", clock)
	expectLen(t, live, 3)
	expectLen(t, backfill, 1)
	back := receive(t, live, 10)
	expectPages(t, back, 3, 2)
	if back[0].Attempt != 1 || back[1].Attempt != 2 {
		t.Errorf("attempts %d and %d; want 1, and 2 of what was in flight", back[0].Attempt, back[1].Attempt)
	}
	if err := live.Done(t.Context(), deliveries[2]); err == nil {
		t.Error("a delivery of the process before was settled; want ErrLost")
	}
	list, err := live.Poisoned(t.Context())
	if err != nil || len(list) != 1 || list[0].Task.Page != 1 || list[0].Reason != "a reason" || !list[0].At.Equal(clock.Now()) {
		t.Errorf("Poisoned = %+v, %v", list, err)
	}
	clock.Advance(time.Hour)
	expectPages(t, receive(t, live, 10), 3, 2, 4) // Visibilities and the delay have ended.
}

// TestOpenTwice: two queues of one name would take each other's deliveries for
// those of a dead process.
func TestOpenTwice(t *testing.T) {
	t.Parallel()
	f := openFile(t, t.TempDir())
	openQueue(t, f, "live", nil)
	if _, err := Open(t.Context(), f, "live", nil); err == nil || !strings.Contains(err.Error(), "queue live") {
		t.Errorf("second Open = %v; want an error that names the queue", err)
	}
}

// TestUnreadable: what a later release wrote is poisoned when its turn comes,
// shown, not requeued, and neither lost nor in the way of others.
func TestUnreadable(t *testing.T) {
	t.Parallel()
	q := openQueue(t, openFile(t, t.TempDir()), "live", queuetest.NewClock())
	newer, err := json.Marshal(ingest.Task{Version: ingest.TaskVersion + 1, Type: ingest.Walk})
	if err != nil {
		t.Fatal(err)
	}
	bad := map[string][]byte{
		"version 2 is not known":       entry{task: newer}.encode(),
		"only version 1 is known":      {99, 0, 0, 0, 0, 0, '{', '}'},
		"head is damaged":              {recordVersion, 0},
		"the record is empty":          {},
		"unexpected end of JSON input": entry{task: []byte("{")}.encode(),
		"the record's head is damaged": {recordVersion, 2, 0, 0, 0, 0, '{', '}'},
		"unknown type \"dance\"":       entry{task: []byte(`{"v":1,"type":"dance"}`)}.encode(),
	}
	err = q.update(t.Context(), func(in buckets) (bool, error) {
		for _, record := range bad {
			if _, err := in.place(q.clock.Now(), record); err != nil {
				return false, err
			}
		}
		return true, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	send(t, q, 0, 7)
	expectPages(t, receive(t, q, 3), 7)
	expectLen(t, q, 1)

	// What cannot be read stays, also among the poisoned.
	err = q.file.Update(t.Context(), func(tx *bbolt.Tx) (bool, error) {
		return true, q.in(tx).poisoned.Put([]byte{0}, []byte{99})
	})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		list, err := q.Poisoned(t.Context())
		if err != nil || len(list) != len(bad)+1 {
			t.Fatalf("Poisoned = %+v, %v; want %d", list, err, len(bad)+1)
		}
		var reasons []string
		for _, p := range list {
			reasons = append(reasons, p.Reason)
		}
		for want := range bad {
			if !strings.Contains(strings.Join(reasons, "\n"), want) {
				t.Errorf("no reason says %q:\n%s", want, strings.Join(reasons, "\n"))
			}
		}
		if n, err := q.Requeue(t.Context()); n != 0 || err != nil {
			t.Errorf("Requeue = %d, %v; want 0", n, err)
		}
	}
}
