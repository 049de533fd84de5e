package functionshost

import (
	"math"
	"math/rand/v2"
	"time"
)

// minPolling is the shortest time between looks at an empty queue (azure-sdk-for-net,
// QueuePollingIntervals.cs).
const minPolling = 100 * time.Millisecond

// backoff says how long to wait before looking at a queue again: longer and longer
// while it is empty, with some chance (azure-sdk-for-net,
// RandomizedExponentialBackoffStrategy.cs).
type backoff struct {
	shortest, longest time.Duration
	current           time.Duration
	exponent          float64
}

func newBackoff(longest time.Duration) *backoff {
	return &backoff{shortest: min(minPolling, longest), longest: longest}
}

// next returns the time to wait; found says that there were messages since the
// last call.
func (b *backoff) next(found bool) time.Duration {
	switch {
	case found:
		b.current, b.exponent = b.shortest, 1
	case b.current < b.longest:
		wait := b.shortest
		if b.exponent > 0 {
			wait += time.Duration((0.8 + 0.4*rand.Float64()) * math.Pow(2, b.exponent-1) * float64(b.shortest))
		}
		b.exponent++
		b.current = min(wait, b.longest)
	}
	return b.current
}
