package azuredevops

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// zeroID is the subscription of test notifications.
const zeroID = "00000000-0000-0000-0000-000000000000"

// delivery is one request, with all that it takes from the subscription.
type delivery struct {
	url    string
	header http.Header
	body   []byte
}

// request counts an attempt and returns its request. activity is different in
// every attempt.
func (n *notification) request(activity string) delivery {
	n.attempts++
	inputs, id := n.subscription.consumerInputs, n.subscription.id
	if n.role == sample {
		id = zeroID
	}
	h := http.Header{}
	for line := range strings.FieldsFuncSeq(inputs[inputHeaders], func(r rune) bool { return r == '\r' || r == '\n' || r == '\f' }) {
		name, value, _ := strings.Cut(line, ":")
		h.Set(strings.TrimSpace(name), strings.TrimSpace(value))
	}
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("User-Agent", "VSServices/7.1")
	h.Set("X-VSS-ActivityId", activity)
	h.Set("X-VSS-SubscriptionId", id)
	h.Set("Request-Id", "|"+activity+".1.")
	if user, password := inputs[inputUser], inputs[inputPassword]; user != "" || password != "" {
		r := http.Request{Header: h}
		r.SetBasicAuth(user, password)
	}
	return delivery{url: inputs[inputURL], header: h, body: n.body}
}

// result is how a request ended: a status, or the error of a connection.
type result struct {
	status int
	err    error
}

// send sends a request. It MUST be called without the lock of hooks: a receiver
// may well call the API.
func (c *courier) send(d delivery) result {
	r, err := http.NewRequestWithContext(c.ctx, http.MethodPost, d.url, bytes.NewReader(d.body))
	if err != nil {
		return result{err: err}
	}
	r.Header = d.header
	answer, err := c.client.Do(r)
	if err != nil {
		return result{err: err}
	}
	// The status is all that counts; reading lets the connection be used again.
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, 1<<20))
	_ = answer.Body.Close()
	return result{status: answer.StatusCode}
}

func (r result) answer() string {
	if r.err != nil {
		return ""
	}
	return fmt.Sprintf("Status Code: %d %s", r.status, http.StatusText(r.status))
}

// message is what the history says about a failure. It has no URL: one may hold
// a key.
func (r result) message() string {
	if r.err == nil {
		return fmt.Sprintf("%s (%d)", http.StatusText(r.status), r.status)
	}
	err := r.err
	if e, ok := errors.AsType[*url.Error](err); ok {
		err = e.Err
	}
	return fmt.Sprintf("An error occurred while sending the request: %v", err)
}
