package port

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// clock is a service clock that only moves when told to.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock {
	return &clock{t: time.Date(2024, 5, 6, 7, 8, 9, 123_456_789, time.UTC)}
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// client sends requests straight to a server's handler.
type client struct {
	t      testing.TB
	server *Server
	token  string
	agent  string
}

// newClient returns a client with a token, and the server's clock.
func newClient(t testing.TB, o Options) (*client, *clock) {
	t.Helper()
	at := newClock()
	if o.Now == nil {
		o.Now = at.now
	}
	c := &client{t: t, server: New(o), agent: "adoport/test (instance/one)"}
	c.login()
	return c, at
}

func (c *client) login() {
	c.t.Helper()
	a := c.send("POST", "/v1/auth/access_token", `{"clientId":"client","clientSecret":"secret"}`)
	c.token, _ = a.body["accessToken"].(string)
	if a.status != http.StatusOK || c.token == "" {
		c.t.Fatalf("no token: %d %v", a.status, a.body)
	}
}

type answer struct {
	status int
	header http.Header
	body   map[string]any
}

func (c *client) send(method, path, body string) answer {
	c.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("User-Agent", c.agent)
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	w := httptest.NewRecorder()
	c.server.ServeHTTP(w, r)
	a := answer{status: w.Code, header: w.Header()}
	if err := json.Unmarshal(w.Body.Bytes(), &a.body); err != nil {
		c.t.Fatalf("%s %s: the answer is not a JSON object: %v\n%s", method, path, err, w.Body)
	}
	return a
}

// must sends a request that has to be answered with status.
func (c *client) must(status int, method, path, body string) map[string]any {
	c.t.Helper()
	a := c.send(method, path, body)
	if a.status != status {
		c.t.Fatalf("%s %s %s: status %d, want %d: %v", method, path, body, a.status, status, a.body)
	}
	if ok := status < 400; a.body["ok"] != ok {
		c.t.Fatalf("%s %s: ok is %v, want %v", method, path, a.body["ok"], ok)
	}
	return a.body
}

// blueprint makes one from its properties and relations.
func (c *client) blueprint(id, properties, relations string) {
	c.t.Helper()
	c.must(http.StatusCreated, "POST", "/v1/blueprints", fmt.Sprintf(
		`{"identifier":%q,"title":%q,"schema":{"properties":{%s}},"relations":{%s}}`, id, id, properties, relations,
	))
}

// put upserts one entity of a blueprint.
func (c *client) put(blueprint, entity string) {
	c.t.Helper()
	a := c.send("POST", "/v1/blueprints/"+blueprint+"/entities?upsert=true", entity)
	if a.status != http.StatusCreated && a.status != http.StatusOK {
		c.t.Fatalf("upserting %s: %d %v", entity, a.status, a.body)
	}
}

// fill makes n entities of a blueprint, e0000 and on.
func (c *client) fill(blueprint string, n int) {
	c.t.Helper()
	for i := 0; i < n; i += maxBulk {
		var entities []string
		for j := i; j < min(i+maxBulk, n); j++ {
			entities = append(entities, fmt.Sprintf(`{"identifier":"e%04d"}`, j))
		}
		c.must(http.StatusOK, "POST", "/v1/blueprints/"+blueprint+"/entities/bulk",
			`{"entities":[`+strings.Join(entities, ",")+`]}`)
	}
}

// ids are the identifiers of an answer's entities.
func ids(body map[string]any) []string {
	list := []string{}
	for _, e := range body["entities"].([]any) {
		list = append(list, e.(map[string]any)["identifier"].(string))
	}
	return list
}

func equalJSON(t testing.TB, what string, got any, want string) {
	t.Helper()
	var w any
	if err := json.Unmarshal([]byte(want), &w); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(w, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// message is the message of a refused request, with its details.
func message(body map[string]any) string {
	return fmt.Sprint(body["error"], ": ", body["message"], " ", body["details"])
}
