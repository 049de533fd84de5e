package azuredevops

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

const hookURL = "https://hooks.test/api/servicehooks"

// receiver is where hooks go to, without a network: a RoundTripper that keeps
// what comes and answers in turn.
type receiver struct {
	t *testing.T

	mu sync.Mutex
	// answers are the next statuses, 0 for a broken connection; then comes then,
	// 200 if 0.
	answers []int
	then    int
	got     []received
}

// received is one request.
type received struct {
	at     time.Time
	header http.Header
	raw    string
	body   map[string]any
}

func (r received) eventType() string { return r.body["eventType"].(string) }

func (r received) resource() map[string]any { return r.body["resource"].(map[string]any) }

func (r *receiver) RoundTrip(q *http.Request) (*http.Response, error) {
	raw, err := io.ReadAll(q.Body)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.got = append(r.got, received{at: time.Now(), header: q.Header.Clone(), raw: string(raw), body: decode(r.t, bytes.NewReader(raw))})
	status := r.then
	if len(r.answers) > 0 {
		status, r.answers = r.answers[0], r.answers[1:]
	} else if status == 0 {
		status = http.StatusOK
	}
	if status == 0 {
		return nil, errors.New("connection refused")
	}
	return &http.Response{StatusCode: status, Header: http.Header{"Location": {hookURL}}, Body: io.NopCloser(strings.NewReader("")), Request: q}, nil
}

func (r *receiver) all() []received {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.got)
}

// take returns what came and forgets it.
func (r *receiver) take() []received {
	r.mu.Lock()
	defer r.mu.Unlock()
	got := r.got
	r.got = nil
	return got
}

func (r *receiver) answer(statuses ...int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answers = statuses
}

// hookServer is a server whose hooks are delivered to a receiver.
type hookServer struct {
	testServer
	receiver *receiver
	stop     func()
}

func newHookServer(t *testing.T, o Options, h HookOptions) hookServer {
	t.Helper()
	r := &receiver{t: t}
	h.Client = &http.Client{Transport: r}
	s := newTestServer(t, o)
	stop := s.StartHooks(t.Context(), h)
	t.Cleanup(stop)
	return hookServer{s, r, stop}
}

// events waits until everything is delivered and returns the requests by type.
func (s hookServer) events() map[string][]received {
	s.t.Helper()
	if err := s.Drain(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
	byType := map[string][]received{}
	for _, r := range s.receiver.take() {
		byType[r.eventType()] = append(byType[r.eventType()], r)
	}
	return byType
}

// subscribe makes a subscription through the API and returns its ID. Pairs are
// inputs: those of the consumer by their names, all others of the publisher.
func (s testServer) subscribe(publisher, eventType, version string, pairs ...string) string {
	s.t.Helper()
	body := s.decoded(s.send("POST", "/_apis/hooks/subscriptions", subscriptionJSON(publisher, eventType, version, pairs...)), http.StatusOK)
	return body["id"].(string)
}

func subscriptionJSON(publisher, eventType, version string, pairs ...string) string {
	of := map[string]string{}
	to := map[string]string{inputURL: hookURL, inputResource: "all", inputMessages: "none", inputDetailed: "none"}
	for i := 0; i+1 < len(pairs); i += 2 {
		_, consumers := to[pairs[i]]
		if consumers || slices.Contains([]string{inputUser, inputPassword, inputHeaders}, pairs[i]) {
			to[pairs[i]] = pairs[i+1]
		} else {
			of[pairs[i]] = pairs[i+1]
		}
	}
	return encode(object{
		"publisherId": publisher, "eventType": eventType, "resourceVersion": version, "consumerId": webHooks, "consumerActionId": httpRequest,
		"publisherInputs": of, "consumerInputs": to,
	})
}

// status returns the status that the API shows for a subscription.
func (s testServer) status(id string) string {
	s.t.Helper()
	return s.get("/_apis/hooks/subscriptions/" + id)["status"].(string)
}

// within is a context for Drain in a test that must not hang.
func within(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}
