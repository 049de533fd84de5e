package azuredevops

import (
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"
)

func TestThrottle(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 500_000_000)
	at := func(d time.Duration) string { return strconv.FormatInt(now.Add(d).Unix(), 10) }
	for _, test := range []struct {
		name                             string
		retryAfter, delay, remaining, at string
		want                             time.Duration
	}{
		{name: "nothing"},
		{name: "Retry-After", retryAfter: "30", want: 30 * time.Second},
		{name: "Retry-After is a date", retryAfter: now.Add(9500 * time.Millisecond).UTC().Format(http.TimeFormat), want: 9500 * time.Millisecond},
		{name: "Retry-After is the word", retryAfter: "2", delay: "9", remaining: "0", at: at(time.Minute), want: 2 * time.Second},
		{name: "Retry-After 0", retryAfter: "0", delay: "9"},
		{name: "delay", delay: "1.234", want: 1234 * time.Millisecond},
		{name: "delay is no number", delay: "soon"},
		{name: "delay below 0", delay: "-1"},
		{name: "delay NaN", delay: "NaN"},
		{name: "delay infinite", delay: "Inf"},
		{name: "used up", remaining: "0", at: at(time.Minute), want: time.Minute - 500*time.Millisecond},
		{name: "more than used up", remaining: "-3.5", at: at(time.Minute), want: time.Minute - 500*time.Millisecond},
		{name: "used up, long reset", remaining: "0", at: at(time.Hour), want: 5 * time.Minute},
		{name: "used up, past reset", remaining: "0", at: at(-time.Minute)},
		{name: "used up, past reset, delay", remaining: "0", at: at(-time.Minute), delay: "2", want: 2 * time.Second},
		{name: "used up, no reset", remaining: "0"},
		{name: "used up, wrong reset", remaining: "0", at: "later"},
		{name: "the longer of both", remaining: "0", at: at(3500 * time.Millisecond), delay: "7", want: 7 * time.Second},
		{name: "some left", remaining: "12", at: at(time.Minute)},
		{name: "some left, delay", remaining: "12", at: at(time.Minute), delay: "0.5", want: 500 * time.Millisecond},
		{name: "only a reset", at: at(time.Minute)},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			h := http.Header{}
			for k, v := range map[string]string{
				"Retry-After": test.retryAfter, "X-RateLimit-Delay": test.delay, "X-RateLimit-Remaining": test.remaining, "X-RateLimit-Reset": test.at,
			} {
				if v != "" {
					h.Set(k, v)
				}
			}
			if got := throttle(h, 200, now); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// A success that asks to slow down is a success, and holds the next request back.
func TestThrottledSuccess(t *testing.T) {
	t.Parallel()
	server := newServer(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "0.02")
		answer(w, 200, jsonType, `{}`)
	})
	var mu sync.Mutex
	var waits []time.Duration
	c := newClient(t, server, func(o *Options) {
		o.OnWait = func(d time.Duration) {
			mu.Lock()
			defer mu.Unlock()
			waits = append(waits, d)
		}
	})
	for range 2 {
		if _, err := c.Do(t.Context(), Request{Path: []string{"x"}}, nil); err != nil {
			t.Fatal(err)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	if len(waits) != 1 || c.Stats().Requests != 2 {
		t.Errorf("waits %v, %+v", waits, c.Stats())
	}
}
