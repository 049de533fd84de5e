package port

import (
	"net/http"
	"testing"
	"time"
)

func TestThrottle(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	tests := map[string]struct {
		status int
		h      map[string]string
		want   time.Duration
	}{
		"nothing":                    {200, nil, 0},
		"Retry-After on 200":         {200, map[string]string{"Retry-After": "7"}, 7 * time.Second},
		"Retry-After as a date":      {503, map[string]string{"Retry-After": "Fri, 02 Jan 2026 03:04:15 GMT"}, 10 * time.Second},
		"budget left":                {200, map[string]string{"x-ratelimit-remaining": "1", "x-ratelimit-reset": "60"}, 0},
		"budget spent, seconds":      {200, map[string]string{"x-ratelimit-remaining": "0", "x-ratelimit-reset": "60"}, time.Minute},
		"budget spent, epoch":        {200, map[string]string{"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1767323105"}, time.Minute},
		"10,000 is seconds":          {200, map[string]string{"x-ratelimit-remaining": "0", "x-ratelimit-reset": "10000"}, maxThrottle},
		"10,001 is a past epoch":     {200, map[string]string{"x-ratelimit-remaining": "0", "x-ratelimit-reset": "10001"}, 0},
		"epoch is capped":            {200, map[string]string{"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1767326645"}, maxThrottle},
		"epoch by the answer's Date": {200, map[string]string{"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1767323105", "Date": "Fri, 02 Jan 2026 03:04:45 GMT"}, 20 * time.Second},
		"spent without reset":        {200, map[string]string{"x-ratelimit-remaining": "0"}, 0},
		"429 whatever remains":       {429, map[string]string{"x-ratelimit-remaining": "5", "x-ratelimit-reset": "3"}, 3 * time.Second},
		"429 alone":                  {429, nil, 0},
		"the longer of both":         {429, map[string]string{"Retry-After": "2", "x-ratelimit-reset": "3"}, 3 * time.Second},
		"Retry-After is capped":      {429, map[string]string{"Retry-After": "86400"}, maxThrottle},
		"negative":                   {429, map[string]string{"x-ratelimit-reset": "-5"}, 0},
		"not a number":               {429, map[string]string{"x-ratelimit-reset": "soon", "x-ratelimit-remaining": "none"}, 0},
		"NaN":                        {429, map[string]string{"x-ratelimit-reset": "NaN"}, 0},
		"infinite":                   {429, map[string]string{"x-ratelimit-reset": "Inf"}, maxThrottle},
		"fraction":                   {429, map[string]string{"x-ratelimit-reset": "0.5"}, 500 * time.Millisecond},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := http.Header{}
			for k, v := range test.h {
				h.Set(k, v)
			}
			if got := throttle(h, test.status, now); got != test.want {
				t.Errorf("%v, want %v", got, test.want)
			}
		})
	}
}

func TestClock(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	c := &Client{}
	steps := []struct {
		date string
		want time.Duration
	}{
		{"", 0},
		{"Fri, 02 Jan 2026 03:14:05 GMT", 10 * time.Minute},
		{"", 10 * time.Minute}, // the last one that was seen
		{"yesterday", 10 * time.Minute},
		{"Fri, 02 Jan 2026 03:04:03 GMT", -2 * time.Second},
		{"Fri, 02 Jan 2026 03:04:04 GMT", 0},
		{"Fri, 02 Jan 2026 03:04:07 GMT", 2 * time.Second},
		{"Fri, 02 Jan 2026 03:04:06 GMT", 0},
	}
	for _, step := range steps {
		h := http.Header{}
		if step.date != "" {
			h.Set("Date", step.date)
		}
		c.throttle(h, 200, now)
		if got := c.Clock(); got != step.want {
			t.Errorf("after %q: %v, want %v", step.date, got, step.want)
		}
	}
}
