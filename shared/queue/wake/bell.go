// Package wake tells everybody who waits in this process that it is worth
// looking again.
package wake

import "sync"

// Bell wakes all who wait for it. The zero value is ready; it MUST NOT be copied
// once it is used. It is safe for concurrent use, and never blocks.
type Bell struct {
	mu sync.Mutex
	// rung is closed at the next Ring; nil if nobody waits for that.
	rung chan struct{}
}

// Ring wakes everybody who waits. All of them, and not one: the one could have
// ended, or be waiting for something that comes later.
func (b *Bell) Ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.rung != nil {
		close(b.rung)
		b.rung = nil
	}
}

// Rung returns a channel that is closed at the next Ring. Who waits for a change
// MUST take it before looking, so that no change after the look is missed.
func (b *Bell) Rung() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.rung == nil {
		b.rung = make(chan struct{})
	}
	return b.rung
}
