package kind_test

import (
	"testing"

	"adoport/shared/ingest"
	"adoport/shared/kind"
	"adoport/shared/mapping"
	simulator "adoport/shared/simulator/azuredevops"
)

// identifiers are the usual formulas, ours and Ocean's.
var identifiers = map[string][]string{
	"project":    {".id", `.id | gsub(" "; "")`},
	"repository": {".id", ".project.id + \"/\" + .id"},
	"pipeline":   {".id | tostring", ".__projectId + \"/\" + (.id | tostring)", ".__project.name + \"/\" + (.id | tostring)"},
	"work-item": {
		".id | tostring", `.__project.id + "/" + (.id | tostring) | gsub(" "; "")`,
		`.fields."System.TeamProject" + "/" + (.fields."System.Id" | tostring)`,
	},
}

// TestRemnantTellsTheEntity: of an item that is gone, what is left tells which
// entity was its.
func TestRemnantTellsTheEntity(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{Projects: 2, RepositoriesPerProject: 1, PipelinesPerProject: 1, WorkItemsPerProject: 1, Nasty: true})
	for kindName, formulas := range identifiers {
		for _, formula := range formulas {
			s := identified(t, w, kindName, formula)
			for _, item := range w.all(s) {
				made := s.Resources[0].Map(t.Context(), item.Value)
				if len(made.Entities) != 1 {
					t.Fatalf("%s, %s: %+v", item.Ref, formula, made)
				}
				blueprint, identifier, err := s.Resources[0].Identify(t.Context(), s.Remnant(item.Ref))
				if err != nil || blueprint != "b" || identifier != made.Entities[0].Identifier {
					t.Errorf("%s, %s: %s/%s, %v; want %s", item.Ref, formula, blueprint, identifier, err, made.Entities[0].Identifier)
				}
			}
		}
	}
}

// TestRemnantOfUnknownProject: a process that has listed nothing yet still knows
// what the event said.
func TestRemnantOfUnknownProject(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{})
	w.organization = kind.NewOrganization(w.client)
	for kindName, formula := range map[string]string{
		"project": ".id", "repository": ".project.id + \"/\" + .id", "pipeline": ".__projectId + \"/\" + (.id | tostring)",
		"work-item": ".__project.id + \"/\" + (.id | tostring)",
	} {
		s := identified(t, w, kindName, formula)
		ref := ingest.Ref{Kind: kindName, ID: "7", ProjectID: "p1"}
		want := "p1/7"
		if kindName == "project" {
			want, ref.ProjectID = "7", ""
		}
		if _, identifier, err := s.Resources[0].Identify(t.Context(), s.Remnant(ref)); err != nil || identifier != want {
			t.Errorf("%s: %s, %v; want %s", kindName, identifier, err, want)
		}
	}
}

// identified is a source whose entities have that identifier.
func identified(t *testing.T, w *world, kindName, formula string) ingest.Source {
	t.Helper()
	text := "resources:\n  - kind: " + kindName + "\n    selector: {query: \"true\"}\n    port: {entity: {mappings: {identifier: '" + formula + "', blueprint: '\"b\"'}}}\n"
	c, err := mapping.Load("mapping.yaml", []byte(text), kind.Mapping())
	if err != nil {
		t.Fatal(err)
	}
	sources, err := kind.Sources(c, w.organization)
	if err != nil {
		t.Fatal(err)
	}
	return sources[0]
}
