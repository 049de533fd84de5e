package ingest

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

const (
	// coalesceWindow is how long a refresh waits for others of its kind.
	coalesceWindow = 50 * time.Millisecond
	// coalesceMax is how many items are read together: what one workitemsbatch
	// request takes.
	coalesceMax = 200
)

// coalescer merges refreshes of one kind that arrive close together, so that a
// burst of events on the same items costs a few requests. An item is never in two
// reads at once: what is asked for while it is being read is read after it, for
// that read may have been too early.
type coalescer struct {
	refresh func(ctx context.Context, refs []Ref) error
	window  time.Duration

	mu      sync.Mutex
	waiting map[Ref][]*refreshCall
	order   []Ref
	reading map[Ref]bool
	armed   bool
}

// refreshCall is one caller that waits for all its refs.
type refreshCall struct {
	left int
	err  error
	done chan struct{}
}

func newCoalescer(window time.Duration, do func(context.Context, []Ref) error) *coalescer {
	return &coalescer{refresh: do, window: window, waiting: map[Ref][]*refreshCall{}, reading: map[Ref]bool{}}
}

// do returns when every ref was read after do was called, with the first error.
func (c *coalescer) do(ctx context.Context, refs []Ref) error {
	call := &refreshCall{done: make(chan struct{})}
	c.mu.Lock()
	for _, ref := range refs {
		if slices.Contains(c.waiting[ref], call) {
			continue
		}
		if len(c.waiting[ref]) == 0 {
			c.order = append(c.order, ref)
		}
		c.waiting[ref] = append(c.waiting[ref], call)
		call.left++
	}
	if call.left == 0 {
		c.mu.Unlock()
		return nil
	}
	c.arm(ctx)
	c.mu.Unlock()
	select {
	case <-call.done:
		return call.err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// arm makes sure that what waits will be read: at once if there is enough of it,
// else when the window is over. The caller holds the lock.
func (c *coalescer) arm(ctx context.Context) {
	ctx = context.WithoutCancel(ctx)
	for len(c.order) >= coalesceMax {
		if !c.start(ctx) {
			break
		}
	}
	if c.armed || len(c.order) == 0 {
		return
	}
	c.armed = true
	time.AfterFunc(c.window, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.armed = false
		for c.start(ctx) {
		}
	})
}

// start begins a read of up to coalesceMax of the waiting refs that are not being
// read, and reports whether there was any. The caller holds the lock.
func (c *coalescer) start(ctx context.Context) bool {
	var refs, later []Ref
	for _, ref := range c.order {
		if len(refs) < coalesceMax && !c.reading[ref] {
			refs = append(refs, ref)
		} else {
			later = append(later, ref)
		}
	}
	if len(refs) == 0 {
		return false
	}
	c.order = later
	calls := make([][]*refreshCall, len(refs))
	for i, ref := range refs {
		calls[i] = c.waiting[ref]
		delete(c.waiting, ref)
		c.reading[ref] = true
	}
	go c.read(ctx, refs, calls)
	return true
}

func (c *coalescer) read(ctx context.Context, refs []Ref, calls [][]*refreshCall) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	errs := c.readApart(ctx, refs)
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, ref := range refs {
		delete(c.reading, ref)
		for _, call := range calls[i] {
			call.settle(errs[i])
		}
	}
	c.arm(ctx) // what came for these refs meanwhile
}

// readApart reads refs together and returns an error for each. If they fail for
// what only some of them are about, they are read in halves, so that one item
// that cannot be read does not fail the others.
func (c *coalescer) readApart(ctx context.Context, refs []Ref) []error {
	err := c.refresh(ctx, refs)
	if _, scoped := errors.AsType[*ScopeError](err); scoped && !beyondTask(err) && len(refs) > 1 {
		half := len(refs) / 2
		return append(c.readApart(ctx, refs[:half]), c.readApart(ctx, refs[half:])...)
	}
	errs := make([]error, len(refs))
	for i := range errs {
		errs[i] = err
	}
	return errs
}

// readTimeout ends a read that nobody may be waiting for any more.
const readTimeout = 5 * time.Minute

func (r *refreshCall) settle(err error) {
	if err != nil && r.err == nil {
		r.err = err
	}
	if r.left--; r.left == 0 {
		close(r.done)
	}
}
