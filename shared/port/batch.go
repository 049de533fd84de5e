package port

import (
	"context"
	"time"
)

// batch is one request of a batcher, or what will be one. The batcher's lock
// guards it.
type batch[I, R any] struct {
	ctx     context.Context // for its values
	entries []entry[I, R]
	bytes   int
	timer   *time.Timer
	calls   map[*call[I, R]]struct{} // those that still wait for it
	cancel  context.CancelFunc       // nil until it is sent
}

func (b *batch[I, R]) add(e entry[I, R], size int) {
	b.entries = append(b.entries, e)
	b.bytes += size
	if _, known := b.calls[e.call]; !known {
		b.calls[e.call] = struct{}{}
		e.call.batches = append(e.call.batches, b)
	}
}

// begin returns the context of the request. It ends when no caller is left and,
// if every caller has a deadline, at the last of them: transport gives a wait
// that is longer than that back at once.
func (b *batch[I, R]) begin() context.Context {
	var last time.Time
	limited := len(b.calls) > 0
	for c := range b.calls {
		deadline, ok := c.ctx.Deadline()
		limited = limited && ok
		if deadline.After(last) {
			last = deadline
		}
	}
	ctx := b.ctx
	if limited {
		ctx, b.cancel = context.WithDeadline(ctx, last)
	} else {
		ctx, b.cancel = context.WithCancel(ctx)
	}
	return ctx
}

// wanted returns the entries whose callers still wait, and their items.
func (b *batch[I, R]) wanted() ([]entry[I, R], []I) {
	entries := make([]entry[I, R], 0, len(b.entries))
	items := make([]I, 0, len(b.entries))
	for _, e := range b.entries {
		if !e.call.gone {
			entries = append(entries, e)
			items = append(items, e.item)
		}
	}
	return entries, items
}

// call is one caller of a batcher. The batcher's lock guards it until done is
// closed.
type call[I, R any] struct {
	ctx     context.Context
	batches []*batch[I, R]
	results []R
	err     error
	left    int // entries without a result
	gone    bool
	done    chan struct{}
}

func newCall[I, R any](ctx context.Context, n int) *call[I, R] {
	return &call[I, R]{ctx: ctx, results: make([]R, n), left: n, done: make(chan struct{})}
}

// leave is called when the caller does not wait any more.
func (c *call[I, R]) leave() {
	c.gone = true
	for _, b := range c.batches {
		delete(b.calls, c)
		if len(b.calls) == 0 && b.cancel != nil {
			b.cancel()
		}
	}
}

func (e entry[I, R]) settle(result R) {
	e.call.results[e.slot] = result
	e.call.count()
}

// fail keeps the first error of a call.
func (e entry[I, R]) fail(err error) {
	if e.call.err == nil {
		e.call.err = err
	}
	e.call.count()
}

func (c *call[I, R]) count() {
	c.left--
	if c.left == 0 {
		close(c.done)
	}
}
