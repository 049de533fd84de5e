package port

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// recorder is the send of a test's batcher: it keeps the batches in the order in
// which they were sent and answers an item with itself and a "!".
type recorder struct {
	mu      sync.Mutex
	batches [][]string
	took    time.Duration
	fail    func(items []string) error
}

func (r *recorder) send(ctx context.Context, _ string, items []string) ([]string, error) {
	r.mu.Lock()
	r.batches = append(r.batches, slices.Clone(items))
	r.mu.Unlock()
	if r.took > 0 {
		select {
		case <-time.After(r.took):
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	if r.fail != nil {
		if err := r.fail(items); err != nil {
			return nil, err
		}
	}
	results := make([]string, len(items))
	for i, item := range items {
		results[i] = item + "!"
	}
	return results, nil
}

// newTestBatcher has three items or ten bytes a batch; the identity of an item is
// what is before its dash.
func newTestBatcher(r *recorder) *batcher[string, string, string] {
	return &batcher[string, string, string]{
		maxItems: 3, maxBytes: 10, linger: 10 * time.Millisecond,
		size:     func(s string) int { return len(s) },
		identity: func(s string) string { id, _, _ := strings.Cut(s, "-"); return id },
		send:     r.send,
	}
}

// lanesLeft counts the lanes when everything in the bubble has come to rest.
func lanesLeft(b *batcher[string, string, string]) int {
	synctest.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.lanes)
}

func TestBatcherCutsAtTheLimits(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		items []string
		want  [][]string
	}{
		"one":           {[]string{"a"}, [][]string{{"a"}}},
		"full":          {[]string{"a", "b", "c"}, [][]string{{"a", "b", "c"}}},
		"one too many":  {[]string{"a", "b", "c", "d"}, [][]string{{"a", "b", "c"}, {"d"}}},
		"bytes fit":     {[]string{"aaaaa", "bbbbb"}, [][]string{{"aaaaa", "bbbbb"}}},
		"bytes too big": {[]string{"aaaaa", "bbbbbb"}, [][]string{{"aaaaa"}, {"bbbbbb"}}},
		"same identity": {[]string{"a-1", "b", "a-2", "a-3"}, [][]string{{"a-1", "b"}, {"a-2"}, {"a-3"}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := &recorder{}
				b := newTestBatcher(r)
				results, err := b.do(t.Context(), "k", test.items)
				if err != nil {
					t.Fatal(err)
				}
				slices.SortFunc(r.batches, slices.Compare) // side by side, so in any order
				if diff := cmp.Diff(test.want, r.batches); diff != "" {
					t.Error(diff)
				}
				for i, item := range test.items {
					if results[i] != item+"!" {
						t.Errorf("result %d is %q", i, results[i])
					}
				}
				if lanesLeft(b) != 0 {
					t.Error("a lane is left")
				}
			})
		})
	}
}

// TestBatcherLingers shows, on a clock of its own, that a full batch goes at
// once, a part of one after the linger, and that callers share it.
func TestBatcherLingers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := &recorder{}
		b := newTestBatcher(r)
		start := time.Now()
		if _, err := b.do(t.Context(), "k", []string{"a", "b", "c"}); err != nil {
			t.Fatal(err)
		}
		if d := time.Since(start); d != 0 {
			t.Errorf("a full batch took %v", d)
		}
		var wg sync.WaitGroup
		start = time.Now()
		for i, item := range []string{"d", "e"} {
			wg.Go(func() {
				time.Sleep(time.Duration(i) * 9 * time.Millisecond)
				got, err := b.do(t.Context(), "k", []string{item})
				if err != nil || got[0] != item+"!" {
					t.Errorf("%v, %v", got, err)
				}
			})
		}
		wg.Go(func() { _, _ = b.do(t.Context(), "other", []string{"f"}) })
		wg.Wait()
		if d := time.Since(start); d != 10*time.Millisecond {
			t.Errorf("the rest took %v, want the linger of its first item", d)
		}
		want := [][]string{{"a", "b", "c"}, {"d", "e"}, {"f"}}
		slices.SortFunc(r.batches, slices.Compare)
		if diff := cmp.Diff(want, r.batches); diff != "" {
			t.Error(diff)
		}
	})
}

func TestBatcherOrdersOneIdentity(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := &recorder{took: time.Second}
		b := newTestBatcher(r)
		var wg sync.WaitGroup
		for i := range 3 {
			wg.Go(func() {
				time.Sleep(time.Duration(i) * 100 * time.Millisecond)
				items := []string{fmt.Sprintf("a-%d", i), fmt.Sprintf("x%d", i)}
				if _, err := b.do(t.Context(), "k", items); err != nil {
					t.Error(err)
				}
			})
		}
		start := time.Now()
		wg.Wait()
		want := [][]string{{"a-0", "x0"}, {"x1"}, {"x2"}, {"a-1"}, {"a-2"}}
		if diff := cmp.Diff(want, r.batches); diff != "" {
			t.Error(diff)
		}
		if d := time.Since(start); d != 3*time.Second+30*time.Millisecond {
			t.Errorf("took %v, want three requests one after the other, a linger before each", d)
		}
	})
}

func TestBatcherGivesErrorsToTheirCallers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		broken := errors.New("broken")
		r := &recorder{fail: func(items []string) error {
			if slices.Contains(items, "bad") {
				return broken
			}
			return nil
		}}
		b := newTestBatcher(r)
		var wg sync.WaitGroup
		for _, item := range []string{"bad", "with", "x"} {
			wg.Go(func() {
				if _, err := b.do(t.Context(), "k", []string{item}); !errors.Is(err, broken) {
					t.Errorf("%s: error %v", item, err)
				}
			})
		}
		wg.Go(func() {
			if got, err := b.do(t.Context(), "other", []string{"fine"}); err != nil || got[0] != "fine!" {
				t.Errorf("%v, %v", got, err)
			}
		})
		wg.Wait()
		if _, err := b.do(t.Context(), "k", []string{"bad", "b", "c", "d"}); !errors.Is(err, broken) {
			t.Errorf("one of two batches failed: error %v", err)
		}
		if _, err := b.do(t.Context(), "k", []string{"with"}); err != nil {
			t.Errorf("after a failure: %v", err)
		}
	})
}

func TestBatcherSurvivesACallerThatLeaves(t *testing.T) {
	t.Parallel()
	for name, leaves := range map[string]time.Duration{"before it is sent": 5 * time.Millisecond, "while it is sent": 500 * time.Millisecond} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := &recorder{took: time.Second}
				b := newTestBatcher(r)
				var wg sync.WaitGroup
				wg.Go(func() {
					ctx, cancel := context.WithTimeout(t.Context(), leaves)
					defer cancel()
					_, err := b.do(ctx, "k", []string{"a-1", "a-2"})
					if !errors.Is(err, context.DeadlineExceeded) {
						t.Errorf("the one that leaves: error %v", err)
					}
				})
				wg.Go(func() {
					time.Sleep(time.Millisecond)
					got, err := b.do(t.Context(), "k", []string{"b", "a-3"})
					if err != nil || got[0] != "b!" || got[1] != "a-3!" {
						t.Errorf("the one that stays: %v, %v", got, err)
					}
				})
				wg.Wait()
				sent := slices.Concat(r.batches...)
				if slices.Contains(sent, "a-2") {
					t.Errorf("sent %v for nobody", sent)
				}
				if slices.Contains(sent, "a-1") != (leaves > b.linger) {
					t.Errorf("sent %v", sent)
				}
				if lanesLeft(b) != 0 {
					t.Error("a lane is left")
				}
			})
		})
	}
}

func TestBatcherCancelsWhatNobodyWaitsFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := &recorder{took: time.Hour}
		b := newTestBatcher(r)
		start := time.Now()
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		if _, err := b.do(ctx, "k", []string{"a"}); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v", err)
		}
		if lanesLeft(b) != 0 || time.Since(start) > time.Second {
			t.Error("the request is still under way")
		}
		if _, err := b.do(ctx, "k", []string{"b"}); !errors.Is(err, context.Canceled) || len(r.batches) != 1 {
			t.Errorf("with an ended context: error %v, %d batches", err, len(r.batches))
		}
	})
}

// TestBatcherHandsTheDeadlineOn: transport needs it to give a wait that is too
// long back at once.
func TestBatcherHandsTheDeadlineOn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var got []time.Duration
		start := time.Now()
		b := newTestBatcher(&recorder{})
		b.send = func(ctx context.Context, _ string, items []string) ([]string, error) {
			d := time.Duration(0)
			if deadline, ok := ctx.Deadline(); ok {
				d = deadline.Sub(start)
			}
			got = append(got, d)
			return items, nil
		}
		do := func(wg *sync.WaitGroup, item string, d time.Duration) {
			wg.Go(func() {
				ctx := t.Context()
				if d > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithDeadline(ctx, start.Add(d))
					defer cancel()
				}
				if _, err := b.do(ctx, "k", []string{item}); err != nil {
					t.Error(err)
				}
			})
		}
		var both, mixed sync.WaitGroup
		do(&both, "a", time.Minute)
		do(&both, "b", time.Hour)
		both.Wait()
		do(&mixed, "a", time.Minute)
		do(&mixed, "b", 0)
		mixed.Wait()
		if diff := cmp.Diff([]time.Duration{time.Hour, 0}, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestBatcherRefusesAWrongNumberOfResults(t *testing.T) {
	t.Parallel()
	b := newTestBatcher(&recorder{})
	b.send = func(context.Context, string, []string) ([]string, error) { return []string{"one"}, nil }
	if _, err := b.do(t.Context(), "k", []string{"a", "b"}); err == nil {
		t.Error("no error")
	}
	if got, err := b.do(t.Context(), "k", nil); got != nil || err != nil {
		t.Errorf("of nothing: %v, %v", got, err)
	}
}
