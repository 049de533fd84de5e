package keyvault

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// tenant is the Entra tenant of the vault and of the identity.
const tenant = "11111111-2222-4333-8444-555555555555"

func version(n int) string { return fmt.Sprintf("%032x", n) }

// serveVault returns the vault. Without a version clients ask with a slash at the
// end.
func (s *Server) serveVault() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /secrets/{name}/{$}", s.getSecret)
	mux.HandleFunc("GET /secrets/{name}", s.getSecret)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		refusal{status: http.StatusNotFound, code: "NotSupported", message: "The simulator has no such operation."}.vault(w, r)
	})
	return mux
}

func (s *Server) getSecret(w http.ResponseWriter, r *http.Request) {
	name := strings.ToLower(r.PathValue("name"))
	refused, unauthorized := s.admit(r, name)
	if unauthorized {
		s.challenge(w)
	}
	if refused == nil && !s.delay(r) {
		refused = &refusal{status: http.StatusServiceUnavailable, message: "The server ends."}
	}
	var found *stored
	if refused == nil {
		found, refused = s.find(name)
	}
	if refused != nil {
		refused.vault(w, r)
		return
	}
	reply(w, http.StatusOK, map[string]any{
		"value": found.value, "id": s.URL() + "/secrets/" + name + "/" + found.version,
		"attributes": attributes(found),
	})
}

// admit checks the token and counts the request. A 401 comes with a challenge:
// it tells clients, which send their first request without a token, what to get
// one for.
func (s *Server) admit(r *http.Request, name string) (_ *refusal, unauthorized bool) {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	switch {
	case !ok:
		return &refusal{status: http.StatusUnauthorized, code: "Unauthorized", message: "AKV10000: Request is missing a Bearer or PoP token."}, true
	case !s.Accepts(token, s.Resource()):
		return &refusal{status: http.StatusUnauthorized, code: "Unauthorized", message: "AKV10022: Invalid audience."}, true
	case r.URL.Query().Get("api-version") == "":
		return &refusal{status: http.StatusBadRequest, code: "BadParameter", message: "api-version must be specified."}, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reads[name]++
	return nil, false
}

// challenge asks for a token. The vendor's client takes a resource only if the
// vault's host is below it, and 127.0.0.1:port is below 0.0.1:port: so the client
// needs no option that takes a check away.
func (s *Server) challenge(w http.ResponseWriter) {
	w.Header().Set("WWW-Authenticate", `Bearer authorization="https://login.microsoftonline.com/`+tenant+`", resource="`+s.Resource()+`"`)
}

// delay is false if the server ends.
func (s *Server) delay(r *http.Request) bool {
	s.mu.Lock()
	d := s.slow
	s.mu.Unlock()
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-r.Context().Done():
		// The client gave up, but may still take an answer that comes at once.
		panic(http.ErrAbortHandler)
	case <-s.closing:
	}
	return false
}

func (s *Server) find(name string) (*stored, *refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.secrets[name]
	switch {
	case s.refusal != nil:
		return nil, s.refusal
	case v == nil:
		return nil, &refusal{status: http.StatusNotFound, code: "SecretNotFound", message: "A secret with (name/id) " + name + " was not found in this key vault."}
	case v.disabled:
		return nil, &refusal{status: http.StatusForbidden, code: "Forbidden", inner: "SecretDisabled", message: "Operation get is not allowed on a disabled secret."}
	}
	found := *v
	return &found, nil
}

func attributes(v *stored) map[string]any {
	a := map[string]any{
		"enabled": true, "created": v.updated.Unix(), "updated": v.updated.Unix(),
		"recoveryLevel": "Recoverable+Purgeable", "recoverableDays": 90,
	}
	if !v.expires.IsZero() {
		a["exp"] = v.expires.Unix()
	}
	return a
}
