package port

import (
	"strings"
	"testing"
)

func TestCreateBlueprint(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		body   string
		status int
		want   string // in the message
	}{
		"bare":                {`{"identifier":"x","title":"X"}`, 201, ""},
		"of itself":           {`{"identifier":"x","title":"X","relations":{"parent":{"target":"x"}}}`, 201, ""},
		"of another":          {`{"identifier":"x","title":"X","relations":{"r":{"target":"there","many":true}}}`, 201, ""},
		"all types":           {`{"identifier":"x","title":"X","schema":{"properties":{"a":{"type":"string","format":"url"},"b":{"type":"number"},"c":{"type":"boolean"},"d":{"type":"object"},"e":{"type":"array","items":{"type":"string","format":"user"}},"f":{"type":"array"}},"required":["a"]}}`, 201, ""},
		"read back":           {`{"identifier":"x","title":"X","createdAt":"2020-01-01T00:00:00.000Z","updatedBy":"me"}`, 201, ""},
		"taken":               {`{"identifier":"there","title":"X"}`, 409, "identifier_taken"},
		"no identifier":       {`{"title":"X"}`, 422, "identifier"},
		"bad identifier":      {`{"identifier":"a b","title":"X"}`, 422, "pattern"},
		"= in the identifier": {`{"identifier":"a=b","title":"X"}`, 422, "pattern"},
		"long identifier":     {`{"identifier":"` + strings.Repeat("x", 101) + `","title":"X"}`, 422, "100"},
		"no title":            {`{"identifier":"x"}`, 422, "title"},
		"long title":          {`{"identifier":"x","title":"` + strings.Repeat("x", 101) + `"}`, 422, "100"},
		"long description":    {`{"identifier":"x","title":"X","description":"` + strings.Repeat("x", 201) + `"}`, 422, "200"},
		"unknown key":         {`{"identifier":"x","title":"X","propertys":{}}`, 422, "propertys"},
		"unknown type":        {`{"identifier":"x","title":"X","schema":{"properties":{"a":{"type":"integer"}}}}`, 422, "type"},
		"unknown format":      {`{"identifier":"x","title":"X","schema":{"properties":{"a":{"type":"string","format":"datetime"}}}}`, 422, "datetime"},
		"format of a number":  {`{"identifier":"x","title":"X","schema":{"properties":{"a":{"type":"number","format":"url"}}}}`, 422, "format"},
		"unknown item type":   {`{"identifier":"x","title":"X","schema":{"properties":{"a":{"type":"array","items":{"type":"date"}}}}}`, 422, "items"},
		"items of a string":   {`{"identifier":"x","title":"X","schema":{"properties":{"a":{"type":"string","items":{"type":"string"}}}}}`, 422, "arrays"},
		"bad pattern":         {`{"identifier":"x","title":"X","schema":{"properties":{"a":{"type":"string","pattern":"("}}}}`, 422, "pattern"},
		"null property":       {`{"identifier":"x","title":"X","schema":{"properties":{"a":null}}}`, 422, "object"},
		"no target":           {`{"identifier":"x","title":"X","relations":{"r":{"many":true}}}`, 422, "target"},
		"missing target":      {`{"identifier":"x","title":"X","relations":{"r":{"target":"nowhere"}}}`, 422, "nowhere"},
		"not an object":       {`[]`, 422, ""},
		"null":                {`null`, 422, "object"},
		"schema as a list":    {`{"identifier":"x","title":"X","schema":[]}`, 422, "schema"},
		"not JSON":            {`{`, 400, "JSON"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, _ := newClient(t, Options{})
			c.blueprint("there", "", "")
			body := c.must(tt.status, "POST", "/v1/blueprints", tt.body)
			if tt.status != 201 && !strings.Contains(message(body), tt.want) {
				t.Errorf("message %q, want %q in it", message(body), tt.want)
			}
			if got := len(c.server.Blueprints()); got != map[bool]int{true: 2, false: 1}[tt.status == 201] {
				t.Errorf("%d blueprints", got)
			}
		})
	}
}

func TestBlueprintIsReadBack(t *testing.T) {
	t.Parallel()
	c, _ := newClient(t, Options{})
	c.must(201, "POST", "/v1/blueprints", `{"identifier":"x","title":"X","icon":"Git","schema":{"properties":{"a":{"type":"string","title":"A"}}}}`)
	want := `{"identifier":"x","title":"X","icon":"Git","schema":{"properties":{"a":{"type":"string","title":"A"}},"required":[]},
		"relations":{},"mirrorProperties":{},"calculationProperties":{},"aggregationProperties":{},
		"createdAt":"2024-05-06T07:08:09.123Z","createdBy":"client","updatedAt":"2024-05-06T07:08:09.123Z","updatedBy":"client"}`
	equalJSON(t, "GET one", c.must(200, "GET", "/v1/blueprints/x", "")["blueprint"], want)
	equalJSON(t, "GET all", c.must(200, "GET", "/v1/blueprints", "")["blueprints"], "["+want+"]")
	c.must(404, "GET", "/v1/blueprints/y", "")
}

func TestChangeBlueprint(t *testing.T) {
	t.Parallel()
	c, _ := newClient(t, Options{})
	c.blueprint("p", "", "")
	c.blueprint("x", `"a":{"type":"string"},"b":{"type":"string"}`, `"r":{"target":"p"},"s":{"target":"p"}`)
	c.put("p", `{"identifier":"p1"}`)
	c.put("x", `{"identifier":"x1","properties":{"a":"1","b":"2"},"relations":{"r":"p1","s":"p1"}}`)

	c.must(200, "PATCH", "/v1/blueprints/x", `{"description":"d"}`)
	if e, _ := c.server.Entity("x", "x1"); len(e.Properties) != 2 || len(e.Relations) != 2 {
		t.Errorf("a patch of the description changed an entity: %v", e)
	}
	body := c.must(200, "PATCH", "/v1/blueprints/x", `{"schema":{"properties":{"b":{"type":"string"},"c":{"type":"number"}}},"relations":{"s":{"target":"p"}}}`)
	b := body["blueprint"].(map[string]any)
	equalJSON(t, "schema", b["schema"], `{"properties":{"b":{"type":"string"},"c":{"type":"number"}},"required":[]}`)
	equalJSON(t, "relations", b["relations"], `{"s":{"target":"p"}}`)
	if b["title"] != "x" || b["description"] != "d" {
		t.Errorf("a patch lost other keys: %v", b)
	}
	equalJSON(t, "entity", c.must(200, "GET", "/v1/blueprints/x/entities/x1?include=properties&include=relations", "")["entity"],
		`{"properties":{"b":"2"},"relations":{"s":"p1"}}`)

	c.must(409, "DELETE", "/v1/blueprints/p/entities/p1?delete_dependents=false", "")
	c.must(200, "PUT", "/v1/blueprints/x", `{"identifier":"x","title":"X2"}`)
	b = c.must(200, "GET", "/v1/blueprints/x", "")["blueprint"].(map[string]any)
	if b["description"] != nil || b["title"] != "X2" || b["createdBy"] != "client" {
		t.Errorf("a PUT did not replace: %v", b)
	}
	c.must(200, "DELETE", "/v1/blueprints/p/entities/p1?delete_dependents=false", "")
}

func TestChangeBlueprintIsRefused(t *testing.T) {
	t.Parallel()
	c, _ := newClient(t, Options{})
	c.blueprint("x", `"a":{"type":"string"}`, "")
	c.must(404, "PATCH", "/v1/blueprints/y", `{"title":"Y"}`)
	c.must(404, "PUT", "/v1/blueprints/y", `{"identifier":"y","title":"Y"}`)
	c.must(422, "PUT", "/v1/blueprints/x", `{"identifier":"y","title":"Y"}`)
	c.must(422, "PATCH", "/v1/blueprints/x", `{"relations":{"r":{"target":"none"}}}`)
	c.must(422, "PATCH", "/v1/blueprints/x", `{"schema":{"properties":{"a":{"type":"text"}}}}`)
	b := c.must(200, "GET", "/v1/blueprints/x", "")["blueprint"].(map[string]any)
	equalJSON(t, "schema", b["schema"], `{"properties":{"a":{"type":"string"}},"required":[]}`)
}

func TestDeleteBlueprint(t *testing.T) {
	t.Parallel()
	c, _ := newClient(t, Options{})
	c.blueprint("p", "", "")
	c.blueprint("x", "", `"r":{"target":"p"}`)
	c.put("x", `{"identifier":"x1"}`)
	c.must(409, "DELETE", "/v1/blueprints/p", "")
	c.must(409, "DELETE", "/v1/blueprints/x", "")
	c.must(404, "DELETE", "/v1/blueprints/y", "")
	c.must(200, "DELETE", "/v1/blueprints/x/all-entities?delete_blueprint=true", "")
	c.must(200, "DELETE", "/v1/blueprints/p", "")
	if got := c.server.Blueprints(); len(got) != 0 {
		t.Errorf("left: %v", got)
	}
}
