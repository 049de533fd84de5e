package functionshost

import (
	"context"
	"net/http"
	"strings"
)

// ServeHTTP answers a request as the host does: its own endpoints, then the
// functions, the first whose route and method match; else 404. What is not the
// route of an HTTP function does not reach the handler.
func (h *Host) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch path := strings.ToLower(r.URL.Path); {
	case path == "/":
		h.home(w)
	case path == "/admin" || strings.HasPrefix(path, "/admin/"):
		h.serveAdmin(w, r)
	default:
		h.throttle.serve(w, func() { h.serveFunction(w, r) })
	}
}

// home is the page that says that the app is up, or nothing if that is switched
// off (Learn, "App settings reference for Azure Functions", AzureWebJobsDisableHomepage).
func (h *Host) home(w http.ResponseWriter) {
	if value, _ := h.settings.get("AzureWebJobsDisableHomepage"); strings.EqualFold(value, "true") {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	textAnswer(http.StatusOK, "text/html", "Your Functions app is up and running").write(w)
}

// serveFunction finds the function, checks the key and invokes.
func (h *Host) serveFunction(w http.ResponseWriter, r *http.Request) {
	for _, f := range h.functions {
		if f.route == nil {
			continue
		}
		parameters, ok := f.route.match(r)
		if !ok {
			continue
		}
		level := h.options.level(r)
		switch {
		case f.disabled && level < admin:
			w.WriteHeader(http.StatusNotFound)
		case level < f.route.level:
			w.WriteHeader(http.StatusUnauthorized)
		default:
			h.invokeHTTP(f, w, r, parameters)
		}
		return
	}
	w.WriteHeader(http.StatusNotFound)
}

// reasonHTTP is why an HTTP function runs, in the host's words.
const reasonHTTP = "This function was programmatically called via the host APIs."

// invokeHTTP runs an HTTP function. A failure is a 500 without a body.
func (h *Host) invokeHTTP(f *function, w http.ResponseWriter, r *http.Request, parameters map[string]string) {
	tracked := &trackedWriter{ResponseWriter: w}
	call := func(ctx context.Context, id string) error {
		both, cancel := context.WithCancelCause(r.Context())
		defer cancel(nil)
		defer context.AfterFunc(ctx, func() { cancel(context.Cause(ctx)) })()
		return h.callHTTP(both, f, tracked, r, parameters, id)
	}
	i := h.execute(f, event{reason: reasonHTTP, call: call})
	switch {
	case i.Err == nil:
	case tracked.begun:
		panic(http.ErrAbortHandler) // the client sees that the answer broke off
	default:
		w.WriteHeader(http.StatusInternalServerError)
	}
}

// callHTTP sends a request to the handler in the mode of the function (host,
// DefaultHttpWorkerService.cs, InvokeAsync).
func (h *Host) callHTTP(ctx context.Context, f *function, w http.ResponseWriter, r *http.Request, parameters map[string]string, id string) error {
	if f.isHTTPInAndOut() && h.config.handler.proxy {
		err := h.proxy(ctx, w, r, id)
		gone := r.Context().Err() != nil
		drain(w, r.Body)
		if err != nil && gone {
			h.logs.write(Information, proxying, "The client disconnected while the function was processing the request.")
			return nil
		}
		return err
	}
	var answer httpAnswer
	var err error
	if f.isHTTPInAndOut() && h.config.handler.forward {
		answer, err = h.forward(ctx, r, id)
	} else {
		answer, err = h.callDefaultHTTP(ctx, f, r, parameters, id)
	}
	if err == nil {
		answer.write(w)
	}
	return err
}

// callDefaultHTTP wraps a request in an envelope.
func (h *Host) callDefaultHTTP(ctx context.Context, f *function, r *http.Request, parameters map[string]string, id string) (httpAnswer, error) {
	e, err := requestEnvelope(f, r, parameters)
	if err != nil {
		return httpAnswer{}, err
	}
	result, err := h.invoke(ctx, f, id, e)
	if err != nil {
		return httpAnswer{}, err
	}
	return result.httpAnswer(f)
}

// trackedWriter remembers whether an answer was begun.
type trackedWriter struct {
	http.ResponseWriter
	begun bool
}

// Unwrap lets http.ResponseController flush.
func (w *trackedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *trackedWriter) WriteHeader(status int) {
	w.begun = w.begun || status >= 200
	w.ResponseWriter.WriteHeader(status)
}

func (w *trackedWriter) Write(p []byte) (int, error) {
	w.begun = true
	return w.ResponseWriter.Write(p)
}
