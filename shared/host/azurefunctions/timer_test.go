package azurefunctions

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestTimer: the shapes that a TimerInfo has before the first tick, without a
// monitor, late, and at a manual invocation.
func TestTimer(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		data string
		late bool
	}{
		"the first tick": {`{"timer":{"Schedule":{"AdjustForDST":true},"ScheduleStatus":{"Last":"0001-01-01T00:00:00","Next":"2026-03-01T12:00:00+00:00","LastUpdated":"2026-03-01T11:00:00.5+00:00"},"IsPastDue":false}}`, false},
		"no monitor":     {`{"timer":{"Schedule":{},"ScheduleStatus":null,"IsPastDue":false}}`, false},
		"late":           {`{"timer":{"IsPastDue":true}}`, true},
		"late, as text":  {`{"timer":"{\"IsPastDue\":\"True\"}"}`, true},
		"by hand":        {`{"timer":"\"\""}`, false},
		"by hand, null":  {`{"timer":null}`, false},
		"no data":        {`{}`, false},
	} {
		s := newStation(0)
		ticks := 0
		s.tick = func(context.Context) error {
			ticks++
			return nil
		}
		status, body := s.invoke(t, "/backfill", `{"Data":`+tt.data+`,"Metadata":{"sys":{"MethodName":"backfill"}}}`)
		if status != 200 || ticks != 1 || strings.Contains(s.logs.String(), "late") != tt.late {
			t.Errorf("%s: %d %s after %d ticks; log %s", name, status, body, ticks, s.logs.String())
		}
	}
}

func TestTimerFails(t *testing.T) {
	t.Parallel()
	s := newStation(0)
	for name, tick := range map[string]func(context.Context) error{
		"an error": func(context.Context) error { return errors.New("broken") },
		"a panic":  func(context.Context) error { panic("broken") },
	} {
		s.tick = tick
		if status, body := s.invoke(t, "/backfill", `{"Data":{"timer":{}},"Metadata":{}}`); status != 500 || !strings.Contains(body, "broken") {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
}

// TestReady: the host asks until it gets any answer.
func TestReady(t *testing.T) {
	t.Parallel()
	s := newStation(0)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	if w.Code != 200 || w.Body.String() != `{"Outputs":{},"Logs":[],"ReturnValue":null}` {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if status, _ := s.invoke(t, "/", "{}"); status != 404 && status != 405 {
		t.Errorf("POST / is answered %d", status)
	}
}

// TestHTTP: a function gets a request as it came, and its lines tell which
// invocation they are of.
func TestHTTP(t *testing.T) {
	t.Parallel()
	s := newStation(0)
	s.HTTP("servicehooks", "/api/servicehooks", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.log.InfoContext(r.Context(), "taken")
		s.log.With(slog.Int("a", 1)).WithGroup("g").InfoContext(r.Context(), "in a group")
		w.WriteHeader(http.StatusAccepted)
		_, _ = w.Write([]byte("{}"))
	}))
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodPut, "/api/servicehooks?x=1", strings.NewReader("body"))
	r.Header.Set(invocationHeader, "i-7")
	s.ServeHTTP(w, r)
	if w.Code != 202 {
		t.Errorf("status %d", w.Code)
	}
	if log := s.logs.String(); strings.Count(log, `"function":"servicehooks","invocation":"i-7"`) != 2 {
		t.Errorf("log %s", log)
	}
}
