package queuetest

import (
	"sync"
	"time"
)

// Clock is a clock that moves only by Advance, for drivers whose clock can be
// given. It is safe for concurrent use; make one with NewClock.
type Clock struct {
	mu     sync.Mutex
	now    time.Time
	alarms map[chan time.Time]time.Time
}

// NewClock returns a clock that stands still at some time.
func NewClock() *Clock {
	return &Clock{
		now:    time.Date(2024, time.February, 29, 23, 59, 59, 0, time.UTC),
		alarms: map[chan time.Time]time.Time{},
	}
}

// Now returns the clock's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// At returns a channel that gets the time once the clock has reached t, and a
// function that ends the waiting and reports whether that was before t.
func (c *Clock) At(t time.Time) (reached <-chan time.Time, stop func() bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	ch := make(chan time.Time, 1)
	c.alarms[ch] = t
	c.ring()
	return ch, func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		_, waiting := c.alarms[ch]
		delete(c.alarms, ch)
		return waiting
	}
}

// Advance moves the clock forward by d.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	c.ring()
}

// ring tells all whose time has come. c.mu MUST be held.
func (c *Clock) ring() {
	for ch, t := range c.alarms {
		if !t.After(c.now) {
			ch <- c.now
			delete(c.alarms, ch)
		}
	}
}
