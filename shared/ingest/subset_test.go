package ingest_test

import (
	"slices"
	"strings"
	"testing"

	"adoport/shared/ingest"
)

// TestSubsetOfKinds prunes only the blueprints that no other kind writes to.
func TestSubsetOfKinds(t *testing.T) {
	t.Parallel()
	// Tasks make entities of the blueprint of teams too.
	shared := strings.Replace(standard, "mappings: {identifier: .id, title: .title, blueprint: '\"task\"'",
		"mappings: [{identifier: '\"of-\" + .id', blueprint: '\"team\"'}, {identifier: .id, title: .title, blueprint: '\"task\"'", 1)
	shared = strings.Replace(shared, "relations: {team: .team}}", "relations: {team: .team}}]", 1)
	computed := strings.Replace(standard, "blueprint: '\"task\"'", "blueprint: '.blueprint // \"task\"'", 1)
	tests := map[string]struct {
		mapping string
		kinds   []string
		pruned  []string
	}{
		"all":                                  {standard, nil, []string{"task", "team"}},
		"both, named":                          {standard, []string{"team", "task"}, []string{"task", "team"}},
		"one":                                  {standard, []string{"team"}, []string{"team"}},
		"the other":                            {standard, []string{"task"}, []string{"task"}},
		"another kind writes there too":        {shared, []string{"team"}, nil},
		"that kind alone does not suffice":     {shared, []string{"task"}, []string{"task"}},
		"all kinds that write there":           {shared, nil, []string{"task", "team"}},
		"another kind may write anywhere":      {computed, []string{"team"}, nil},
		"a kind that writes where it computes": {computed, []string{"task"}, []string{"task"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, test.mapping, nil)
			w.readers["task"].put("p1", "t1", map[string]any{"title": "One"})
			w.readers["team"].put("", "a", map[string]any{"title": "A"})
			w.old("task", "gone")
			w.old("team", "gone")
			r := w.run(test.kinds...)
			var pruned []string
			for _, id := range []string{"task", "team"} {
				if !slices.Contains(w.catalog.ids(id), "gone") {
					pruned = append(pruned, id)
				}
			}
			if r.Status != ingest.Complete || !slices.Equal(pruned, test.pruned) {
				t.Errorf("%s, pruned %v, want %v", r.Status, pruned, test.pruned)
			}
		})
	}
}

// TestSubsetReadsNothingElse.
func TestSubsetReadsNothingElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t, standard, nil)
	w.tasks(1)
	w.complete("team")
	if len(w.readers["task"].walks) > 0 {
		t.Errorf("pages %q", w.readers["task"].walks)
	}
}
