package bolt

import "time"

// Clock is the time that a Queue lives by.
type Clock interface {
	// Now returns the current time.
	Now() time.Time
	// At returns a channel that gets a value when the clock reaches t or
	// earlier, and a function that frees what the waiting costs.
	At(t time.Time) (reached <-chan time.Time, stop func() bool)
}

// lookAgain is the longest wait for a point in time. Timers do not see that the
// clock was set or that the machine slept.
const lookAgain = time.Minute

// wallClock is the real time.
type wallClock struct{}

func (wallClock) Now() time.Time { return time.Now() }

func (wallClock) At(t time.Time) (reached <-chan time.Time, stop func() bool) {
	timer := time.NewTimer(min(time.Until(t), lookAgain))
	return timer.C, timer.Stop
}
