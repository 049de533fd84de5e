package port

import (
	"net/http"
	"time"
)

// sameClock is the difference below which two clocks count as equal: the Date
// header has whole seconds, and the answer was under way for a while.
const sameClock = 2 * time.Second

// Clock returns how far Port's clock is ahead of ours by the last answer's Date
// header; 0 if they differ by less than two seconds or nothing was asked yet.
func (c *Client) Clock() time.Duration { return time.Duration(c.skew.Load()) }

func (c *Client) observeClock(h http.Header, now time.Time) {
	date, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return
	}
	ahead := date.Sub(now)
	if ahead.Abs() < sameClock {
		ahead = 0
	}
	c.skew.Store(int64(ahead))
}
