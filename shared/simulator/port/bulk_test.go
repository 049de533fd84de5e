package port

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const bulkPath = "/v1/blueprints/x/entities/bulk?upsert=true&merge=true"

func TestBulk(t *testing.T) {
	t.Parallel()
	c, _ := newCatalog(t, Options{LogWrites: true})
	c.put("x", `{"identifier":"e1","properties":{"a":"1","b":"2"}}`)
	a := c.must(200, "POST", bulkPath+"&create_missing_related_entities=true",
		`{"entities":[{"identifier":"e0","relations":{"one":"p1"}},{"identifier":"e1","properties":{"a":null}}]}`)
	equalJSON(t, "answer", a, `{"ok":true,"errors":[],"entities":[
		{"created":true,"identifier":"e0","index":0,"additionalData":{}},
		{"created":false,"identifier":"e1","index":1,"additionalData":{}}]}`)
	e, _ := c.server.Entity("x", "e1")
	if diff := cmp.Diff(map[string]any{"b": "2"}, e.Properties); diff != "" {
		t.Error(diff)
	}
	var log []string
	for _, w := range c.server.Log() {
		log = append(log, fmt.Sprintf("%s %s/%s", w.Op, w.Blueprint, w.Identifier))
	}
	if diff := cmp.Diff([]string{"created x/e1", "stubbed p/p1", "created x/e0", "updated x/e1"}, log); diff != "" {
		t.Error(diff)
	}
}

func TestBulkPartial(t *testing.T) {
	t.Parallel()
	c, _ := newCatalog(t, Options{})
	c.server.FailEntity(func(_, id string) (int, string, string) {
		if id == "busy" {
			return http.StatusServiceUnavailable, "unavailable", "try again"
		}
		return 0, "", ""
	})
	a := c.must(207, "POST", bulkPath, `{"entities":[
		{"identifier":"busy"}, {"identifier":"good"}, {"identifier":"bad","properties":{"n":"1"}},
		{"identifier":"orphan","relations":{"one":"p9"}},
		{"identifier":{"combinator":"and","rules":[{"property":"a","operator":"=","value":"none"}]}}]}`)
	equalJSON(t, "entities", a["entities"], `[{"created":true,"identifier":"good","index":1,"additionalData":{}}]`)
	equalJSON(t, "errors", a["errors"], `[
		{"identifier":"busy","index":0,"statusCode":503,"error":"unavailable","message":"try again"},
		{"identifier":"bad","index":2,"statusCode":422,"error":"invalid_request","message":"properties/n must be number, not string"},
		{"identifier":"orphan","index":3,"statusCode":404,"error":"not_found","message":"Entity with identifier \"p9\" of blueprint \"p\" was not found"},
		{"identifier":"unknown","index":4,"statusCode":404,"error":"not_found","message":"No entity of blueprint \"x\" matches the search query of the identifier"}]`)
	c.must(503, "POST", "/v1/blueprints/x/entities?upsert=true", `{"identifier":"busy"}`)
	c.server.FailEntity(nil)
	c.must(201, "POST", "/v1/blueprints/x/entities?upsert=true", `{"identifier":"busy"}`)
	if got := c.server.Count("x"); got != 2 {
		t.Errorf("%d entities, want 2", got)
	}
}

func TestBulkIsRefused(t *testing.T) {
	t.Parallel()
	c, _ := newCatalog(t, Options{})
	list := func(n int) string {
		return `{"entities":[` + strings.TrimSuffix(strings.Repeat(`{"identifier":"e"},`, n), ",") + `]}`
	}
	c.must(422, "POST", bulkPath, list(0))
	c.must(200, "POST", bulkPath, list(20))
	c.must(422, "POST", bulkPath, list(21))
	c.must(422, "POST", bulkPath, `{}`)
	c.must(422, "POST", bulkPath, `{"entities":["e"]}`)
	c.must(422, "POST", bulkPath, `{"entities":[null]}`)
	c.must(422, "POST", bulkPath, `{"entities":[{"title":"T"}]}`)
	c.must(404, "POST", "/v1/blueprints/none/entities/bulk?upsert=true", list(1))
	body := c.must(422, "POST", bulkPath, `{"entities":[{"identifier":"f"},{"identifier":"a b"}]}`)
	if !strings.Contains(message(body), "entities/1/identifier") {
		t.Errorf("the message does not say where: %s", message(body))
	}
	if c.server.Count("x") != 1 {
		t.Error("a request that was refused as a whole wrote something")
	}
}

func TestShapeErrorsByIndex(t *testing.T) {
	t.Parallel()
	c, _ := newCatalog(t, Options{ShapeErrorsByIndex: true})
	a := c.must(207, "POST", bulkPath, `{"entities":[{"identifier":"a b"},{"identifier":"f"},{}]}`)
	if n := len(a["errors"].([]any)); n != 2 || c.server.Count("x") != 1 {
		t.Errorf("%d errors and %d entities: %v", n, c.server.Count("x"), a)
	}
}

// The limit holds over a real connection, and the client sees the answer.
func TestBodyLimit(t *testing.T) {
	t.Parallel()
	c, _ := newCatalog(t, Options{})
	server := httptest.NewServer(c.server)
	t.Cleanup(server.Close)
	for size, status := range map[int]int{maxBody: 200, maxBody + 1: 413, 8 * maxBody: 413} {
		frame := `{"entities":[{"identifier":"e","properties":{"a":""}}]}`
		body := strings.Replace(frame, `"a":"`, `"a":"`+strings.Repeat("x", size-len(frame)), 1)
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+bulkPath, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+c.token)
		answer, err := server.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := answer.Body.Close(); err != nil {
			t.Fatal(err)
		}
		if answer.StatusCode != status {
			t.Errorf("%d bytes: %d, want %d", size, answer.StatusCode, status)
		}
	}
}
