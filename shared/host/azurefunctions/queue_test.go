package azurefunctions

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"adoport/shared/ingest"
)

func TestQueue(t *testing.T) {
	t.Parallel()
	throttled := fmt.Errorf("walking: %w", &ingest.ThrottledError{System: "Port", After: time.Minute})
	tests := []struct {
		name    string
		count   string
		err     error
		refuses error
		want    int
		sent    []time.Duration
		aside   []string
		log     string
	}{
		{name: "done", count: "1", want: 200},
		{name: "failed", count: "1", err: errBroken, want: 500, log: "tried again"},
		{name: "failed the last time but one", count: "4", err: errBroken, want: 500},
		{name: "failed the last time", count: "5", err: errBroken, want: 200, aside: []string{"broken"}, log: "task is set aside: it failed too often"},
		{name: "failed more often than it should", count: "9", err: errBroken, want: 200, aside: []string{"broken"}},
		{name: "cannot be set aside", count: "5", err: errBroken, refuses: errBroken, want: 500, aside: []string{"broken"}, log: "does not take"},
		{name: "throttled", count: "5", err: throttled, want: 200, sent: []time.Duration{time.Minute}},
		{name: "throttled without a time", count: "1", err: &ingest.ThrottledError{}, want: 200, sent: []time.Duration{leastDelay}},
		{name: "cannot be sent back", count: "1", err: throttled, refuses: errBroken, want: 500, sent: []time.Duration{time.Minute}},
		{name: "not counted", count: "", want: 200},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newStation(0)
			s.box.refuses = tt.refuses
			var got ingest.Delivery
			s.handle = func(_ context.Context, d ingest.Delivery) error {
				got = d
				return tt.err
			}
			status, body := s.invoke(t, "/walk", message(tt.count))
			if status != tt.want || got.Task.Run != "r1" {
				t.Errorf("%d %s after %+v, want %d", status, body, got, tt.want)
			}
			if !slices.Equal(s.box.sent, tt.sent) || !slices.Equal(s.box.aside, tt.aside) {
				t.Errorf("sent back %v, set aside %q; want %v, %q", s.box.sent, s.box.aside, tt.sent, tt.aside)
			}
			if log := s.logs.String(); !strings.Contains(log, tt.log) || log != "" && !strings.Contains(log, `"function":"walk","invocation":"i-42"`) {
				t.Errorf("log %s, want %q and the invocation", log, tt.log)
			}
		})
	}
}

// TestPanic: it fails one invocation, and its stack is in the log only.
func TestPanic(t *testing.T) {
	t.Parallel()
	s := newStation(0)
	s.handle = func(context.Context, ingest.Delivery) error { panic("boom") }
	status, body := s.invoke(t, "/walk", message("1"))
	if status != 500 || !strings.Contains(body, "boom") || strings.Contains(body, "queue_test.go") {
		t.Errorf("%d %s", status, body)
	}
	if !strings.Contains(s.logs.String(), "queue_test.go") {
		t.Errorf("the log has no stack: %s", s.logs.String())
	}
}

// TestNoInvocation: what comes from elsewhere does nothing.
func TestNoInvocation(t *testing.T) {
	t.Parallel()
	s := newStation(0)
	s.handle = func(context.Context, ingest.Delivery) error {
		t.Error("something was handled")
		return nil
	}
	s.tick = func(context.Context) error {
		t.Error("a timer ticked")
		return nil
	}
	for _, tt := range []struct {
		path, body string
		want       int
	}{
		{"/walk", "", 400},
		{"/walk", `{"v":1,"type":"walk"}`, 400},
		{"/walk", `{"Data":{"task":"\"no task\""},"Metadata":{}}`, 400},
		{"/walk", `{"Data":{"other":"\"{}\""},"Metadata":{}}`, 400},
		{"/backfill", `{}`, 400},
		{"/refresh", message("1"), 404},
		{"/api/walk", message("1"), 404},
		{"/walk/", message("1"), 404},
	} {
		if status, body := s.invoke(t, tt.path, tt.body); status != tt.want {
			t.Errorf("%s %s is answered %d %s, want %d", tt.path, tt.body, status, body, tt.want)
		}
	}
}

// TestLimit: what is over the limit waits.
func TestLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStation(2)
		var now, most, done atomic.Int32
		s.handle = func(context.Context, ingest.Delivery) error {
			most.Store(max(most.Load(), now.Add(1)))
			time.Sleep(time.Second)
			now.Add(-1)
			done.Add(1)
			return nil
		}
		for range 7 {
			go s.invoke(t, "/walk", message("1"))
		}
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if most.Load() != 2 || done.Load() != 7 {
			t.Errorf("%d at once and %d in all, want 2 and 7", most.Load(), done.Load())
		}
	})
}

// TestInvocationEnds before the host ends the process.
func TestInvocationEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStation(1)
		s.handle = func(ctx context.Context, _ ingest.Delivery) error {
			<-ctx.Done()
			return ctx.Err()
		}
		began := time.Now()
		if status, _ := s.invoke(t, "/walk", message("1")); status != http.StatusInternalServerError {
			t.Errorf("status %d, want 500", status)
		}
		if took := time.Since(began); took >= 10*time.Minute {
			t.Errorf("it ended after %s, and the host kills after 10 minutes", took)
		}
	})
}

// TestNoRoom: a task for which there is no room goes back soon, so that whoever
// takes it next has time for it, and none of its tries is spent.
func TestNoRoom(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStation(1)
		s.handle = func(context.Context, ingest.Delivery) error {
			time.Sleep(8 * time.Minute)
			return nil
		}
		done := make(chan int)
		go func() {
			status, _ := s.invoke(t, "/walk", message("1"))
			done <- status
		}()
		synctest.Wait()
		began := time.Now()
		if status, body := s.invoke(t, "/walk", message("5")); status != http.StatusOK || len(s.box.aside) != 0 || !slices.Equal(s.box.sent, []time.Duration{leastDelay}) {
			t.Errorf("%d %s; sent back %v, set aside %q", status, body, s.box.sent, s.box.aside)
		}
		if took := time.Since(began); took > invocationTimeout/2 {
			t.Errorf("it waited %s", took)
		}
		if status := <-done; status != http.StatusOK {
			t.Errorf("the one that had room is answered %d", status)
		}
	})
}

// TestHostGoesWhileWaiting: its message comes back, so it is not sent again.
func TestHostGoesWhileWaiting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStation(1)
		s.handle = func(context.Context, ingest.Delivery) error {
			time.Sleep(time.Second)
			return nil
		}
		done := make(chan int)
		go func() {
			status, _ := s.invoke(t, "/walk", message("1"))
			done <- status
		}()
		synctest.Wait()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodPost, "/walk", strings.NewReader(message("1"))))
		if <-done; w.Code != http.StatusInternalServerError || len(s.box.sent) != 0 {
			t.Errorf("%d %s; sent back %v", w.Code, w.Body, s.box.sent)
		}
	})
}
