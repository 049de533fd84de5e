package ingest

import (
	"cmp"
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

	mu sync.Mutex
	// waiting and reading are by ID: all refs are of one kind. order has what waits
	// in the order in which it came.
	waiting map[string]*askedItem
	order   []*askedItem
	reading map[string]bool
	armed   bool
}

// askedItem is one that is to be read, and those who wait for it.
type askedItem struct {
	id string
	// refs are what was said of the item, one for each project that it may be in.
	refs  []Ref
	calls []*refreshCall
}

// add adds what a ref says. One without a project adds no doubt about it, and who
// asks for the item only if it is absent is content with any read.
func (a *askedItem) add(ref Ref) {
	for i := range a.refs {
		said := &a.refs[i]
		if said.ProjectID == "" || ref.ProjectID == "" || said.ProjectID == ref.ProjectID {
			said.ProjectID = cmp.Or(said.ProjectID, ref.ProjectID)
			said.IfAbsent = said.IfAbsent && ref.IfAbsent
			return
		}
	}
	a.refs = append(a.refs, ref)
}

// refreshCall is one caller that waits for all its items.
type refreshCall struct {
	left int
	err  error
	done chan struct{}
}

func newCoalescer(window time.Duration, do func(context.Context, []Ref) error) *coalescer {
	return &coalescer{refresh: do, window: window, waiting: map[string]*askedItem{}, reading: map[string]bool{}}
}

// do returns when every ref was read after do was called, with the first error.
func (c *coalescer) do(ctx context.Context, refs []Ref) error {
	call := &refreshCall{done: make(chan struct{})}
	c.mu.Lock()
	for _, ref := range refs {
		c.ask(call, ref)
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

// ask makes a call wait for an item. The caller holds the lock.
func (c *coalescer) ask(call *refreshCall, ref Ref) {
	a, ok := c.waiting[ref.ID]
	if !ok {
		a = &askedItem{id: ref.ID}
		c.waiting[ref.ID] = a
		c.order = append(c.order, a)
	}
	a.add(ref)
	if !slices.Contains(a.calls, call) {
		a.calls = append(a.calls, call)
		call.left++
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

// start begins a read of up to coalesceMax of the waiting items that are not being
// read, and reports whether there was any. The caller holds the lock.
func (c *coalescer) start(ctx context.Context) bool {
	var batch, later []*askedItem
	for _, a := range c.order {
		if len(batch) < coalesceMax && !c.reading[a.id] {
			batch = append(batch, a)
		} else {
			later = append(later, a)
		}
	}
	if len(batch) == 0 {
		return false
	}
	c.order = later
	for _, a := range batch {
		delete(c.waiting, a.id)
		c.reading[a.id] = true
	}
	go c.read(ctx, batch)
	return true
}

func (c *coalescer) read(ctx context.Context, batch []*askedItem) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	errs := c.readApart(ctx, batch)
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, a := range batch {
		delete(c.reading, a.id)
		for _, call := range a.calls {
			call.settle(errs[i])
		}
	}
	c.arm(ctx) // what came for these items meanwhile
}

// readApart reads items together and returns an error for each. If they fail for
// what only some of them are about, they are read in halves, so that one item
// that cannot be read does not fail the others.
func (c *coalescer) readApart(ctx context.Context, batch []*askedItem) []error {
	var refs []Ref
	for _, a := range batch {
		refs = append(refs, a.refs...)
	}
	err := c.refresh(ctx, refs)
	if _, scoped := errors.AsType[*ScopeError](err); scoped && !beyondTask(err) && len(batch) > 1 {
		half := len(batch) / 2
		return append(c.readApart(ctx, batch[:half]), c.readApart(ctx, batch[half:])...)
	}
	errs := make([]error, len(batch))
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
