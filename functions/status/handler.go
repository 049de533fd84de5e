// Package status is the function that shows how Adoport is doing: GET
// /api/status. Programs get a JSON document, browsers one page that loads nothing
// else. Neither has secrets or the contents of items in it.
package status

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"adoport/shared/basicauth"
)

type handler struct {
	o       Options
	reports reports
}

// New returns the handler, whatever path requests come by. It answers GET and
// HEAD: a Document as JSON, or the same as a page if text/html is accepted. Who
// has no credentials gets 401; see Options.TrustLoopback.
//
// What cannot be read is named in the answer, which is 200 nevertheless. It is
// 503 if nothing that could fail could be read.
func New(o Options) http.Handler {
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &handler{o: o, reports: reports{report: o.Report}}
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		refuse(w, http.StatusMethodNotAllowed, "the status is read with GET")
		return
	}
	if !h.admits(w, r) {
		return
	}
	document, readable := h.collect(r.Context())
	status := http.StatusOK
	if !readable {
		status = http.StatusServiceUnavailable
	}
	w.Header().Set("Vary", "Accept")
	if wantsHTML(r.Header) {
		w.Header().Set("Content-Security-Policy", pagePolicy)
		write(w, status, "text/html; charset=utf-8", document.page())
		return
	}
	body, err := json.MarshalIndent(document, "", "  ")
	if err != nil {
		h.o.Logger.LogAttrs(r.Context(), slog.LevelError, "the status cannot be written", slog.Any("error", err))
		refuse(w, http.StatusServiceUnavailable, "the status cannot be written")
		return
	}
	write(w, status, "application/json", append(body, '\n'))
}

// admits reports whether a request may see the status, and answers one that may
// not.
func (h *handler) admits(w http.ResponseWriter, r *http.Request) bool {
	if h.o.TrustLoopback && isLocal(r) {
		return true
	}
	accepted, err := h.o.Credentials.Accepts(r)
	switch {
	case err != nil:
		h.o.Logger.LogAttrs(r.Context(), slog.LevelError, "the passwords cannot be read", slog.Any("error", err))
		refuse(w, http.StatusServiceUnavailable, "the password cannot be checked now")
	case !accepted:
		basicauth.Challenge(w.Header())
		refuse(w, http.StatusUnauthorized, "user name or password is missing or wrong")
	}
	return accepted
}

func refuse(w http.ResponseWriter, status int, reason string) {
	write(w, status, "application/json", []byte(`{"error":`+strconv.Quote(reason)+"}\n"))
}

// write sends an answer that nobody may keep or embed. Nothing can be done about
// a client that has gone.
func write(w http.ResponseWriter, status int, media string, body []byte) {
	h := w.Header()
	h.Set("Content-Type", media)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Referrer-Policy", "no-referrer")
	w.WriteHeader(status)
	_, _ = bytes.NewReader(body).WriteTo(w)
}

// errPanic is what a part of the status failed with that panicked.
var errPanic = errors.New("an internal error; the log has the details")
