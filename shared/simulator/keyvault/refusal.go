package keyvault

import (
	"encoding/json"
	"net/http"
)

// refusal is an answer that is not a success.
type refusal struct {
	status               int
	code, inner, message string
}

// quote adds to the message all that a client sent and MUST NOT print, so that
// tests see it if it does.
func (f refusal) quote(r *http.Request) string {
	return f.message + " Request: " + r.Method + " " + r.URL.RequestURI() +
		", " + r.Header.Get("Authorization") + ", " + r.Header.Get(identityHeader)
}

// vault writes it as Key Vault does.
func (f refusal) vault(w http.ResponseWriter, r *http.Request) {
	body := map[string]any{"code": f.code, "message": f.quote(r)}
	if f.inner != "" {
		body["innererror"] = map[string]any{"code": f.inner}
	}
	reply(w, f.status, map[string]any{"error": body})
}

// identity writes it as the identity endpoint of App Service does.
func (f refusal) identity(w http.ResponseWriter, r *http.Request) {
	reply(w, f.status, map[string]any{"statusCode": f.status, "message": f.quote(r), "correlationId": guid()})
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // a client that went away
}
