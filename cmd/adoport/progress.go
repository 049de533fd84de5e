package main

import (
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"adoport/shared/ingest"
)

// progress draws one bar a kind on a terminal: how many of its scopes are done,
// how many items, how many a second, and what it waits for.
type progress struct {
	container *mpb.Progress
	started   time.Time

	mu   sync.Mutex
	bars map[string]*kindBar
	// waitUntil is when the longest wait ends that a service asked for, in
	// nanoseconds of the Unix epoch.
	waitUntil atomic.Int64
}

type kindBar struct {
	bar    *mpb.Bar
	scopes atomic.Int64
	items  atomic.Int64
}

func newProgress(w io.Writer) *progress {
	return &progress{
		container: mpb.New(mpb.WithOutput(w), mpb.WithWidth(30), mpb.WithRefreshRate(120*time.Millisecond), mpb.WithAutoRefresh()),
		started:   time.Now(), bars: map[string]*kindBar{},
	}
}

// Write prints a log line above the bars.
func (p *progress) Write(line []byte) (int, error) { return p.container.Write(line) }

// observe takes what the engine tells.
func (p *progress) observe(e ingest.Progress) {
	p.mu.Lock()
	b, ok := p.bars[e.Kind]
	if !ok {
		b = p.add(e.Kind)
		p.bars[e.Kind] = b
	}
	p.mu.Unlock()
	if e.Scopes > 0 {
		b.bar.SetTotal(b.scopes.Add(int64(e.Scopes)), false)
	}
	b.items.Add(int64(e.Items))
	if e.ScopesDone > 0 {
		b.bar.IncrBy(e.ScopesDone)
	}
}

func (p *progress) add(kind string) *kindBar {
	b := &kindBar{}
	b.bar = p.container.AddBar(0,
		mpb.PrependDecorators(decor.Name(kind, decor.WC{W: 14, C: decor.DindentRight}), decor.CountersNoUnit("%d/%d scopes", decor.WC{W: 18})),
		mpb.AppendDecorators(decor.Any(func(decor.Statistics) string { return p.items(b) })),
	)
	return b
}

func (p *progress) items(b *kindBar) string {
	n := b.items.Load()
	text := fmt.Sprintf(" %d items, %.0f/s", n, float64(n)/time.Since(p.started).Seconds())
	if wait := time.Until(time.Unix(0, p.waitUntil.Load())); wait > 0 {
		text += fmt.Sprintf(", throttled: waiting %s", wait.Round(time.Second))
	}
	return text
}

// waiting is told when a service asks for a wait.
func (p *progress) waiting(d time.Duration) { p.waitUntil.Store(time.Now().Add(d).UnixNano()) }

// close stops drawing and leaves the bars as they are.
func (p *progress) close() {
	p.mu.Lock()
	for _, b := range p.bars {
		b.bar.Abort(false)
	}
	p.mu.Unlock()
	p.container.Wait()
}
