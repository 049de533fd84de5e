package port

import (
	"math"
	"net/http"
	"strconv"
	"time"

	"adoport/shared/transport"
)

// maxThrottle bounds what a header can make us wait: Port's budgets are renewed
// every five minutes (rate-limits).
const maxThrottle = 5 * time.Minute

// throttle says how long an answer asks everyone to wait, and takes the
// service's clock off it on the way: transport shows it every answer.
func (c *Client) throttle(h http.Header, status int, now time.Time) time.Duration {
	c.observeClock(h, now)
	return throttle(h, status, now)
}

// throttle reads Retry-After at any status, and x-ratelimit-reset if nothing
// remains of the budget or the answer is 429.
func throttle(h http.Header, status int, now time.Time) time.Duration {
	wait := transport.RetryAfter(h, now)
	if status == http.StatusTooManyRequests || spent(h) {
		wait = max(wait, untilReset(h, now))
	}
	return min(wait, maxThrottle)
}

func spent(h http.Header) bool {
	remaining, err := strconv.ParseFloat(h.Get("X-Ratelimit-Remaining"), 64)
	return err == nil && remaining <= 0
}

// untilReset reads x-ratelimit-reset. The documentation calls it epoch seconds,
// the Terraform provider takes it for seconds to wait; as Ocean does, what is
// over 10,000 is an epoch. An epoch is counted from the answer's own Date, so
// that our clock does not matter.
func untilReset(h http.Header, now time.Time) time.Duration {
	reset, err := strconv.ParseFloat(h.Get("X-Ratelimit-Reset"), 64)
	if err != nil || math.IsNaN(reset) || reset <= 0 {
		return 0
	}
	if reset > 10_000 {
		if date, err := http.ParseTime(h.Get("Date")); err == nil {
			now = date
		}
		reset -= float64(now.UnixMilli()) / 1000
	}
	reset = min(max(reset, 0), maxThrottle.Seconds())
	return time.Duration(reset * float64(time.Second))
}
