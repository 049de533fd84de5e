// Package servicehooks is the function that takes Azure DevOps' service hooks:
// POST /api/servicehooks. It queues what an event points at and answers; reading
// and writing are done by others.
//
// An answer of success MUST mean that the tasks are durably queued. Azure DevOps
// sends again only what was answered 408, 502, 503 or 504. 410 disables the
// subscription, and any other failure puts it on probation, while events are
// lost (Learn, "Troubleshoot service hooks"). So whatever goes wrong on our side
// is answered 503, also a panic; 500, 429 and 410 are never answered.
package servicehooks

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"slices"

	"adoport/shared/ingest"
	"adoport/shared/servicehook"
)

type handler struct{ o Options }

// New returns the handler of the deliveries, whatever path they come by. Its
// answers are JSON:
//
//   - 202 {"outcome":"queued","tasks":[{"kind":"work-item","id":"7"}]}: queued
//     durably;
//   - 200 {"outcome":"ignored","reason":"…"}: the event itself means nothing to
//     us. It has tasks too if the event's project was queued;
//   - 400, 401, 405, 408, 413, 415 {"outcome":"refused","reason":"…"}: no event;
//   - 503 {"outcome":"unavailable","reason":"…"} with Retry-After: send it again.
//
// The body has 10 seconds to arrive where the host can set such a limit; the
// headers are up to the host.
func New(o Options) http.Handler {
	return &handler{o: o.withDefaults()}
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a := h.safely(w, r)
	h.tell(r, a)
	a.write(w)
}

// safely answers 503 in place of a panic, which net/http would turn into a
// broken connection, and a host into 500: it would be our fault, and the event
// would be lost.
func (h *handler) safely(w http.ResponseWriter, r *http.Request) (a answer) {
	defer func() {
		if p := recover(); p != nil {
			a = unavailable(notQueued, &panicError{value: p, stack: debug.Stack()})
		}
	}()
	body, a, ok := h.receive(w, r)
	if !ok {
		return a
	}
	return h.take(r.Context(), body)
}

// take queues what an event points at.
func (h *handler) take(ctx context.Context, body []byte) answer {
	o, err := servicehook.Parse(body)
	if err != nil {
		// The error of Parse holds nothing of the body.
		return refused(http.StatusBadRequest, err.Error())
	}
	refs, cause, reason := h.pointers(o)
	a := accepted(o, cause, reason, refs)
	if len(refs) == 0 {
		return a
	}
	sending, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	task := ingest.Task{Version: ingest.TaskVersion, Type: ingest.Refresh, Refs: refs}
	if err := h.o.Queue.Send(sending, 0, task); err != nil {
		lost := unavailable(notQueued, fmt.Errorf("queueing an event: %w", err))
		lost.event.Type, lost.event.CreatedAt, lost.delivery = a.event.Type, a.event.CreatedAt, a.delivery
		return lost
	}
	return a
}

// pointers are what to read because of an event. If that is nothing but its
// project, cause and reason say why the event itself is ignored.
func (h *handler) pointers(o servicehook.Outcome) (refs []ingest.Ref, cause servicehook.Cause, reason string) {
	cause, reason = o.Cause, o.Ignored
	for _, ref := range o.Refs {
		if slices.Contains(h.o.Kinds, ref.Kind) {
			refs = append(refs, ref)
		} else {
			cause, reason = Unmapped, fmt.Sprintf("kind %s is not mapped", ref.Kind)
		}
	}
	if len(refs) > 0 {
		cause, reason = servicehook.Handled, ""
	}
	// The project of an event may be new to the catalog, and no event tells of
	// projects. That of a test is made up.
	project := o.Project
	if project.ID == "" || o.Test || !slices.Contains(h.o.Kinds, project.Kind) {
		return refs, cause, reason
	}
	project.IfAbsent = true
	return append(refs, project), cause, reason
}

// tell puts a delivery into the log and into the status.
func (h *handler) tell(r *http.Request, a answer) {
	level, message := a.level()
	if h.o.Logger.Enabled(r.Context(), level) {
		h.o.Logger.LogAttrs(r.Context(), level, message, a.attrs(r)...)
	}
	if h.o.Observe != nil {
		h.o.Observe(a.event)
	}
}

// panicError is a panic and where it happened.
type panicError struct {
	value any
	stack []byte
}

func (e *panicError) Error() string { return fmt.Sprintf("panic: %v", e.value) }

// LogValue shows the stack, which the error's text leaves out.
func (e *panicError) LogValue() slog.Value {
	return slog.GroupValue(slog.String("panic", fmt.Sprint(e.value)), slog.String("stack", string(e.stack)))
}
