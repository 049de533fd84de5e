package functionshost

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strings"
)

// maxAdminBody is enough for the input of a manual run: queue messages are 64 KiB.
const maxAdminBody = 1 << 20

// serveAdmin serves what operators use, with the master key: POST
// /admin/functions/{name}, and GET /admin/functions/{name}/status (host,
// FunctionsController.cs).
func (h *Host) serveAdmin(w http.ResponseWriter, r *http.Request) {
	if h.options.level(r) < admin {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	switch {
	case len(parts) == 3 && strings.EqualFold(parts[1], "functions") && r.Method == http.MethodPost:
		h.serveRun(w, r, parts[2])
	case len(parts) == 4 && strings.EqualFold(parts[1], "functions") && strings.EqualFold(parts[3], "status") && r.Method == http.MethodGet:
		h.serveStatus(w, parts[2])
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

// serveRun runs a function in the background and answers 202. The body must be
// JSON and be called JSON: {"input":"..."}, or {}.
func (h *Host) serveRun(w http.ResponseWriter, r *http.Request, name string) {
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/json" {
		w.WriteHeader(http.StatusUnsupportedMediaType)
		return
	}
	var body *struct {
		Input *string `json:"input"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxAdminBody)).Decode(&body); err != nil || body == nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	var input string
	if body.Input != nil {
		input = *body.Input
	}
	run, err := h.manual(name, input)
	switch {
	case errors.Is(err, ErrUnknownFunction):
		w.WriteHeader(http.StatusNotFound)
	case err != nil:
		textAnswer(http.StatusNotImplemented, "text/plain; charset=utf-8", err.Error()).write(w)
	case !h.background(func() { run() }):
		w.WriteHeader(http.StatusServiceUnavailable)
	default:
		w.WriteHeader(http.StatusAccepted)
	}
}

// serveStatus tells what is wrong with a function: {} if nothing is.
func (h *Host) serveStatus(w http.ResponseWriter, name string) {
	status := struct {
		Errors []string `json:"errors,omitempty"`
	}{}
	for failed, err := range h.errors {
		if strings.EqualFold(failed, name) {
			status.Errors = append(status.Errors, err.Error())
		}
	}
	if len(status.Errors) == 0 && h.function(name) == nil {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	text, err := compact(status)
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	textAnswer(http.StatusOK, "application/json; charset=utf-8", string(text)).write(w)
}

// Trigger runs a function as POST /admin/functions/{name} does, with an input that
// is a queue's message or nothing for a timer, and waits for its end. It does not
// wait for a run that is under way, and runs disabled functions too. The error is
// about the name or ctx; how the run ended is in the Invocation. HTTP functions are
// not run: send a request.
func (h *Host) Trigger(ctx context.Context, name, input string) (Invocation, error) {
	run, err := h.manual(name, input)
	if err != nil {
		return Invocation{}, err
	}
	return h.wait(ctx, run)
}

// manual returns what makes a manual run.
func (h *Host) manual(name, input string) (run func() Invocation, err error) {
	f := h.function(name)
	switch {
	case f == nil:
		return nil, fmt.Errorf("running %q: %w", name, ErrUnknownFunction)
	case f.schedule != nil:
		return func() Invocation { return h.executeWithRetries(f, h.manualTimer(f)) }, nil
	case f.queue != nil:
		return func() Invocation { return h.execute(f, h.manualMessage(f, input)) }, nil
	}
	return nil, fmt.Errorf("running %s: a manual run of an HTTP function is not emulated: send a request", f.name)
}
