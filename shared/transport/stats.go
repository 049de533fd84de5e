package transport

import (
	"sync/atomic"
	"time"
)

// Stats are what a client did so far.
type Stats struct {
	// Requests counts what was sent, retries included.
	Requests int `json:"requests"`
	// Retries counts the requests that were sent again.
	Retries int `json:"retries"`
	// Throttled counts the answers "too many requests".
	Throttled int `json:"throttled"`
	// Waited is how long requests waited at the gate, added up.
	Waited time.Duration `json:"waited"`
	// Waiting is how long the gate stays closed from now, 0 if it is open.
	Waiting time.Duration `json:"-"`
}

type counters struct{ requests, retries, throttled, waited atomic.Int64 }

// Stats returns what the client did so far.
func (c *Client) Stats() Stats {
	return Stats{
		Requests: int(c.stats.requests.Load()), Retries: int(c.stats.retries.Load()),
		Throttled: int(c.stats.throttled.Load()), Waited: time.Duration(c.stats.waited.Load()),
		Waiting: c.o.Gate.Remaining(),
	}
}
