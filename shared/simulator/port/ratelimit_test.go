package port

import (
	"strconv"
	"testing"
	"time"
)

func TestRateLimit(t *testing.T) {
	t.Parallel()
	c, at := newClient(t, Options{RateLimit: 2, RatePeriod: time.Minute})
	check := func(status int, remaining, reset string) {
		t.Helper()
		a := c.send("GET", "/v1/blueprints", "")
		h := a.header
		if a.status != status || h.Get("x-ratelimit-remaining") != remaining || h.Get("x-ratelimit-reset") != reset ||
			h.Get("x-ratelimit-limit") != "2" || h.Get("x-ratelimit-period") != "60" {
			t.Errorf("got %d %v, want %d with remaining %s and reset %s", a.status, h, status, remaining, reset)
		}
		if status == 429 && a.body["error"] != "rate_limit_exceeded" {
			t.Errorf("body %v", a.body)
		}
	}
	check(200, "1", "60")
	at.add(1500 * time.Millisecond)
	check(200, "0", "59")
	check(429, "0", "59")
	at.add(58500 * time.Millisecond)
	check(200, "1", "60")
}

func TestRateLimitResetAsEpoch(t *testing.T) {
	t.Parallel()
	c, at := newClient(t, Options{ResetAsEpoch: true, RatePeriod: time.Minute})
	a := c.send("GET", "/v1/blueprints", "")
	want := strconv.FormatInt(at.now().Add(time.Minute).Unix()+1, 10) // rounded up
	if got := a.header.Get("x-ratelimit-reset"); got != want {
		t.Errorf("reset %s, want %s", got, want)
	}
}

func TestTokenRouteHasItsOwnLimit(t *testing.T) {
	t.Parallel()
	c, _ := newClient(t, Options{RateLimit: 1})
	c.must(429, "POST", "/v1/auth/access_token", `{"clientId":"client","clientSecret":"secret"}`)
	c.must(200, "GET", "/v1/blueprints", "")
	c.must(429, "GET", "/v1/blueprints", "")
}

func TestEveryAnswerHasTheHeaders(t *testing.T) {
	t.Parallel()
	c, at := newClient(t, Options{})
	traces := map[string]bool{}
	for _, path := range []string{"/v1/blueprints", "/v1/blueprints/none", "/v1/nowhere"} {
		h := c.send("GET", path, "").header
		for _, name := range []string{"X-Trace-Id", "X-Ratelimit-Period", "X-Ratelimit-Limit", "X-Ratelimit-Remaining", "X-Ratelimit-Reset"} {
			if h.Get(name) == "" {
				t.Errorf("%s: no %s", path, name)
			}
		}
		if got, want := h.Get("Date"), at.now().Format("Mon, 02 Jan 2006 15:04:05 GMT"); got != want {
			t.Errorf("Date %q, want %q", got, want)
		}
		traces[h.Get("X-Trace-Id")] = true
	}
	if len(traces) != 3 {
		t.Errorf("trace IDs repeat: %v", traces)
	}
}
