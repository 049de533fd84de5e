package memory

import "time"

// Clock is the time that a Queue lives by.
type Clock interface {
	// Now returns the current time.
	Now() time.Time
	// At returns a channel that gets a value once the clock has reached t, and
	// a function that frees what the waiting costs. It takes a point in time
	// and not a duration, so that no advance between reading the clock and
	// waiting on it is missed.
	At(t time.Time) (reached <-chan time.Time, stop func() bool)
}

// wallClock is the real time.
type wallClock struct{}

func (wallClock) Now() time.Time { return time.Now() }

func (wallClock) At(t time.Time) (reached <-chan time.Time, stop func() bool) {
	timer := time.NewTimer(time.Until(t))
	return timer.C, timer.Stop
}
