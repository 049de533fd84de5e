package azuredevops

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
)

// object is a JSON object under construction.
type object = map[string]any

func link(href string) object { return object{"href": href} }

const (
	jsonType = "application/json; charset=utf-8; api-version=7.1"
	htmlType = "text/html; charset=utf-8"
)

// reply is an answer that is ready to be written: it shares no data with the
// server, so that it can be written without its lock.
type reply struct {
	status       int
	contentType  string
	body         []byte
	continuation string
}

func jsonReply(status int, v any) reply {
	return reply{status: status, contentType: jsonType, body: mustEncode(v)}
}

// listReply answers with the list shape of the service.
func listReply(values []object) reply {
	if values == nil {
		values = []object{}
	}
	return jsonReply(http.StatusOK, object{"count": len(values), "value": values})
}

// mustEncode encodes what this package built itself; that MUST be encodable.
// Unlike json.Marshal it leaves <, > and & alone, as the service does.
func mustEncode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic("azuredevops simulator: " + err.Error())
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

var byteOrderMark = []byte("\ufeff")

func (a reply) write(w http.ResponseWriter, bom bool, activity string) {
	body := a.body
	if bom && a.contentType == jsonType {
		body = append(bytes.Clone(byteOrderMark), body...)
	}
	h := w.Header()
	h.Set("X-VSS-E2EID", activity)
	h.Set("ActivityId", activity)
	if a.contentType != "" {
		h.Set("Content-Type", a.contentType)
	}
	if a.continuation != "" {
		h.Set("x-ms-continuationtoken", a.continuation)
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(a.status)
	_, _ = w.Write(body) // a client that went away is not our concern
}
