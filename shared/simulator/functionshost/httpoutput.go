package functionshost

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"strings"
)

// httpAnswer is what the http binding makes of its output.
type httpAnswer struct {
	status int
	header http.Header
	body   []byte
}

// httpOutput is the shape that the http binding wants (host, HttpOutputBindingResponse.cs).
type httpOutput struct {
	StatusCode json.RawMessage
	Status     json.RawMessage
	Body       json.RawMessage
	Headers    map[string]json.RawMessage
}

// errHTTPOutput is how the host tells of a wrong shape.
var errHTTPOutput error = hostError("Failed while trying to Deserialize to httpOutputBindingResponse")

// httpAnswer returns the answer to the client of a function in the default mode: a
// 200 without a body if it has no http binding.
func (r *result) httpAnswer(f *function) (httpAnswer, error) {
	for _, b := range f.outputs() {
		if !strings.EqualFold(b.Type, "http") {
			continue
		}
		value := r.output(f, b)
		if b.Name == returnBinding {
			return returned(value)
		}
		return parseHTTPOutput(value)
	}
	return httpAnswer{status: http.StatusOK}, nil
}

// parseHTTPOutput reads {statusCode|status, headers, body}, or a string with that.
// What is missing altogether is an empty object, which the client gets.
func parseHTTPOutput(value json.RawMessage) (httpAnswer, error) {
	if value == nil {
		return textAnswer(http.StatusOK, "application/json; charset=utf-8", "{}"), nil
	}
	if text, ok := stringOf(value); ok {
		value = json.RawMessage(text)
	}
	var output *httpOutput
	if err := json.Unmarshal(value, &output); err != nil {
		return httpAnswer{}, fmt.Errorf("%w: %w", errHTTPOutput, err)
	}
	if output == nil { // the text null
		return textAnswer(http.StatusOK, "application/json; charset=utf-8", "{}"), nil
	}
	return output.answer(), nil
}

// answer converts the output. Bodies that are arrays are not written as JSON (host
// issue 6575).
func (o *httpOutput) answer() httpAnswer {
	a := httpAnswer{status: o.status(), header: http.Header{}}
	if text, ok := stringOf(o.Body); ok {
		a = textAnswer(a.status, "text/plain; charset=utf-8", text)
	} else if body := notNull(o.Body); body != nil {
		text := string(body)
		if body[0] == '[' {
			text = "System.Collections.Generic.List`1[System.Object]"
		}
		a = textAnswer(a.status, "application/json; charset=utf-8", text)
	}
	for name, raw := range o.Headers {
		if value, ok := scalarText(raw); ok {
			a.header.Set(name, value)
		}
	}
	return a
}

// status returns StatusCode, else Status, else 200.
func (o *httpOutput) status() int {
	for _, raw := range []json.RawMessage{o.StatusCode, o.Status} {
		text, ok := stringOf(raw)
		if !ok {
			text = string(raw)
		}
		if code, err := strconv.Atoi(text); err == nil && code >= 100 && code <= 999 {
			return code
		}
	}
	return http.StatusOK
}

// returned reads ReturnValue for an http binding that is $return: a string is the
// body, decoded if it happens to be base64.
func returned(value json.RawMessage) (httpAnswer, error) {
	text, ok := stringOf(value)
	if !ok {
		return parseHTTPOutput(value)
	}
	if decoded, err := base64.StdEncoding.DecodeString(text); err == nil {
		return textAnswer(http.StatusOK, "application/octet-stream", string(decoded)), nil
	}
	return textAnswer(http.StatusOK, "text/plain; charset=utf-8", text), nil
}

func textAnswer(status int, contentType, body string) httpAnswer {
	return httpAnswer{status: status, header: http.Header{"Content-Type": {contentType}}, body: []byte(body)}
}

// write answers the client.
func (a httpAnswer) write(w http.ResponseWriter) {
	maps.Copy(w.Header(), a.header)
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // a client that has gone away needs no answer
}
