package functionshost

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
)

// maxBody is how much the default mode takes of a body (Learn, "HTTP trigger for
// Azure Functions", Limits).
const maxBody = 100 << 20

// requestEnvelope returns what a function with more than an httpTrigger and an
// http output gets of a request, or all of them without proxying and forwarding
// (host, HttpRequestExtensions.cs, GetRequestAsJObject).
func requestEnvelope(f *function, r *http.Request, parameters map[string]string) (*envelope, error) {
	body, err := requestBody(r)
	if err != nil {
		return nil, err
	}
	e := &envelope{}
	e.data.set(f.trigger.Name, requestObject(r, parameters, body))
	var d bindingData
	if body != nil && !isOctetOrMultipart(r) {
		d.body(string(body))
	}
	query := queryObject(r)
	for i, key := range query.keys {
		if value, ok := query.values[i].(string); ok && !strings.EqualFold(key, "code") {
			d.text(key, value)
		}
	}
	for _, name := range sorted(parameters) {
		d.text(name, parameters[name])
	}
	d.set("Query", withoutCode(query))
	d.set("Headers", headerObject(r, func(values []string) any { return strings.Join(values, ",") }))
	d.sys(f.name)
	e.metadata = d.metadata()
	return e, nil
}

// requestBody returns the body, nil if there is none or its length is not known: a
// chunked body is lost.
func requestBody(r *http.Request) ([]byte, error) {
	if r.ContentLength <= 0 {
		return nil, nil
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		return nil, fmt.Errorf("reading the request: %w", err)
	}
	return body, nil
}

// requestObject is the value in Data.
func requestObject(r *http.Request, parameters map[string]string, body []byte) *object {
	var o, params object
	o.set("Url", "http://"+r.Host+r.URL.RequestURI())
	o.set("Method", r.Method)
	o.set("Query", queryObject(r))
	o.set("Headers", headerObject(r, func(values []string) any { return values }))
	for _, name := range sorted(parameters) {
		params.set(name, parameters[name])
	}
	o.set("Params", &params)
	o.set("Identities", []any{})
	switch {
	case body == nil:
	case isOctetOrMultipart(r):
		o.set("Body", base64.StdEncoding.EncodeToString(body))
	default:
		o.set("Body", string(body))
	}
	return &o
}

// queryObject has the parameters of a request; several values are joined.
func queryObject(r *http.Request) *object {
	query := r.URL.Query()
	var o object
	for _, name := range sorted(query) {
		o.set(name, strings.Join(query[name], ","))
	}
	return &o
}

// withoutCode leaves the key of the function out: Metadata does not have it.
func withoutCode(query *object) *object {
	var o object
	for i, key := range query.keys {
		if !strings.EqualFold(key, "code") {
			o.set(key, query.values[i])
		}
	}
	return &o
}

// headerObject has the headers of a request and Host.
func headerObject(r *http.Request, value func([]string) any) *object {
	var o object
	o.set("Host", value([]string{r.Host}))
	for _, name := range sorted(r.Header) {
		o.set(name, value(r.Header[name]))
	}
	return &o
}

func isOctetOrMultipart(r *http.Request) bool {
	media := strings.ToLower(r.Header.Get("Content-Type"))
	return strings.HasPrefix(media, "application/octet-stream") || strings.Contains(media, "multipart/")
}

// sorted returns the keys of a map in order: Go's maps have none.
func sorted[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
