package ingest

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func related(id string, targets ...string) Blueprint {
	b := Blueprint{Identifier: id, Relations: map[string]Relation{}}
	for _, target := range targets {
		b.Relations["to_"+target] = Relation{Target: target}
	}
	return b
}

func TestTargetsFirst(t *testing.T) {
	t.Parallel()
	given := []Blueprint{
		related("work_item", "project", "work_item", "user"),
		related("repository", "project"),
		related("project"),
		related("a", "b"), related("b", "a"), // a cycle must end
	}
	var order []string
	for _, b := range targetsFirst(given) {
		order = append(order, b.Identifier)
	}
	if len(order) != len(given) {
		t.Fatalf("order %v lost one", order)
	}
	for _, dependent := range []string{"work_item", "repository"} {
		if slices.Index(order, dependent) < slices.Index(order, "project") {
			t.Errorf("%s comes before project: %v", dependent, order)
		}
	}
}

func TestMissingBlueprints(t *testing.T) {
	t.Parallel()
	known := []Blueprint{
		{Identifier: "new"},
		{Identifier: "full", Schema: BlueprintSchema{Properties: map[string]Property{"a": {Type: "string"}}}},
		{
			Identifier: "poor",
			Schema:     BlueprintSchema{Properties: map[string]Property{"a": {Type: "string"}, "b": {Type: "number"}}},
			Relations:  map[string]Relation{"project": {Target: "project"}},
		},
	}
	have := map[string]Blueprint{
		"full": known[1],
		// A person made a of another type: that is theirs to decide.
		"poor": {Identifier: "poor", Title: "Mine", Schema: BlueprintSchema{Properties: map[string]Property{"a": {Type: "boolean"}}}},
	}
	create, extend := MissingBlueprints(known, have)
	if diff := cmp.Diff([]Blueprint{{Identifier: "new"}}, create); diff != "" {
		t.Error(diff)
	}
	want := []Blueprint{{
		Identifier: "poor",
		Schema:     BlueprintSchema{Properties: map[string]Property{"b": {Type: "number"}}},
		Relations:  map[string]Relation{"project": {Target: "project"}},
	}}
	if diff := cmp.Diff(want, extend); diff != "" {
		t.Error(diff)
	}
}
