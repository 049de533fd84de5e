package transport

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"
	"time"

	"adoport/shared/ingest"
)

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	tests := map[string]time.Duration{
		"":                              0,
		"0":                             0,
		"7":                             7 * time.Second,
		"1.5":                           1500 * time.Millisecond,
		"-3":                            0,
		"soon":                          0,
		"NaN":                           0,
		"Inf":                           24 * time.Hour,
		"1e300":                         24 * time.Hour,
		"Fri, 02 Jan 2026 03:05:05 GMT": time.Minute,
		"Fri, 02 Jan 2026 03:03:05 GMT": 0,
	}
	for value, want := range tests {
		h := http.Header{}
		if value != "" {
			h.Set("Retry-After", value)
		}
		if got := RetryAfter(h, now); got != want {
			t.Errorf("%q: %v, want %v", value, got, want)
		}
	}
}

// TestGateHoldsEveryoneBack lets an answer of 200 ask for a wait, and shows that
// the next request does not pass before it is over.
func TestGateHoldsEveryoneBack(t *testing.T) {
	t.Parallel()
	const pause = 50 * time.Millisecond
	var mu sync.Mutex
	var arrived []time.Time
	client, url, _ := serve(t, Options{}, func(n int, w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		arrived = append(arrived, time.Now())
		if n == 1 {
			w.Header().Set("Retry-After", "0.05")
		}
	})
	for range 2 {
		if _, err := client.Do(t.Context(), Request{Method: http.MethodGet, URL: url}); err != nil {
			t.Fatal(err)
		}
	}
	if got := arrived[1].Sub(arrived[0]); got < pause {
		t.Errorf("the second request came after %v, want at least %v", got, pause)
	}
	if client.Stats().Waited == 0 {
		t.Error("the wait is not counted")
	}
}

// TestLiveRequestsGoFirst fills every slot that a backfill gets, and shows that a
// live request is still answered.
func TestLiveRequestsGoFirst(t *testing.T) {
	t.Parallel()
	hold := make(chan struct{})
	var release sync.Once
	client, url, _ := serve(t, Options{MaxInFlight: 4}, func(_ int, _ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/bulk" {
			<-hold
		}
	})
	defer release.Do(func() { close(hold) })
	var bulk sync.WaitGroup
	for range 8 {
		bulk.Go(func() {
			if _, err := client.Do(t.Context(), Request{Method: http.MethodGet, URL: url + "/bulk"}); err != nil {
				t.Error(err)
			}
		})
	}
	for client.Stats().Requests < 3 {
		time.Sleep(time.Millisecond)
	}
	if _, err := client.Do(Live(t.Context()), Request{Method: http.MethodGet, URL: url + "/live"}); err != nil {
		t.Error(err)
	}
	if got := client.Stats().Requests; got != 4 {
		t.Errorf("%d requests were sent, want 3 of the backfill and the live one", got)
	}
	release.Do(func() { close(hold) })
	bulk.Wait()
}

func TestLongWaitIsGivenBack(t *testing.T) {
	t.Parallel()
	withDeadline := func(t *testing.T) context.Context {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		t.Cleanup(cancel)
		return ctx
	}
	tests := map[string]struct {
		o   Options
		ctx func(*testing.T) context.Context
	}{
		"longer than MaxWait":     {Options{MaxWait: time.Second}, (*testing.T).Context},
		"longer than the context": {Options{}, withDeadline},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, url, sent := serve(t, test.o, func(_ int, w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Retry-After", "600")
				w.WriteHeader(http.StatusTooManyRequests)
			})
			_, err := client.Do(test.ctx(t), Request{Method: http.MethodGet, URL: url})
			var throttled *ingest.ThrottledError
			if !errors.As(err, &throttled) || throttled.After < 590*time.Second {
				t.Fatalf("error %v", err)
			}
			if sent.Load() != 1 {
				t.Errorf("%d requests", sent.Load())
			}
		})
	}
}
