package queuetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"adoport/shared/ingest"
)

// testNoSharing has many receivers take all tasks without settling any: each
// task MUST come once.
func testNoSharing(t *testing.T, s Subject) {
	const n, receivers = 100, 8
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var all gathered
	var wg sync.WaitGroup
	for range receivers {
		wg.Go(func() {
			for {
				deliveries, err := s.Inbox.Receive(ctx, 3, long)
				if err != nil {
					return
				}
				if all.add(deliveries) >= n {
					cancel()
				}
			}
		})
	}
	for i := 0; i < n; i += 10 {
		send(t, s, 0, walks(n)[i:i+10]...)
	}
	wg.Wait()
	if diff := cmp.Diff(upTo(n), pages(all.deliveries)); diff != "" {
		t.Errorf("received pages (-want +got):\n%s", diff)
	}
	for _, d := range all.deliveries {
		expectTask(t, d, walk(d.Task.Page), 1)
	}
}

// gathered is what several receivers have received.
type gathered struct {
	mu         sync.Mutex
	deliveries []ingest.Delivery
}

// add returns how many there are now.
func (g *gathered) add(deliveries []ingest.Delivery) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.deliveries = append(g.deliveries, deliveries...)
	return len(g.deliveries)
}

// testStress sends from many goroutines and settles in many others, in every
// way. In the end each task MUST be done or poisoned, as its page says.
func testStress(t *testing.T, s Subject) {
	n := s.Tasks
	if n == 0 {
		n = 2_000
	}
	const senders, workers = 4, 8
	ctx, cancel := context.WithTimeout(t.Context(), 4*patience)
	defer cancel()

	st := &stress{inbox: s.Inbox, left: n, end: cancel, done: make([]int, n), seen: make([]int, n), returned: make([]bool, n)}
	var wg sync.WaitGroup
	for first := range senders {
		wg.Go(func() {
			for page := first; page < n; page += senders {
				if err := s.Inbox.Send(ctx, 0, walk(page)); err != nil {
					st.fail(fmt.Errorf("sending: %w", err))
				}
			}
		})
	}
	for range workers {
		wg.Go(func() { st.work(ctx) })
	}
	wg.Wait()
	if st.err != nil {
		t.Fatal(st.err)
	}
	if st.left != 0 {
		t.Fatalf("%d of %d tasks were not settled", st.left, n)
	}
	st.check(t, s)
}

// stress is the state of testStress.
type stress struct {
	inbox ingest.Inbox
	end   func()

	mu       sync.Mutex
	left     int    // Tasks that are neither done nor poisoned.
	done     []int  // By page: how often it was done.
	seen     []int  // By page: the last attempt.
	returned []bool // By page: whether it was given back without a try.
	err      error
}

// fail keeps the first error and ends the test.
func (st *stress) fail(err error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.err == nil {
		st.err = err
	}
	st.end()
}

func (st *stress) work(ctx context.Context) {
	for {
		deliveries, err := st.inbox.Receive(ctx, 5, long)
		if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
			return
		}
		if err != nil {
			st.fail(fmt.Errorf("receiving: %w", err))
			return
		}
		for _, d := range deliveries {
			if err := st.settle(ctx, d); err != nil {
				st.fail(fmt.Errorf("page %d, attempt %d: %w", d.Task.Page, d.Attempt, err))
				return
			}
		}
	}
}

// settle ends a task after as many tries as its page says: one in four at once,
// one after a retry, one after a return, one by poison after two retries.
func (st *stress) settle(ctx context.Context, d ingest.Delivery) error {
	page := d.Task.Page
	st.mu.Lock()
	st.seen[page] = d.Attempt
	giveBack := page%4 == 2 && !st.returned[page]
	if giveBack {
		st.returned[page] = true
	}
	st.mu.Unlock()
	switch {
	case giveBack:
		return st.inbox.Return(ctx, d, 0)
	case page%4 == 1 && d.Attempt < 2, page%4 == 3 && d.Attempt < 3:
		return st.inbox.Retry(ctx, d, 0)
	case page%4 == 3:
		if err := st.inbox.Poison(ctx, d, "a reason"); err != nil {
			return err
		}
	default:
		if err := st.inbox.Done(ctx, d); err != nil {
			return err
		}
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	st.done[page]++
	if st.left--; st.left == 0 {
		st.end()
	}
	return nil
}

func (st *stress) check(t *testing.T, s Subject) {
	t.Helper()
	for page := range st.done {
		if want := []int{1, 2, 1, 3}[page%4]; st.done[page] != 1 || st.seen[page] != want {
			t.Fatalf("page %d was settled %d times, in the end at attempt %d; want once, at attempt %d", page, st.done[page], st.seen[page], want)
		}
	}
	expectLen(t, s, 0)
	if got, want := len(poisoned(t, s)), len(st.done)/4; got != want {
		t.Errorf("%d tasks are poisoned; want %d", got, want)
	}
}
