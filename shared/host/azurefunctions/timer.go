package azurefunctions

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
)

// Timer adds a function that is triggered by a timer. Its binding may have any
// name. An error of do fails the invocation.
func (s *Server) Timer(function string, do func(context.Context) error) {
	s.mux.Handle("POST /"+function, s.invoked(function, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e, err := readEnvelope(w, r)
		if err != nil {
			s.refuse(w, r, err)
			return
		}
		if isPastDue(e) {
			s.log.LogAttrs(r.Context(), slog.LevelInfo, "the timer is late: a tick was missed")
		}
		ctx, cancel := context.WithTimeout(r.Context(), invocationTimeout)
		defer cancel()
		if err := safely(func() error { return do(ctx) }); err != nil {
			s.log.LogAttrs(ctx, slog.LevelError, "timer failed", slog.Any("error", err))
			fail(w, http.StatusInternalServerError, err)
			return
		}
		succeed(w)
	})))
}

// isPastDue reads the one field of a TimerInfo that is of use. Its times have no
// zone before the first tick, its ScheduleStatus may be null, and a manual
// invocation has neither.
func isPastDue(e envelope) bool {
	for _, raw := range e.Data {
		var info struct{ IsPastDue json.RawMessage }
		if json.Unmarshal([]byte(unwrap(raw)), &info) == nil && strings.EqualFold(unwrap(info.IsPastDue), "true") {
			return true
		}
	}
	return false
}

// refuse answers what is no invocation.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	s.log.LogAttrs(r.Context(), slog.LevelError, "not an invocation", slog.Any("error", err))
	fail(w, http.StatusBadRequest, err)
}
