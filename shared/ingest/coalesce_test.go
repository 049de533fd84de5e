package ingest

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// reads records what a coalescer reads together.
type reads struct {
	mu   sync.Mutex
	all  [][]Ref
	took time.Duration
	fail error
}

func (r *reads) do(_ context.Context, refs []Ref) error {
	r.mu.Lock()
	r.all = append(r.all, slices.Clone(refs))
	r.mu.Unlock()
	time.Sleep(r.took)
	return r.fail
}

func item(n int) Ref { return Ref{Kind: "work-item", ID: strconv.Itoa(n)} }

func TestCoalescerReadsABurstTogether(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := &reads{took: time.Millisecond}
		c := newCoalescer(coalesceWindow, r.do)
		var calls sync.WaitGroup
		for n := range 1000 { // ten events on each of 100 items
			calls.Go(func() {
				if err := c.do(t.Context(), []Ref{item(n % 100)}); err != nil {
					t.Error(err)
				}
			})
		}
		calls.Wait()
		if len(r.all) != 1 || len(r.all[0]) != 100 {
			t.Errorf("%d reads, the first of %d items; want one of 100", len(r.all), len(r.all[0]))
		}
	})
}

func TestCoalescerReadsAFullBatchAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := &reads{}
		c := newCoalescer(time.Hour, r.do)
		var refs []Ref
		for n := range coalesceMax {
			refs = append(refs, item(n))
		}
		began := time.Now()
		if err := c.do(t.Context(), refs); err != nil {
			t.Fatal(err)
		}
		if waited := time.Since(began); waited != 0 {
			t.Errorf("a full batch waited %v for company", waited)
		}
	})
}

// TestCoalescerReadsAgainWhatComesMeanwhile asks for an item while it is being
// read: that read may have been too early, so there is another after it, and
// never two at once.
func TestCoalescerReadsAgainWhatComesMeanwhile(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := &reads{took: time.Second}
		c := newCoalescer(coalesceWindow, r.do)
		began := time.Now()
		var calls sync.WaitGroup
		calls.Go(func() { _ = c.do(t.Context(), []Ref{item(1)}) })
		time.Sleep(2 * coalesceWindow) // the first read is under way
		for range 5 {
			calls.Go(func() { _ = c.do(t.Context(), []Ref{item(1), item(2)}) })
		}
		calls.Wait()
		// The second item does not wait for the first one's read.
		want := [][]Ref{{item(1)}, {item(2)}, {item(1)}}
		if !slices.EqualFunc(r.all, want, slices.Equal) {
			t.Errorf("reads %v, want %v", r.all, want)
		}
		if took := time.Since(began); took < 2*time.Second {
			t.Errorf("both reads of the item took %v together: they overlapped", took)
		}
	})
}

// TestCoalescerReadsWhatIsSaidOfAnItemOnce: events do not say the same of an item.
// It is read once, with what is known of it from all of them.
func TestCoalescerReadsWhatIsSaidOfAnItemOnce(t *testing.T) {
	t.Parallel()
	in := func(project string, ifAbsent bool) Ref {
		return Ref{Kind: "pipeline", ID: "1", ProjectID: project, IfAbsent: ifAbsent}
	}
	tests := map[string]struct{ asked, want []Ref }{
		"without a project, then with":     {[]Ref{in("", false), in("p1", false)}, []Ref{in("p1", false)}},
		"with a project, then without":     {[]Ref{in("p1", false), in("", false)}, []Ref{in("p1", false)}},
		"only if absent, then in any case": {[]Ref{in("p1", true), in("", false)}, []Ref{in("p1", false)}},
		"in any case, then only if absent": {[]Ref{in("", false), in("p1", true)}, []Ref{in("p1", false)}},
		"twice only if absent":             {[]Ref{in("", true), in("p1", true)}, []Ref{in("p1", true)}},
		"in two projects":                  {[]Ref{in("p1", false), in("p2", true), in("", false), in("p2", false)}, []Ref{in("p1", false), in("p2", false)}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for together := range 2 {
				synctest.Test(t, func(t *testing.T) {
					r := &reads{took: time.Second}
					c := newCoalescer(coalesceWindow, r.do)
					var calls sync.WaitGroup
					ask := func(refs ...Ref) {
						calls.Go(func() { _ = c.do(t.Context(), refs) })
						synctest.Wait()
					}
					if together == 0 {
						ask(test.asked...)
					} else {
						for _, ref := range test.asked {
							ask(ref)
						}
					}
					calls.Wait()
					if diff := cmp.Diff([][]Ref{test.want}, r.all); diff != "" {
						t.Errorf("reads (-want +got):\n%s", diff)
					}
				})
			}
		})
	}
}

// TestCoalescerNeverReadsAnItemTwiceAtOnce asks for an item in other words while
// it is being read.
func TestCoalescerNeverReadsAnItemTwiceAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := &reads{took: time.Second}
		c := newCoalescer(coalesceWindow, r.do)
		first := Ref{Kind: "pipeline", ID: "1", ProjectID: "p1"}
		began := time.Now()
		var calls sync.WaitGroup
		calls.Go(func() { _ = c.do(t.Context(), []Ref{first}) })
		time.Sleep(2 * coalesceWindow) // the first read is under way
		for _, ref := range []Ref{{Kind: "pipeline", ID: "1"}, {Kind: "pipeline", ID: "1", ProjectID: "p1", IfAbsent: true}, {Kind: "pipeline", ID: "1", ProjectID: "p2"}} {
			calls.Go(func() { _ = c.do(t.Context(), []Ref{ref}) })
			synctest.Wait()
		}
		calls.Wait()
		want := [][]Ref{{first}, {first, {Kind: "pipeline", ID: "1", ProjectID: "p2"}}}
		if diff := cmp.Diff(want, r.all); diff != "" {
			t.Errorf("reads (-want +got):\n%s", diff)
		}
		if took := time.Since(began); took != coalesceWindow+2*time.Second+coalesceWindow {
			t.Errorf("both reads took %v: they overlapped", took)
		}
	})
}

func TestCoalescerTellsEveryoneOfAFailure(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := &reads{fail: errors.New("503")}
		c := newCoalescer(coalesceWindow, r.do)
		var calls sync.WaitGroup
		for n := range 3 {
			calls.Go(func() {
				if err := c.do(t.Context(), []Ref{item(n), item(9)}); !errors.Is(err, r.fail) {
					t.Errorf("error %v", err)
				}
			})
		}
		calls.Wait()
	})
}

func TestCoalescerLetsACallerGo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := &reads{took: time.Minute}
		c := newCoalescer(coalesceWindow, r.do)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := c.do(ctx, []Ref{item(1)}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
		if err := c.do(t.Context(), nil); err != nil {
			t.Errorf("nothing to read: %v", err)
		}
		time.Sleep(2 * time.Minute) // let the read end
	})
}

// TestCoalescerReadsApartWhatFails lets one of many items be one that cannot be
// read: the others are not failed with it.
func TestCoalescerReadsApartWhatFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCoalescer(coalesceWindow, func(_ context.Context, refs []Ref) error {
			if slices.Contains(refs, item(7)) {
				return &ScopeError{Err: errors.New("403")}
			}
			return nil
		})
		var calls sync.WaitGroup
		for n := range 20 {
			calls.Go(func() {
				if err := c.do(t.Context(), []Ref{item(n)}); (err != nil) != (n == 7) {
					t.Errorf("item %d: %v", n, err)
				}
			})
		}
		calls.Wait()
	})
}
