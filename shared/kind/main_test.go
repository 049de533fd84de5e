package kind_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"adoport/shared/azuredevops"
	"adoport/shared/ingest"
	"adoport/shared/kind"
	"adoport/shared/mapping"
	simulator "adoport/shared/simulator/azuredevops"
	"adoport/shared/transport"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is a simulated organization, read through the real client.
type world struct {
	*simulator.Server
	t            *testing.T
	url          string
	client       *azuredevops.Client
	organization *kind.Organization

	mu     sync.Mutex
	tamper tamper
}

// tamper answers a request in place of the simulator, or returns false.
type tamper func(w http.ResponseWriter, r *http.Request) bool

func newWorld(t *testing.T, o simulator.Options) *world {
	t.Helper()
	w := &world{Server: simulator.New(o), t: t}
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.mu.Lock()
		f := w.tamper
		w.mu.Unlock()
		if f == nil || !f(rw, r) {
			w.ServeHTTP(rw, r)
		}
	}))
	t.Cleanup(server.Close)
	w.url = server.URL + "/fabrikam"
	client, err := azuredevops.New(azuredevops.Options{
		Organization: w.url,
		PAT:          func(context.Context) (string, error) { return "pat", nil },
		HTTP:         server.Client(),
		Logger:       slog.New(slog.DiscardHandler),
		MaxWait:      time.Second,
		Retry:        transport.RetryOptions{Attempts: 2, Confirm: 1, Base: time.Microsecond, Cap: time.Microsecond},
	})
	if err != nil {
		t.Fatal(err)
	}
	w.client, w.organization = client, kind.NewOrganization(client)
	if _, err := client.Do(t.Context(), azuredevops.Request{Path: []string{"_apis", "projects"}}, nil); err != nil {
		t.Fatal(err) // the oracle's URLs are those of the last request
	}
	w.Reset()
	return w
}

func (w *world) intercept(f tamper) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.tamper = f
}

// answer is a tamper that gives body to the requests whose path ends in suffix.
func answer(suffix, body string) tamper {
	return func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, suffix) {
			return false
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(body))
		return true
	}
}

// must fails the test on an error of the simulator's own API.
func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// config is a mapping of one resource a selector; mentions are expressions.
func config(t *testing.T, kindName, selector string, mentions ...string) string {
	t.Helper()
	var properties strings.Builder
	for i, expression := range append(mentions, ".id") {
		fmt.Fprintf(&properties, "            p%d: %q\n", i, expression)
	}
	return fmt.Sprintf(`  - kind: %s
    selector:
      query: "true"
      %s
    port:
      entity:
        mappings:
          identifier: .id | tostring
          blueprint: '"b"'
          properties:
%s`, kindName, selector, properties.String())
}

func (w *world) sources(resources ...string) ([]ingest.Source, error) {
	w.t.Helper()
	c, err := mapping.Load("mapping.yaml", []byte("resources:\n"+strings.Join(resources, "")), kind.Mapping())
	if err != nil {
		w.t.Fatal(err)
	}
	return kind.Sources(c, w.organization)
}

// source is how a kind is read with the given selector options.
func (w *world) source(kindName, selector string, mentions ...string) ingest.Source {
	w.t.Helper()
	s, err := w.sources(config(w.t, kindName, selector, mentions...))
	if err != nil {
		w.t.Fatal(err)
	}
	return s[0]
}

// scopes are those that a run would plan for a source now.
func (w *world) scopes(s ingest.Source) []ingest.Scope {
	w.t.Helper()
	projects, err := w.organization.Projects(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	if !s.PerProject {
		return []ingest.Scope{{}}
	}
	var scopes []ingest.Scope
	for _, p := range projects {
		scopes = append(scopes, ingest.Scope{ProjectID: p.ID, ProjectName: p.Name})
	}
	return scopes
}

// walked is what the pages of a scope gave.
type walked struct {
	items []ingest.Item
	pages int
	// largest is the size of the largest batch.
	largest int
}

// walk walks a scope to its end, or to its first error.
func (w *world) walk(s ingest.Source, scope ingest.Scope) (walked, error) {
	w.t.Helper()
	var all walked
	var mu sync.Mutex
	for cursor := ""; ; {
		next, err := s.Reader.Walk(w.t.Context(), scope, cursor, func(_ context.Context, items []ingest.Item) error {
			mu.Lock()
			defer mu.Unlock()
			all.items = append(all.items, items...)
			all.largest = max(all.largest, len(items))
			return nil
		})
		all.pages++
		if cursor = next; cursor == "" || err != nil {
			slices.SortFunc(all.items, func(a, b ingest.Item) int { return strings.Compare(a.Ref.ID, b.Ref.ID) })
			return all, err
		}
	}
}

// all walks all scopes; no error is expected.
func (w *world) all(s ingest.Source) []ingest.Item {
	w.t.Helper()
	var items []ingest.Item
	for _, scope := range w.scopes(s) {
		got, err := w.walk(s, scope)
		if err != nil {
			w.t.Fatalf("walking %s of %s: %v", s.Kind, scope, err)
		}
		items = append(items, got.items...)
	}
	slices.SortFunc(items, func(a, b ingest.Item) int { return strings.Compare(a.Ref.ID, b.Ref.ID) })
	return items
}

func refs(items []ingest.Item) []ingest.Ref {
	all := make([]ingest.Ref, len(items))
	for i, item := range items {
		all[i] = item.Ref
	}
	return all
}
