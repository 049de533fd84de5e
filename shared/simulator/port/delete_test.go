package port

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// newFamily has p1 ← x1, p1 ← x2, p2 ← x2, x1 ← y1.
func newFamily(t *testing.T) *client {
	t.Helper()
	c, _ := newCatalog(t, Options{})
	c.blueprint("y", "", `"x":{"target":"x"},"self":{"target":"y"}`)
	for _, id := range []string{"p1", "p2", "p3"} {
		c.put("p", `{"identifier":"`+id+`"}`)
	}
	c.put("x", `{"identifier":"x1","relations":{"one":"p1"}}`)
	c.put("x", `{"identifier":"x2","relations":{"many":["p1","p2"]}}`)
	c.put("y", `{"identifier":"y1","relations":{"x":"x1","self":"y1"}}`)
	return c
}

func (c *client) left() string {
	var all []string
	for _, b := range []string{"p", "x", "y"} {
		for e := range c.server.All(b) {
			all = append(all, e.Identifier)
		}
	}
	return strings.Join(all, " ")
}

func TestDelete(t *testing.T) {
	t.Parallel()
	const bulk = "/bulk/entities/delete?delete_dependents="
	tests := map[string]struct {
		method, path, body string
		status             int
		left               string
	}{
		"alone":                       {"DELETE", "p/entities/p3?delete_dependents=false", "", 200, "p1 p2 x1 x2 y1"},
		"refers only to itself":       {"DELETE", "y/entities/y1?delete_dependents=false", "", 200, "p1 p2 p3 x1 x2"},
		"not there":                   {"DELETE", "p/entities/p9?delete_dependents=false", "", 404, "p1 p2 p3 x1 x2 y1"},
		"no blueprint":                {"DELETE", "q/entities/p1?delete_dependents=false", "", 404, "p1 p2 p3 x1 x2 y1"},
		"parameter missing":           {"DELETE", "p/entities/p3", "", 422, "p1 p2 p3 x1 x2 y1"},
		"dependents":                  {"DELETE", "p/entities/p1?delete_dependents=false", "", 409, "p1 p2 p3 x1 x2 y1"},
		"with dependents":             {"DELETE", "p/entities/p1?delete_dependents=true", "", 200, "p2 p3"},
		"with one dependent":          {"DELETE", "p/entities/p2?delete_dependents=true", "", 200, "p1 p3 x1 y1"},
		"bulk":                        {"POST", "p" + bulk + "false", `{"entities":["p3","p9","p3"]}`, 200, "p1 p2 x1 x2 y1"},
		"bulk, dependent outside":     {"POST", "x" + bulk + "false", `{"entities":["x2","x1"]}`, 409, "p1 p2 p3 x1 x2 y1"},
		"bulk with dependents":        {"POST", "x" + bulk + "true", `{"entities":["x2","x1"]}`, 200, "p1 p2 p3"},
		"bulk of none":                {"POST", "x" + bulk + "false", `{"entities":[]}`, 422, "p1 p2 p3 x1 x2 y1"},
		"bulk, parameter missing":     {"POST", "x/bulk/entities/delete", `{"entities":["x2"]}`, 422, "p1 p2 p3 x1 x2 y1"},
		"bulk without blueprint":      {"POST", "q" + bulk + "false", `{"entities":["x2"]}`, 404, "p1 p2 p3 x1 x2 y1"},
		"bulk of numbers":             {"POST", "x" + bulk + "false", `{"entities":[1]}`, 422, "p1 p2 p3 x1 x2 y1"},
		"all":                         {"DELETE", "y/all-entities", "", 200, "p1 p2 p3 x1 x2"},
		"all, dependents elsewhere":   {"DELETE", "x/all-entities", "", 409, "p1 p2 p3 x1 x2 y1"},
		"all without blueprint":       {"DELETE", "q/all-entities", "", 404, "p1 p2 p3 x1 x2 y1"},
		"all, and a used blueprint":   {"DELETE", "y/all-entities?delete_blueprint=true", "", 200, "p1 p2 p3 x1 x2"},
		"all, parameter not boolean":  {"DELETE", "y/all-entities?delete_blueprint=1", "", 422, "p1 p2 p3 x1 x2 y1"},
		"parameter neither true nor…": {"DELETE", "p/entities/p3?delete_dependents=no", "", 422, "p1 p2 p3 x1 x2 y1"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newFamily(t)
			c.must(tt.status, tt.method, "/v1/blueprints/"+tt.path, tt.body)
			if got := c.left(); got != tt.left {
				t.Errorf("left %q, want %q", got, tt.left)
			}
			want := len("p1 p2 p3 x1 x2 y1")/3 - len(tt.left)/3
			if got := c.server.Writes().Deleted; got != want {
				t.Errorf("%d deletions counted, want %d", got, want)
			}
		})
	}
}

func TestDeletedEntities(t *testing.T) {
	t.Parallel()
	c := newFamily(t)
	a := c.must(200, "POST", "/v1/blueprints/p/bulk/entities/delete?delete_dependents=false", `{"entities":["p9","p3"]}`)
	equalJSON(t, "answer", a, `{"ok":true,"deletedEntities":["p3"]}`)
}

func TestBulkDeleteLimit(t *testing.T) {
	t.Parallel()
	c := newFamily(t)
	list := func(n int) string {
		ids := make([]string, n)
		for i := range ids {
			ids[i] = fmt.Sprintf("%q", fmt.Sprint("none", i))
		}
		return `{"entities":[` + strings.Join(ids, ",") + `]}`
	}
	c.must(200, "POST", "/v1/blueprints/p/bulk/entities/delete?delete_dependents=false", list(100))
	c.must(422, "POST", "/v1/blueprints/p/bulk/entities/delete?delete_dependents=false", list(101))
}

// A whole that refers only to itself can go at once; the counts of references
// survive changes of the relations.
func TestDependentsAreCounted(t *testing.T) {
	t.Parallel()
	c := newFamily(t)
	del := func(status int, path string) {
		t.Helper()
		c.must(status, "DELETE", "/v1/blueprints/"+path+"?delete_dependents=false", "")
	}
	c.put("y", `{"identifier":"y2","relations":{"self":"y1"}}`)
	c.must(409, "POST", "/v1/blueprints/y/bulk/entities/delete?delete_dependents=false", `{"entities":["y1"]}`)
	c.must(200, "POST", "/v1/blueprints/y/bulk/entities/delete?delete_dependents=false", `{"entities":["y1","y2"]}`)
	del(200, "x/entities/x1")
	del(409, "p/entities/p1") // x2 still refers to it
	c.must(200, "PATCH", "/v1/blueprints/x/entities/x2", `{"relations":{"many":["p2"]}}`)
	del(200, "p/entities/p1")
	del(409, "p/entities/p2")
	c.must(200, "PATCH", "/v1/blueprints/x/entities/x2", `{"relations":{"many":null}}`)
	del(200, "p/entities/p2")
	if diff := cmp.Diff("p3 x2", c.left()); diff != "" {
		t.Error(diff)
	}
}
