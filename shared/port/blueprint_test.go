package port

import (
	"encoding/json"
	"errors"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"adoport/shared/ingest"
)

func TestBlueprints(t *testing.T) {
	t.Parallel()
	c, f := serve(t, func(_ int, w http.ResponseWriter, _ request) {
		reply(w, 200, `{"ok":true,"blueprints":[
			{"identifier":"service","title":"Service","icon":"Microservice","description":"d",
			 "schema":{"properties":{"url":{"type":"string","format":"url","title":"URL","description":"x","spec":"y"}},"required":["url"]},
			 "relations":{"project":{"title":"Project","target":"project","required":true,"many":false}},
			 "mirrorProperties":{"x":{"path":"project.url"}}},
			{"identifier":"odd","title":7,"schema":{"properties":{"a":{"type":["string","null"]},"b":null},"required":{"jqQuery":"x"}},"relations":null},
			{"identifier":"bare"}]}`)
	})
	got, err := c.Blueprints(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	none := map[string]ingest.Relation{}
	want := map[string]ingest.Blueprint{
		"service": {
			Identifier: "service", Title: "Service", Icon: "Microservice", Description: "d",
			Schema: ingest.BlueprintSchema{
				Properties: map[string]ingest.Property{"url": {Title: "URL", Description: "x", Type: "string", Format: "url"}},
				Required:   []string{"url"},
			},
			Relations: map[string]ingest.Relation{"project": {Title: "Project", Target: "project", Required: true}},
		},
		"odd":  {Identifier: "odd", Schema: ingest.BlueprintSchema{Properties: map[string]ingest.Property{"a": {}, "b": {}}}, Relations: none},
		"bare": {Identifier: "bare", Schema: ingest.BlueprintSchema{Properties: map[string]ingest.Property{}}, Relations: none},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if r := f.seen()[0]; r.Method != http.MethodGet || r.Path != "/v1/blueprints" || r.Query != "" {
		t.Errorf("%+v", r)
	}
}

// TestBlueprintsThatAreNone: an answer without blueprints MUST NOT look like an
// organization without blueprints.
func TestBlueprintsThatAreNone(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]bool{`{"ok":true,"blueprints":[]}`: true, `{"ok":true}`: false, `{"blueprints":null}`: false, `[]`: false, ``: false} {
		c, _ := serve(t, func(_ int, w http.ResponseWriter, _ request) { reply(w, 200, body) })
		if got, err := c.Blueprints(t.Context()); (err == nil) != want || len(got) != 0 {
			t.Errorf("%q: %v, %v", body, got, err)
		}
	}
}

func TestCreateBlueprint(t *testing.T) {
	t.Parallel()
	c, f := serve(t, func(_ int, w http.ResponseWriter, _ request) { reply(w, 201, `{"ok":true,"blueprint":{}}`) })
	if err := c.CreateBlueprint(t.Context(), ingest.Blueprint{Identifier: "bare"}); err != nil {
		t.Fatal(err)
	}
	r := f.seen()[0]
	want := `{"identifier":"bare","schema":{"properties":{},"required":[]},"relations":{},"mirrorProperties":{},"calculationProperties":{},"aggregationProperties":{}}`
	if r.Method != http.MethodPost || r.Path != "/v1/blueprints" || r.Body != want {
		t.Errorf("%s %s %s", r.Method, r.Path, r.Body)
	}
	var id *IdentifierError
	if err := c.CreateBlueprint(t.Context(), ingest.Blueprint{Identifier: "a b"}); !errors.As(err, &id) || len(f.seen()) != 1 {
		t.Errorf("error %v", err)
	}
}

func TestCreateBlueprintThatExists(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		create, get int // statuses
		exists      bool
		requests    int
	}{
		"conflict":                     {409, 0, true, 1},
		"unprocessable, there":         {422, 200, true, 2},
		"unprocessable, not there":     {422, 404, false, 2},
		"unprocessable, not to be had": {422, 403, false, 2},
		"forbidden":                    {403, 200, false, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, f := serve(t, func(_ int, w http.ResponseWriter, r request) {
				if r.Method == http.MethodPost {
					reply(w, test.create, `{"ok":false,"error":"e"}`)
					return
				}
				if r.Path != "/v1/blueprints/service" {
					t.Errorf("path %s", r.Path)
				}
				reply(w, test.get, `{"ok":true}`)
			})
			err := c.CreateBlueprint(t.Context(), ingest.Blueprint{Identifier: "service"})
			if err == nil || errors.Is(err, ingest.ErrExists) != test.exists || len(f.seen()) != test.requests {
				t.Errorf("error %v after %d requests", err, len(f.seen()))
			}
		})
	}
}

const storedBlueprint = `{"ok":true,"blueprint":{"identifier":"service","title":"Mine",
	"schema":{"properties":{"url":{"type":"string","spec":"embedded-url","default":1.50}},"required":["url"],"x-own":true},
	"relations":{"owner":{"target":"_user","many":true,"required":false}},
	"calculationProperties":{"c":{"calculation":"1"}}}}`

func TestExtendBlueprint(t *testing.T) {
	t.Parallel()
	missing := ingest.Blueprint{
		Identifier: "service", Title: "Ours",
		Schema: ingest.BlueprintSchema{
			Properties: map[string]ingest.Property{"url": {Type: "number"}, "state": {Type: "string", Title: "State"}},
			Required:   []string{"state"},
		},
		Relations: map[string]ingest.Relation{"owner": {Target: "other"}, "project": {Target: "project"}},
	}
	c, f := serve(t, func(_ int, w http.ResponseWriter, _ request) { reply(w, 200, storedBlueprint) })
	if err := c.ExtendBlueprint(t.Context(), missing); err != nil {
		t.Fatal(err)
	}
	seen := f.seen()
	if len(seen) != 2 || seen[1].Method != http.MethodPatch || seen[1].Path != "/v1/blueprints/service" {
		t.Fatalf("%+v", seen)
	}
	want := `{"relations":{"owner":{"many":true,"required":false,"target":"_user"},"project":{"target":"project","required":false,"many":false}},` +
		`"schema":{"properties":{"state":{"title":"State","type":"string"},"url":{"default":1.50,"spec":"embedded-url","type":"string"}},"required":["url"],"x-own":true}}`
	if diff := cmp.Diff(want, seen[1].Body); diff != "" {
		t.Error(diff)
	}
}

func TestExtendBlueprintAddsToWhatIsEmpty(t *testing.T) {
	t.Parallel()
	c, f := serve(t, func(_ int, w http.ResponseWriter, _ request) {
		reply(w, 200, `{"ok":true,"blueprint":{"identifier":"service","relations":null}}`)
	})
	missing := ingest.Blueprint{Identifier: "service", Schema: ingest.BlueprintSchema{Properties: map[string]ingest.Property{"a": {Type: "string"}}}}
	if err := c.ExtendBlueprint(t.Context(), missing); err != nil {
		t.Fatal(err)
	}
	if got, want := f.seen()[1].Body, `{"relations":{},"schema":{"properties":{"a":{"type":"string"}}}}`; got != want {
		t.Error(got)
	}
}

func TestExtendBlueprintSendsNothing(t *testing.T) {
	t.Parallel()
	have := ingest.Blueprint{
		Identifier: "service",
		Schema:     ingest.BlueprintSchema{Properties: map[string]ingest.Property{"url": {Type: "number"}}},
	}
	tests := map[string]struct {
		status   int
		body     string
		missing  ingest.Blueprint
		fails    bool
		notFound bool
		requests int
	}{
		"nothing is missing":    {200, storedBlueprint, have, false, false, 1},
		"no blueprint":          {404, `{"ok":false,"error":"not_found"}`, have, true, true, 1},
		"an empty answer":       {200, `{"ok":true}`, have, true, false, 1},
		"a schema of no object": {200, `{"blueprint":{"schema":[]}}`, have, true, false, 1},
		"an identifier of dots": {200, storedBlueprint, ingest.Blueprint{Identifier: ".."}, true, false, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, f := serve(t, func(_ int, w http.ResponseWriter, _ request) { reply(w, test.status, test.body) })
			err := c.ExtendBlueprint(t.Context(), test.missing)
			if (err != nil) != test.fails || errors.Is(err, ingest.ErrNotFound) != test.notFound || len(f.seen()) != test.requests {
				t.Errorf("error %v after %d requests", err, len(f.seen()))
			}
		})
	}
}

func FuzzReadBlueprint(f *testing.F) {
	f.Add(storedBlueprint)
	f.Add(`{"identifier":1,"schema":{"properties":[],"required":[1]},"relations":{"a":1}}`)
	f.Fuzz(func(t *testing.T, s string) {
		var raw map[string]any
		if json.Unmarshal([]byte(s), &raw) != nil {
			return
		}
		b := readBlueprint(raw)
		if b.Schema.Properties == nil || b.Relations == nil {
			t.Errorf("a nil map: %+v", b)
		}
		if id, ok := raw["identifier"].(string); ok && b.Identifier != id {
			t.Errorf("identifier %q of %q", b.Identifier, id)
		}
	})
}
