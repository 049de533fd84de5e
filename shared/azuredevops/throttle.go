package azuredevops

import (
	"math"
	"net/http"
	"strconv"
	"time"

	"adoport/shared/transport"
)

// maxReset bounds the wait for X-RateLimit-Reset: usage is counted over five
// minutes, so a later time is a clock that is wrong.
const maxReset = 5 * time.Minute

// maxRetryAfter bounds the wait that a single answer asks for: then we ask again.
const maxRetryAfter = 15 * time.Minute

// throttle says how long an answer, a success too, asks everyone to wait.
// Retry-After is how long to wait before the next request, so where it is given
// it is the word. Without it: X-RateLimit-Delay is how long this request was held
// back (seconds with three decimals), which the next one would be too; and when
// X-RateLimit-Remaining is used up, X-RateLimit-Reset (Unix time) is when usage
// has drained (Microsoft Learn, "Rate and usage limits").
func throttle(h http.Header, _ int, now time.Time) time.Duration {
	if h.Get("Retry-After") != "" {
		return min(transport.RetryAfter(h, now), maxRetryAfter)
	}
	wait := seconds(h.Get("X-Ratelimit-Delay"))
	remaining, err := strconv.ParseFloat(h.Get("X-Ratelimit-Remaining"), 64)
	if err != nil || remaining > 0 {
		return wait
	}
	if reset := seconds(h.Get("X-Ratelimit-Reset")); reset > 0 {
		wait = max(wait, min(time.Unix(0, 0).Add(reset).Sub(now), maxReset))
	}
	return wait
}

// seconds reads a number of seconds; 0 if it is none, is not positive, or is too
// large for a time.Duration.
func seconds(s string) time.Duration {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(f) || f <= 0 || f > math.MaxInt64/float64(time.Second) {
		return 0
	}
	return time.Duration(f * float64(time.Second))
}
