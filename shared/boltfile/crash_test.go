package boltfile_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"adoport/shared/boltfile"
	"adoport/shared/ingest"
	ledger "adoport/shared/ledger/bolt"
	queue "adoport/shared/queue/bolt"
)

// history has, by word, the numbers that children said it of.
type history map[string]map[int]bool

func (h history) read(t *testing.T, out io.Reader) {
	t.Helper()
	scanner := bufio.NewScanner(out)
	for scanner.Scan() {
		var what string
		var number int
		// The last line may be cut off, by the kill.
		if _, err := fmt.Sscanf(scanner.Text(), "%s %d", &what, &number); err != nil {
			continue
		}
		if h[what] == nil {
			h[what] = map[int]bool{}
		}
		h[what][number] = true
	}
	if err := scanner.Err(); err != nil {
		t.Fatal(err)
	}
}

// TestKill kills a process at random moments, again and again on one file. What
// was acknowledged MUST hold: a task that was sent is there or was settled, one
// that was settled does not come back, and a page that was saved is there.
func TestKill(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	h := history{}
	for round := range 10 {
		child, out, problems := start(t, dir)
		if round%2 == 0 { // The others may be killed while they open the file.
			out.await(t, "settled ")
		}
		time.Sleep(rand.N(60 * time.Millisecond)) // The random moment.
		if err := child.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		var exit *exec.ExitError
		if err := child.Wait(); !errors.As(err, &exit) || exit.Exited() {
			t.Fatalf("the child was to be killed, but ended: %v\n%s", err, problems)
		}
		h.read(t, strings.NewReader(out.String()))
		check(t, dir, h)
	}
	t.Logf("%d tasks sent, %d settled, %d pages saved", len(h["sent"]), len(h["settled"]), len(h["saved"]))
}

// check opens the file and compares it with the history.
func check(t *testing.T, dir string, h history) {
	t.Helper()
	f, err := boltfile.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.View(func(tx *bbolt.Tx) error {
		for err := range tx.Check() {
			t.Error(err)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	q, err := queue.Open(t.Context(), f, "live", nil)
	if err != nil {
		t.Fatal(err)
	}
	checkTasks(t, q, h)
	l, err := ledger.Open(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	checkPages(t, l, h)
}

func checkTasks(t *testing.T, q *queue.Queue, h history) {
	t.Helper()
	n, err := q.Len(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	there := map[int]bool{}
	var giveBack sync.WaitGroup
	for _, d := range receiveAll(t, q, n) {
		page := d.Task.Page
		if there[page] || !h["send"][page] || h["settled"][page] {
			t.Errorf("task %d is there; twice: %t, was sent: %t, was settled: %t", page, there[page], h["send"][page], h["settled"][page])
		}
		there[page] = true
		giveBack.Go(func() {
			if err := q.Return(t.Context(), d, 0); err != nil {
				t.Error(err)
			}
		})
	}
	giveBack.Wait()
	for page := range h["sent"] {
		if !there[page] && !h["settle"][page] {
			t.Errorf("task %d was acknowledged and is lost", page)
		}
	}
}

// receiveAll receives n tasks at once: all are visible, also those that were in
// flight.
func receiveAll(t *testing.T, q *queue.Queue, n int) []ingest.Delivery {
	t.Helper()
	if n == 0 {
		return nil
	}
	deliveries, err := q.Receive(t.Context(), n, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if len(deliveries) != n {
		t.Errorf("%d of %d tasks are visible; want all", len(deliveries), n)
	}
	return deliveries
}

func checkPages(t *testing.T, l *ledger.Ledger, h history) {
	t.Helper()
	there := map[int]bool{}
	for p, err := range l.Pages(t.Context(), "run") {
		if err != nil {
			t.Fatal(err)
		}
		if len(p.Keep["b"]) != 1 || p.Keep["b"][0] != uint64(p.Number) || !h["save"][p.Number] {
			t.Errorf("page %+v is not what was saved", p)
		}
		there[p.Number] = true
	}
	for number := range h["saved"] {
		if !there[number] {
			t.Errorf("page %d was acknowledged and is lost", number)
		}
	}
}

// TestTwoProcesses: the second one is told which file it is, and what to do; it
// can have the file once the first one is gone, however that ended.
func TestTwoProcesses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, out, _ := start(t, dir)
	out.await(t, "sent ")

	_, err := boltfile.Open(dir)
	var inUse *boltfile.InUseError
	if !errors.As(err, &inUse) || !strings.HasPrefix(inUse.Path, dir) {
		t.Errorf("Open = %v; want an InUseError of a file in %s", err, dir)
	}
	second, _, problems := start(t, dir)
	if err := second.Wait(); err == nil || !strings.Contains(problems.String(), "in use by another adoport process") {
		t.Errorf("the second process ended with %v and said %q", err, problems)
	}

	if err := first.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = first.Wait() // It was killed.
	f, err := boltfile.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
}
