package doctor

import (
	"context"
	"errors"
	"strings"
	"testing"

	"adoport/shared/defaultcatalog"
	"adoport/shared/ingest"
	"adoport/shared/kind"
	"adoport/shared/mapping"
)

// two writes a repository to two blueprints of its own, and computes the one of a
// project.
const two = `
resources:
  - kind: repository
    selector: {query: "true"}
    port:
      entity:
        mappings:
          - identifier: .id
            blueprint: '"service"'
            title: .name
            properties: {url: .url, lost: .url}
          - identifier: .id
            blueprint: '"component"'
            properties: {size: .size}
            relations: {owner: .project.id}
  - kind: project
    selector: {query: "true"}
    port:
      entity:
        mappings:
          identifier: .id
          blueprint: .name
          properties: {any: .url}
`

func blueprint(id string, relations map[string]ingest.Relation, properties ...string) ingest.Blueprint {
	b := ingest.Blueprint{Identifier: id, Relations: relations, Schema: ingest.BlueprintSchema{Properties: map[string]ingest.Property{}}}
	for _, name := range properties {
		b.Schema.Properties[name] = ingest.Property{Type: "string"}
	}
	return b
}

func portOf(t *testing.T, text string, have ...ingest.Blueprint) *Port {
	t.Helper()
	config, err := mapping.Load("mapping.yaml", []byte(text), kind.Mapping())
	must(t, err)
	all := map[string]ingest.Blueprint{}
	for _, b := range have {
		all[b.Identifier] = b
	}
	p := &Port{
		BaseURL: "https://api.us.port.io", Config: config, Known: defaultcatalog.Blueprints(),
		Blueprints: func(context.Context) (map[string]ingest.Blueprint, error) { return all, nil },
	}
	if f := p.credentials(t.Context()); f.State != OK || !strings.Contains(f.Detail, "https://api.us.port.io (US), which has") {
		t.Errorf("%+v", f)
	}
	return p
}

func TestFieldsOfSeveralBlueprints(t *testing.T) {
	t.Parallel()
	p := portOf(t, two, blueprint("service", nil, "url"), blueprint("component", map[string]ingest.Relation{"owner": {}}, "size"))
	if f := p.blueprints(t.Context()); f.State != OK || !strings.Contains(f.Detail, "2 blueprints of the mapping exist; those that the mapping computes from an item are not checked") {
		t.Errorf("%+v", f)
	}
	f := p.fields(t.Context())
	if f.State != Failed || len(f.Todo) != 2 || f.Todo[0] != "Blueprint component or service (mapping.yaml:3:5) lacks properties.lost." {
		t.Errorf("%+v", f)
	}
	p = portOf(t, two, blueprint("service", nil))
	if f := p.blueprints(t.Context()); f.State != Failed || !strings.Contains(f.Todo[0], "Create the blueprint component in Port") {
		t.Errorf("%+v", f)
	}
	if f := p.fields(t.Context()); f.State != OK {
		t.Errorf("a blueprint that does not exist is told twice: %+v", f)
	}
}

func TestRequiredFields(t *testing.T) {
	t.Parallel()
	project := blueprint("azure_devops_project", map[string]ingest.Relation{"tenant": {Required: true}}, "owner")
	project.Schema.Required = []string{"owner"}
	p := portOf(t, string(defaultcatalog.Mapping), project)
	p.Extend = true
	f := p.fields(t.Context())
	if f.State != Warning || !strings.Contains(f.Todo[0], "Blueprint azure_devops_project requires properties.owner, relations.tenant, which mapping.yaml:") {
		t.Errorf("%+v", f)
	}
	if len(project.Schema.Properties) != 1 {
		t.Error("the blueprint that there is was changed")
	}
	p.Extend = false
	if f := p.fields(t.Context()); f.State != Failed || !strings.Contains(f.Todo[0], "lacks properties.description, properties.last_updated_time") {
		t.Errorf("%+v", f)
	}
}

func TestRegion(t *testing.T) {
	t.Parallel()
	for base, want := range map[string]string{
		"https://api.port.io": " (EU)", "https://api.getport.io": " (EU)", "https://api.us.port.io": " (US)",
		"https://port.fabrikam.example": "", "http://127.0.0.1:1": "", "%": "",
	} {
		if got := region(base); got != want {
			t.Errorf("%s: %q", base, got)
		}
	}
	p := &Port{Err: errors.New("no")}
	if f := p.credentials(t.Context()); f.State != Failed || f.Detail != "no" {
		t.Errorf("%+v", f)
	}
}
