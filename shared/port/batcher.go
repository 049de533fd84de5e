package port

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// batcher merges the items of concurrent callers into full requests. A batch is
// sent when it is full or when linger has passed since its first item, whichever
// is first; any number of batches is under way at once. Items of different keys
// are never in one batch.
//
// Of the items of one key with the same identity, at most one is in a batch that
// is not answered: the next of them joins a batch only then, so that they are
// done one after the other, in the order in which they came.
//
// A caller that goes away takes only its own items along; a request is canceled
// when nobody waits for it any more.
type batcher[K comparable, I, R any] struct {
	// maxItems and maxBytes limit a batch; an item alone MUST fit.
	maxItems, maxBytes int
	linger             time.Duration
	// size is what an item adds to the bytes of a batch.
	size func(I) int
	// identity is "" for items that may go side by side.
	identity func(I) string
	// send does a batch. The results MUST be those of the items, in order; an
	// error goes to every caller that has an item in the batch.
	send func(ctx context.Context, key K, items []I) ([]R, error)

	mu    sync.Mutex // guards everything below and in lanes, batches and calls
	lanes map[K]*lane[K, I, R]
}

// lane is what is under way for one key. It exists only while something is.
type lane[K comparable, I, R any] struct {
	key  K
	open *batch[I, R] // takes items; nil if there is none
	sent int          // batches that are under way
	// busy has the identities that are in the open or in a sent batch, each
	// with the entries that wait for it.
	busy map[string][]entry[I, R]
}

// entry is one item of one call.
type entry[I, R any] struct {
	item I
	call *call[I, R]
	slot int // where in the call's results its result belongs
}

// do returns the results of the items, in order, or the first error of a batch
// that has one of them. Callers MUST NOT change items until it returns.
func (b *batcher[K, I, R]) do(ctx context.Context, key K, items []I) ([]R, error) {
	if len(items) == 0 {
		return nil, nil
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	c := newCall[I, R](ctx, len(items))
	b.mu.Lock()
	l := b.lane(key)
	for i, item := range items {
		b.admit(l, entry[I, R]{item: item, call: c, slot: i})
	}
	b.mu.Unlock()

	select {
	case <-c.done:
		return c.results, c.err
	case <-ctx.Done():
		b.mu.Lock()
		defer b.mu.Unlock()
		c.leave()
		return nil, context.Cause(ctx)
	}
}

func (b *batcher[K, I, R]) lane(key K) *lane[K, I, R] {
	l := b.lanes[key]
	if l == nil {
		if b.lanes == nil {
			b.lanes = map[K]*lane[K, I, R]{}
		}
		l = &lane[K, I, R]{key: key, busy: map[string][]entry[I, R]{}}
		b.lanes[key] = l
	}
	return l
}

// admit puts an entry into the open batch, or in line behind its identity.
func (b *batcher[K, I, R]) admit(l *lane[K, I, R], e entry[I, R]) {
	if id := b.identity(e.item); id != "" {
		if line, busy := l.busy[id]; busy {
			l.busy[id] = append(line, e)
			return
		}
		l.busy[id] = nil
	}
	size := b.size(e.item)
	if l.open != nil && l.open.bytes+size > b.maxBytes {
		b.seal(l)
	}
	if l.open == nil {
		b.open(e.call.ctx, l)
	}
	l.open.add(e, size)
	if len(l.open.entries) >= b.maxItems {
		b.seal(l)
	}
}

// open begins a batch. ctx gives it its values, not its end.
func (b *batcher[K, I, R]) open(ctx context.Context, l *lane[K, I, R]) {
	opened := &batch[I, R]{ctx: context.WithoutCancel(ctx), calls: map[*call[I, R]]struct{}{}}
	l.open = opened
	opened.timer = time.AfterFunc(b.linger, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		if l.open == opened {
			b.seal(l)
		}
	})
}

// seal sends the open batch.
func (b *batcher[K, I, R]) seal(l *lane[K, I, R]) {
	sealed := l.open
	l.open = nil
	sealed.timer.Stop()
	ctx := sealed.begin()
	l.sent++
	go b.run(ctx, l, sealed)
}

func (b *batcher[K, I, R]) run(ctx context.Context, l *lane[K, I, R], sealed *batch[I, R]) {
	defer sealed.cancel()
	b.mu.Lock()
	entries, items := sealed.wanted()
	b.mu.Unlock()

	var results []R
	var err error
	if len(items) > 0 {
		results, err = b.send(ctx, l.key, items)
		if err == nil && len(results) != len(items) {
			err = fmt.Errorf("a batch of %d has %d results", len(items), len(results))
		}
	}

	b.mu.Lock()
	defer b.mu.Unlock()
	for i, e := range entries {
		if err != nil {
			e.fail(err)
		} else {
			e.settle(results[i])
		}
	}
	l.sent--
	b.release(l, sealed)
	if l.open == nil && l.sent == 0 && len(l.busy) == 0 {
		delete(b.lanes, l.key)
	}
}

// release lets the next in line of every identity of the batch go.
func (b *batcher[K, I, R]) release(l *lane[K, I, R], answered *batch[I, R]) {
	for _, e := range answered.entries {
		id := b.identity(e.item)
		if id == "" {
			continue
		}
		line := l.busy[id]
		delete(l.busy, id)
		for len(line) > 0 && line[0].call.gone {
			line = line[1:]
		}
		if len(line) > 0 {
			b.admit(l, line[0])
			l.busy[id] = line[1:]
		}
	}
}
