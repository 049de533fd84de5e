package port

import (
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// newCatalog has a blueprint x with properties a, b and n, related to p by one
// and many.
func newCatalog(t *testing.T, o Options) (*client, *clock) {
	t.Helper()
	c, at := newClient(t, o)
	c.blueprint("p", `"u":{"type":"string"}`, "")
	c.blueprint("x", `"a":{"type":"string"},"b":{"type":"string"},"n":{"type":"number"}`, `"one":{"target":"p"},"many":{"target":"p","many":true}`)
	return c, at
}

const stamps = `"createdAt":"2024-05-06T07:08:09.123Z","createdBy":"client","updatedAt":"2024-05-06T07:08:10.123Z","updatedBy":"client"`

func TestUpsertSemantics(t *testing.T) {
	t.Parallel()
	const first = `{"identifier":"e","title":"T","icon":"Git","team":["q"],"properties":{"a":"1","b":"2"},"relations":{"one":"p1","many":["p1","p2"]}}`
	tests := map[string]struct {
		method, query, body string
		status              int
		want                string
	}{
		"replace": {
			"POST", "/entities?upsert=true", `{"identifier":"e","properties":{"a":"9"}}`, 200,
			`{"properties":{"a":"9"},"relations":{}}`,
		},
		"merge": {
			"POST", "/entities?upsert=true&merge=true", `{"identifier":"e","title":"U","properties":{"a":"9","n":1},"relations":{"one":"p2"}}`, 200,
			`{"title":"U","icon":"Git","team":["q"],"properties":{"a":"9","b":"2","n":1},"relations":{"one":"p2","many":["p1","p2"]}}`,
		},
		"merge nulls": {
			"POST", "/entities?upsert=true&merge=true", `{"identifier":"e","title":null,"icon":null,"team":null,"properties":{"a":null},"relations":{"one":null,"many":null}}`, 200,
			`{"properties":{"b":"2"},"relations":{}}`,
		},
		"PUT": {
			"PUT", "/entities/e", `{"title":"U","properties":{"b":"9"}}`, 200,
			`{"title":"U","properties":{"b":"9"},"relations":{}}`,
		},
		"PATCH": {
			"PATCH", "/entities/e", `{"properties":{"b":null,"n":2}}`, 200,
			`{"title":"T","icon":"Git","team":["q"],"properties":{"a":"1","n":2},"relations":{"one":"p1","many":["p1","p2"]}}`,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, at := newCatalog(t, Options{})
			c.put("p", `{"identifier":"p1"}`)
			c.put("p", `{"identifier":"p2"}`)
			c.must(201, "POST", "/v1/blueprints/x/entities", first)
			at.add(time.Second)
			want := `{"identifier":"e","blueprint":"x",` + stamps + `,` + tt.want[1:]
			equalJSON(t, "answer", c.must(tt.status, tt.method, "/v1/blueprints/x"+tt.query, tt.body)["entity"], want)
			equalJSON(t, "GET", c.must(200, "GET", "/v1/blueprints/x/entities/e", "")["entity"], want)
		})
	}
}

func TestWriteIsRefused(t *testing.T) {
	t.Parallel()
	c, _ := newCatalog(t, Options{})
	c.put("x", `{"identifier":"e","properties":{"a":"1"}}`)
	for _, tt := range []struct {
		status             int
		method, path, body string
	}{
		{409, "POST", "/v1/blueprints/x/entities", `{"identifier":"e"}`},
		{409, "POST", "/v1/blueprints/x/entities?merge=true", `{"identifier":"e"}`},
		{404, "POST", "/v1/blueprints/none/entities?upsert=true", `{"identifier":"e"}`},
		{404, "PUT", "/v1/blueprints/x/entities/f", `{}`},
		{404, "PATCH", "/v1/blueprints/x/entities/f", `{}`},
		{404, "PATCH", "/v1/blueprints/none/entities/f", `{}`},
		{422, "PATCH", "/v1/blueprints/x/entities/e", `{"identifier":"f"}`},
		{422, "PATCH", "/v1/blueprints/x/entities/e", `null`},
		{422, "POST", "/v1/blueprints/x/entities?upsert=yes", `{"identifier":"e"}`},
		{422, "PUT", "/v1/blueprints/x/entities/e?create_missing_related_entities=1", `{}`},
		{400, "PUT", "/v1/blueprints/x/entities/e", `{`},
		{404, "GET", "/v1/blueprints/x/entities/f", ""},
		{404, "GET", "/v1/blueprints/none/entities/e", ""},
		{404, "GET", "/v1/blueprints/none/entities", ""},
		{422, "GET", "/v1/blueprints/x/entities?include=colour", ""},
		{404, "GET", "/v1/blueprints/none/entities-count", ""},
		{404, "OPTIONS", "/v1/blueprints", ""},
	} {
		c.must(tt.status, tt.method, tt.path, tt.body)
	}
	e, _ := c.server.Entity("x", "e")
	if diff := cmp.Diff(map[string]any{"a": "1"}, e.Properties); diff != "" {
		t.Error(diff)
	}
	if got := c.server.Writes(); got.Created != 1 || got.Updated != 0 {
		t.Errorf("writes %+v", got)
	}
}

func TestIdentifiersInPaths(t *testing.T) {
	t.Parallel()
	c, _ := newClient(t, Options{})
	c.blueprint("a/b", "", "")
	for _, id := range []string{"plain", "a/b", "a//b", "日本", `back\slash`, "a+b=c", "@x:y", "..."} {
		path := "/v1/blueprints/a%2Fb/entities/" + url.PathEscape(id)
		c.put("a%2Fb", `{"identifier":`+string(appendString(nil, id))+`}`)
		if e := c.must(200, "GET", path, "")["entity"].(map[string]any); e["identifier"] != id {
			t.Errorf("%q came back as %v", id, e["identifier"])
		}
		c.must(200, "DELETE", path+"?delete_dependents=false", "")
	}
}

func TestStubs(t *testing.T) {
	t.Parallel()
	c, _ := newCatalog(t, Options{})
	const path = "/v1/blueprints/x/entities?upsert=true&merge=true&create_missing_related_entities=true"
	c.must(201, "POST", path, `{"identifier":"e","relations":{"one":"p1","many":["p1","p2"]}}`)
	if diff := cmp.Diff(Writes{Created: 1, Stubs: 2, UpsertRequests: 1}, c.server.Writes()); diff != "" {
		t.Error(diff)
	}
	stub, ok := c.server.Entity("p", "p1")
	if !ok || stub.Title != "p1" || stub.Datasource != c.agent || len(stub.Properties) != 0 {
		t.Errorf("stub %+v", stub)
	}
	c.must(422, "POST", path, `{"identifier":"e","relations":{"one":"p3"},"properties":{"n":"1"}}`)
	if c.server.Count("p") != 2 {
		t.Error("a refused write left a stub")
	}
	c.must(200, "PATCH", "/v1/blueprints/x/entities/e?create_missing_related_entities=true", `{"relations":{"one":"p4"}}`)
	c.must(200, "PUT", "/v1/blueprints/x/entities/e?create_missing_related_entities=true", `{"relations":{"one":"p5"}}`)
	if c.server.Count("p") != 4 {
		t.Errorf("%d entities, want 4", c.server.Count("p"))
	}
}

func TestValidationOnly(t *testing.T) {
	t.Parallel()
	c, _ := newCatalog(t, Options{})
	const path = "/v1/blueprints/x/entities?upsert=true&validation_only=true&create_missing_related_entities=true"
	c.must(200, "POST", path, `{"identifier":"e","relations":{"one":"p1"}}`)
	c.must(422, "POST", path, `{"identifier":"e","properties":{"n":"1"}}`)
	if c.server.Count("x")+c.server.Count("p") != 0 {
		t.Error("validation_only wrote something")
	}
}

func TestListAndCount(t *testing.T) {
	t.Parallel()
	c, _ := newCatalog(t, Options{})
	equalJSON(t, "empty", c.must(200, "GET", "/v1/blueprints/x/entities", ""), `{"ok":true,"entities":[]}`)
	c.put("x", `{"identifier":"f","title":"F"}`)
	c.put("x", `{"identifier":"e","title":"E","properties":{"a":"1","b":"2"}}`)
	equalJSON(t, "include", c.must(200, "GET", "/v1/blueprints/x/entities?include=identifier&include=properties.a", "")["entities"],
		`[{"identifier":"e","properties":{"a":"1"}},{"identifier":"f","properties":{}}]`)
	equalJSON(t, "count", c.must(200, "GET", "/v1/blueprints/x/entities-count", ""), `{"ok":true,"count":2}`)
}

func TestEveryWriteMovesUpdatedAtAndDatasource(t *testing.T) {
	t.Parallel()
	c, at := newCatalog(t, Options{})
	c.put("x", `{"identifier":"e","properties":{"a":"1"}}`)
	before, _ := c.server.Entity("x", "e")
	at.add(time.Minute)
	c.agent = "other/2"
	c.put("x", `{"identifier":"e","properties":{"a":"1"}}`)
	after, _ := c.server.Entity("x", "e")
	if !after.CreatedAt.Equal(before.CreatedAt) || after.UpdatedAt.Sub(before.UpdatedAt) != time.Minute || after.Datasource != "other/2" {
		t.Errorf("before %+v, after %+v", before, after)
	}
	at.add(-time.Hour)
	c.put("x", `{"identifier":"e"}`)
	if e, _ := c.server.Entity("x", "e"); e.UpdatedAt.Before(after.UpdatedAt) {
		t.Error("updatedAt went back with the clock")
	}
}
