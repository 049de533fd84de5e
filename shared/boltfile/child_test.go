package boltfile_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"adoport/shared/boltfile"
	"adoport/shared/ingest"
	ledger "adoport/shared/ledger/bolt"
	queue "adoport/shared/queue/bolt"
)

// childDir is the environment variable that makes this program the child of a
// test: it has the directory of the data file.
const childDir = "BOLTFILE_TEST_DIR"

func TestMain(m *testing.M) {
	dir := os.Getenv(childDir)
	if dir == "" {
		goleak.VerifyTestMain(m)
		return
	}
	if err := child(context.Background(), dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// child sends, settles and saves as fast as it can until it is killed. Each line
// it writes is about one task or page: "send 1" before it is sent, "sent 1" when
// it was acknowledged; likewise settle and settled, save and saved.
func child(ctx context.Context, dir string) error {
	f, err := boltfile.Open(dir)
	if err != nil {
		return err
	}
	q, err := queue.Open(ctx, f, "live", nil)
	if err != nil {
		return err
	}
	l, err := ledger.Open(ctx, f)
	if err != nil {
		return err
	}
	if err := l.Create(ctx, ingest.Run{ID: "run", Scopes: 1, Status: ingest.Running}); err != nil && !errors.Is(err, ingest.ErrExists) {
		return err
	}
	first := time.Now().UnixNano() // So that no two children use a number.
	failed := make(chan error)
	for worker := range int64(4) {
		go func() { failed <- produce(ctx, q, l, first+worker) }()
		go func() { failed <- consume(ctx, q) }()
	}
	return <-failed
}

func say(what string, number int) error {
	_, err := fmt.Printf("%s %d\n", what, number)
	return err
}

// step says what begins, does it, and says that it was acknowledged.
func step(begin, done string, number int, do func() error) error {
	return errors.Join(say(begin, number), do(), say(done, number))
}

// produce sends tasks and saves pages with numbers from first.
func produce(ctx context.Context, q *queue.Queue, l *ledger.Ledger, first int64) error {
	for number := int(first); ; number += 4 {
		t := ingest.Task{Version: ingest.TaskVersion, Type: ingest.Walk, Page: number}
		if err := step("send", "sent", number, func() error { return q.Send(ctx, 0, t) }); err != nil {
			return err
		}
		p := ingest.Page{PageKey: ingest.PageKey{Run: "run", Number: number}, Keep: map[string][]uint64{"b": {uint64(number)}}}
		err := step("save", "saved", number, func() error {
			_, err := l.SavePage(ctx, p)
			return err
		})
		if err != nil {
			return err
		}
	}
}

// consume gives every third task back, and is done with the others.
func consume(ctx context.Context, q *queue.Queue) error {
	for {
		deliveries, err := q.Receive(ctx, 3, time.Hour)
		if err != nil {
			return err
		}
		for _, d := range deliveries {
			if d.Attempt == 1 && d.Task.Page%3 == 0 {
				err = q.Retry(ctx, d, 0)
			} else {
				err = step("settle", "settled", d.Task.Page, func() error { return q.Done(ctx, d) })
			}
			if err != nil {
				return err
			}
		}
	}
}

// start starts a child and returns what it writes.
func start(t *testing.T, dir string) (child *exec.Cmd, out, problems *lines) {
	t.Helper()
	child = exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childDir+"="+dir)
	out, problems = &lines{}, &lines{}
	child.Stdout, child.Stderr = out, problems
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = child.Process.Kill() }) // Most have ended already.
	return child, out, problems
}

// lines is what a child has written until now. It is safe for concurrent use.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// await returns when the lines contain a text. Only the deadline of all tests
// bounds the wait.
func (l *lines) await(t *testing.T, text string) {
	t.Helper()
	end, bounded := t.Deadline()
	for ; !strings.Contains(l.String(), text); time.Sleep(time.Millisecond) {
		if bounded && time.Until(end) < 10*time.Second {
			t.Fatalf("the child did not say %q", text)
		}
	}
}
