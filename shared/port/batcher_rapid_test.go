package port

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// plan is one caller of the property test.
type plan struct {
	key   string
	items []string
	leave time.Duration // 0 is never
}

// ward is a send that checks what a batcher promises about its batches.
type ward struct {
	t        *rapid.T
	limits   *batcher[string, string, string]
	mu       sync.Mutex
	sent     map[string]int
	underWay map[string]bool
	last     map[string]int // by caller and identity, the last item that was sent
}

func (w *ward) send(_ context.Context, key string, items []string) ([]string, error) {
	w.begin(key, items)
	time.Sleep(rand.N(100 * time.Microsecond))
	w.mu.Lock()
	defer w.mu.Unlock()
	results := make([]string, len(items))
	for i, item := range items {
		delete(w.underWay, key+w.limits.identity(item))
		results[i] = "answer to " + item
	}
	return results, nil
}

func (w *ward) begin(key string, items []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	size := 0
	for _, item := range items {
		w.sent[item]++
		size += w.limits.size(item)
		if !strings.HasPrefix(item, key) {
			w.t.Errorf("%q is in a batch of %q", item, key)
		}
		id := w.limits.identity(item)
		if id == "" {
			continue
		}
		if w.underWay[key+id] {
			w.t.Errorf("%q is sent while its identity is under way", item)
		}
		w.underWay[key+id] = true
		var caller, n int
		if _, err := fmt.Sscanf(item[1:], "/%d/%d/", &caller, &n); err != nil {
			w.t.Fatal(err)
		}
		line := fmt.Sprint(key, caller, id)
		if before, ok := w.last[line]; ok && n < before {
			w.t.Errorf("%q is sent after number %d", item, before)
		}
		w.last[line] = n
	}
	if len(items) == 0 || len(items) > w.limits.maxItems || size > w.limits.maxBytes && len(items) > 1 {
		w.t.Errorf("a batch of %d items, %d bytes", len(items), size)
	}
}

// TestBatcherProperties: whatever callers do, every item is sent exactly once (at
// most once if its caller leaves), no batch is over a limit or has two items of
// one identity, those are sent in order, and every caller gets its own answers.
func TestBatcherProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b := &batcher[string, string, string]{
			maxItems: rapid.IntRange(1, 5).Draw(t, "maxItems"),
			maxBytes: rapid.IntRange(20, 80).Draw(t, "maxBytes"),
			linger:   rapid.SampledFrom([]time.Duration{0, 50 * time.Microsecond, time.Millisecond}).Draw(t, "linger"),
			size:     func(s string) int { return len(s) },
			identity: func(s string) string { return s[strings.LastIndex(s, "/")+1:] },
		}
		w := &ward{t: t, limits: b, sent: map[string]int{}, underWay: map[string]bool{}, last: map[string]int{}}
		b.send = w.send
		plans := drawPlans(t)
		var wg sync.WaitGroup
		for _, p := range plans {
			wg.Go(func() { run(t, b, p) })
		}
		wg.Wait()
		w.mu.Lock()
		defer w.mu.Unlock()
		for _, p := range plans {
			for _, item := range p.items {
				if n := w.sent[item]; n > 1 || n == 0 && p.leave == 0 {
					t.Errorf("%q is sent %d times", item, n)
				}
			}
		}
	})
}

func drawPlans(t *rapid.T) []plan {
	plans := make([]plan, rapid.IntRange(1, 6).Draw(t, "callers"))
	for c := range plans {
		p := &plans[c]
		p.key = rapid.SampledFrom([]string{"k", "l"}).Draw(t, "key")
		if rapid.IntRange(0, 4).Draw(t, "leaves") == 0 {
			p.leave = 100 * time.Microsecond
		}
		for i := range rapid.IntRange(0, 12).Draw(t, "items") {
			id := rapid.SampledFrom([]string{"", "", "a", "b", "c"}).Draw(t, "identity")
			p.items = append(p.items, fmt.Sprintf("%s/%d/%d/%s", p.key, c, i, id))
		}
	}
	return plans
}

func run(t *rapid.T, b *batcher[string, string, string], p plan) {
	ctx := context.Background()
	if p.leave > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, p.leave)
		defer cancel()
	}
	results, err := b.do(ctx, p.key, p.items)
	if err != nil {
		if p.leave == 0 || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
		return
	}
	for i, item := range p.items {
		if results[i] != "answer to "+item {
			t.Errorf("%q is answered with %q", item, results[i])
		}
	}
}
