package azurestorage

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"adoport/shared/storageaccount"
)

// inBubble returns a queue with default options whose requests f answers, for
// tests in which time stands still until all wait.
func inBubble(t *testing.T, f transportFunc) *Queue {
	t.Helper()
	var o Options
	o.Client.Transport = f
	q, err := New(storageaccount.Account{ConnectionString: "AccountName=a;AccountKey=" + secret}, "live", o)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func answer(r *http.Request, status int, body string) *http.Response {
	return &http.Response{Request: r, StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
}

// TestHookTime: who answers a service hook has 5 s for a Send. One try that hangs,
// or a few that fail, leave time for one that works.
func TestHookTime(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		bad  int64
		fail transportFunc
	}{
		"a hanging connection": {1, func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		}},
		"a busy service": {4, func(r *http.Request) (*http.Response, error) { return answer(r, 503, ""), nil }},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var tries atomic.Int64
				q := inBubble(t, func(r *http.Request) (*http.Response, error) {
					if tries.Add(1) <= tt.bad {
						return tt.fail(r)
					}
					return answer(r, 201, "<QueueMessagesList></QueueMessagesList>"), nil
				})
				ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
				defer cancel()
				if err := q.Send(ctx, 0, task(1)); err != nil {
					t.Errorf("Send = %v after %d tries", err, tries.Load())
				}
			})
		})
	}
}

// TestPolling: an empty queue is looked at less and less often, and at once when
// this process sends to it.
func TestPolling(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var looks []time.Duration
		begin := time.Now()
		q := inBubble(t, func(r *http.Request) (*http.Response, error) {
			if r.Method == http.MethodGet {
				looks = append(looks, time.Since(begin))
				return answer(r, 200, "<QueueMessagesList></QueueMessagesList>"), nil
			}
			return answer(r, 201, "<QueueMessagesList></QueueMessagesList>"), nil
		})
		ctx, cancel := context.WithTimeout(t.Context(), 9*time.Second)
		defer cancel()
		done := make(chan error)
		go func() {
			_, err := q.Receive(ctx, 1, time.Minute)
			done <- err
		}()
		time.Sleep(6 * time.Second)
		if err := q.Send(ctx, time.Minute, task(1)); err != nil { // wakes nobody
			t.Error(err)
		}
		time.Sleep(500 * time.Millisecond)
		if err := q.Send(ctx, 0, task(1)); err != nil {
			t.Error(err)
		}
		if err := <-done; err == nil {
			t.Error("Receive gave something")
		}
		want := []time.Duration{0, 100, 300, 700, 1500, 3100, 5100, 6500, 6600, 6800, 7200, 8000}
		for i := range want {
			want[i] *= time.Millisecond
		}
		if diff := cmp.Diff(want, looks); diff != "" {
			t.Errorf("looked after (-want +got):\n%s", diff)
		}
	})
}

// TestNewSendsNothing: whoever starts has no time to wait for a service.
func TestNewSendsNothing(t *testing.T) {
	t.Parallel()
	inBubble(t, func(r *http.Request) (*http.Response, error) {
		t.Errorf("%s %s was sent", r.Method, r.URL.Path)
		return answer(r, 500, ""), nil
	})
}
