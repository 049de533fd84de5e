package azuredevops

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"adoport/shared/transport"
)

// judge finds the answers that are no success although their status may say so.
// Azure DevOps answers refused credentials with a sign-in page, under 203, 302
// or 200; taken for data it would be an empty list, and everything would seem to
// be deleted. An HTML body under a status that is a failure anyway is only that.
type judge struct {
	// redact takes secrets out of what the server sent.
	redact func(string) string
}

// answer judges one answer, as transport.Options.Judge.
func (j judge) answer(r *transport.Response) error {
	switch {
	case r.Status == http.StatusNonAuthoritativeInfo:
		return j.signIn(r, "which is how it answers a token that it does not accept")
	case r.Status >= 300 && r.Status < 400:
		return j.signIn(r, "a redirect"+target(r.Header))
	case r.Status < 200 || r.Status > 299 || r.Status == http.StatusNoContent:
		return nil
	}
	return j.body(r)
}

// body looks at the body of a success: it MUST be one whole JSON value.
func (j judge) body(r *transport.Response) error {
	body := bytes.TrimSpace(withoutBOM(r.Body))
	kind := mediaType(r.Header)
	switch {
	case kind == "text/html" || bytes.HasPrefix(body, []byte("<")):
		return j.signIn(r, "a page for people"+title(body))
	case len(body) == 0:
		return transport.Transient(fmt.Errorf("it answered %d with an empty body", r.Status))
	case r.Status == http.StatusPartialContent:
		return transport.Transient(errors.New("it answered 206, a part of what was asked for"))
	case json.Valid(body):
		return nil
	case kind == "" || kind == "text/json" || strings.HasSuffix(kind, "json") || body[0] == '{' || body[0] == '[':
		return transport.Transient(fmt.Errorf("it answered %d with JSON that is broken or cut off (%d bytes)", r.Status, len(r.Body)))
	default:
		return j.signIn(r, fmt.Sprintf("%q instead of JSON", kind))
	}
}

func (j judge) signIn(r *transport.Response, what string) error {
	return transport.Unauthorized(fmt.Errorf("it answered %d, %s", r.Status, j.redact(what)))
}

// mediaType is the content type without its parameters, "" if there is none.
func mediaType(h http.Header) string {
	value := h.Get("Content-Type")
	kind, _, err := mime.ParseMediaType(value)
	if err != nil {
		kind, _, _ = strings.Cut(value, ";")
	}
	return strings.ToLower(strings.TrimSpace(kind))
}

// target is where a redirect leads: the host only, for the rest of a sign-in
// address is long and may hold what nobody should log.
func target(h http.Header) string {
	u, err := url.Parse(h.Get("Location"))
	if err != nil || u.Host == "" {
		return ""
	}
	return " to " + u.Host
}

func title(page []byte) string {
	if t := pageTitle(page); t != "" {
		return fmt.Sprintf(" titled %q", t)
	}
	return ""
}
