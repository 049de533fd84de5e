package port

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"adoport/shared/mapping"
	"adoport/shared/transport"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	testID     = "client-1"
	testSecret = "s3cret-value"
	testToken  = "t0ken-value"
)

// request is what the server was sent.
type request struct {
	Method, Path, Query string
	Header              http.Header
	Body                string
}

// fakePort answers token requests, and everything else with handler, which has
// the number of the request (from 1).
type fakePort struct {
	*httptest.Server
	mu       sync.Mutex
	requests []request // without those for tokens
	tokens   int
}

type handler func(n int, w http.ResponseWriter, r request)

func newFake(t *testing.T, h handler) *fakePort {
	t.Helper()
	f := &fakePort{}
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return // The client left in the middle of its request.
		}
		w.Header().Set("Content-Type", "application/json")
		if r.URL.Path == "/v1/auth/access_token" {
			f.mu.Lock()
			f.tokens++
			f.mu.Unlock()
			reply(w, 200, `{"ok":true,"accessToken":"`+testToken+`","expiresIn":10800,"tokenType":"Bearer"}`)
			return
		}
		seen := request{r.Method, r.URL.EscapedPath(), r.URL.RawQuery, r.Header.Clone(), string(body)}
		f.mu.Lock()
		f.requests = append(f.requests, seen)
		n := len(f.requests)
		f.mu.Unlock()
		h(n, w, seen)
	}))
	t.Cleanup(f.Close)
	return f
}

func (f *fakePort) seen() []request {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.requests)
}

func reply(w http.ResponseWriter, status int, body string) {
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

// fast retries at once, so that tests do not wait.
var fast = transport.RetryOptions{Base: time.Microsecond, Cap: time.Microsecond}

func testOptions(url string) Options {
	return Options{
		BaseURL: url, Version: "1.2.3", Instance: "test", Merge: true, CreateMissingRelated: true,
		Retry: fast, Linger: time.Millisecond, SearchLinger: time.Millisecond, Logger: slog.New(slog.DiscardHandler),
		Credentials: func(context.Context) (string, string, error) { return testID, testSecret, nil },
	}
}

func newTestClient(t *testing.T, o Options) *Client {
	t.Helper()
	if o.HTTP == nil {
		o.HTTP = &http.Client{Transport: &http.Transport{}}
	}
	t.Cleanup(o.HTTP.CloseIdleConnections)
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// serve returns a client of a fake Port.
func serve(t *testing.T, h handler) (*Client, *fakePort) {
	t.Helper()
	f := newFake(t, h)
	return newTestClient(t, testOptions(f.URL)), f
}

// takeAll answers a bulk upsert with success for every entity.
func takeAll(_ int, w http.ResponseWriter, r request) {
	type done struct {
		Index int `json:"index"`
	}
	list := []done{}
	for i := range sentEntities(r) {
		list = append(list, done{i})
	}
	b, _ := json.Marshal(map[string]any{"ok": true, "entities": list, "errors": []any{}})
	reply(w, 200, string(b))
}

// sentEntities returns the identifiers of a bulk upsert, nil if it is none.
func sentEntities(r request) []string {
	var in struct {
		Entities []struct {
			Identifier any `json:"identifier"` // a string or a query
		} `json:"entities"`
	}
	if json.Unmarshal([]byte(r.Body), &in) != nil {
		return nil
	}
	ids := make([]string, 0, len(in.Entities))
	for _, e := range in.Entities {
		id, _ := e.Identifier.(string)
		ids = append(ids, id)
	}
	return ids
}

func entities(ids ...string) []mapping.Entity {
	list := make([]mapping.Entity, 0, len(ids))
	for _, id := range ids {
		list = append(list, mapping.Entity{Identifier: id, Properties: map[string]any{"name": id}})
	}
	return list
}

// redacted fails the test if text has a secret in it.
func redacted(t *testing.T, text string) {
	t.Helper()
	for _, secret := range []string{testSecret, testToken} {
		if strings.Contains(text, secret) {
			t.Errorf("a secret is shown: %s", text)
		}
	}
}
