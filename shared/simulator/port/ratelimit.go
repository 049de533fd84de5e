package port

import (
	"math"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// limiter counts requests in fixed windows of one period.
type limiter struct {
	now    func() time.Time
	limit  int
	period time.Duration
	epoch  bool

	mu    sync.Mutex
	start time.Time
	used  int
}

func newLimiter(o Options) *limiter {
	return &limiter{now: o.Now, limit: o.RateLimit, period: o.RatePeriod, epoch: o.ResetAsEpoch}
}

// take counts one request, writes the x-ratelimit headers, and refuses the
// request with 429 if the window is used up.
func (l *limiter) take(h http.Header) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	if l.start.IsZero() || now.Sub(l.start) >= l.period {
		l.start, l.used = now, 0
	}
	over := l.used >= l.limit
	if !over {
		l.used++
	}
	h.Set("X-Ratelimit-Period", strconv.Itoa(int(l.period/time.Second)))
	h.Set("X-Ratelimit-Limit", strconv.Itoa(l.limit))
	h.Set("X-Ratelimit-Remaining", strconv.Itoa(l.limit-l.used))
	h.Set("X-Ratelimit-Reset", strconv.FormatInt(l.reset(now), 10))
	if over {
		return &refusal{
			Status: http.StatusTooManyRequests, Code: "rate_limit_exceeded",
			Message: "Too many requests: wait until the rate limit resets",
		}
	}
	return nil
}

// reset is when the window ends, in whole seconds rounded up.
func (l *limiter) reset(now time.Time) int64 {
	end := l.start.Add(l.period)
	if l.epoch {
		return int64(math.Ceil(float64(end.UnixMilli()) / 1000))
	}
	return int64(math.Ceil(end.Sub(now).Seconds()))
}
