package kind_test

import (
	"fmt"
	"strings"
	"testing"

	simulator "adoport/shared/simulator/azuredevops"
)

// TestWIQL: a user's condition narrows what is listed, and never widens it
// beyond its project.
func TestWIQL(t *testing.T) {
	t.Parallel()
	state := func(i simulator.WorkItem) any { return i.Fields["System.State"] }
	tests := map[string]struct {
		wiql string
		want func(simulator.WorkItem) bool
	}{
		"nothing":    {"", func(simulator.WorkItem) bool { return true }},
		"one":        {"[System.State] = 'Closed'", func(i simulator.WorkItem) bool { return state(i) == "Closed" }},
		"precedence": {"[System.State] = 'Closed' OR [System.State] = 'New'", func(i simulator.WorkItem) bool { return state(i) == "Closed" || state(i) == "New" }},
		"order":      {"[System.State] <> 'Closed' ORDER BY [System.ChangedDate] DESC", func(i simulator.WorkItem) bool { return state(i) != "Closed" }},
		"order in lower case, over lines": {
			"[System.State] <> 'Closed'\n  order\n  by [System.ChangedDate] desc, [System.Id] desc",
			func(i simulator.WorkItem) bool { return state(i) != "Closed" },
		},
		"only an order":      {"ORDER BY [System.Title]", func(simulator.WorkItem) bool { return true }},
		"order in a literal": {"[System.Title] <> 'ORDER BY x'", func(simulator.WorkItem) bool { return true }},
		"order after a literal": {
			`[System.Title] <> "it's an ORDER BY" ORDER BY [System.Title]`, func(simulator.WorkItem) bool { return true },
		},
		"order in a field's name": {
			"[Custom.Order By] <> 'x'", func(simulator.WorkItem) bool { return true },
		},
		"quotes in a literal": {"[System.Title] <> 'O''Brien SELECT'", func(simulator.WorkItem) bool { return true }},
	}
	w := newWorld(t, simulator.Options{Projects: 3, WorkItemsPerProject: 40, Nasty: true})
	w.must(w.UpdateWorkItem(1, map[string]any{"Custom.Order By": "y"}))
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := w.source("work-item", fmt.Sprintf("wiql: %q", test.wiql))
			for _, scope := range w.scopes(s) {
				want := 0
				w.WorkItems(func(i simulator.WorkItem) bool {
					if i.ProjectID == scope.ProjectID && test.want(i) {
						want++
					}
					return true
				})
				got, err := w.walk(s, scope)
				if err != nil || len(got.items) != want {
					t.Errorf("%s: %d items, %v; want %d", scope, len(got.items), err, want)
				}
				for _, item := range got.items {
					if item.Ref.ProjectID != scope.ProjectID {
						t.Errorf("%s is of another project", item.Ref)
					}
				}
			}
		})
	}
}

// TestWIQLThatIsWrong: a wrong query fails its scopes, with Azure DevOps' own
// words.
func TestWIQLThatIsWrong(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{Projects: 1, WorkItemsPerProject: 1})
	s := w.source("work-item", `wiql: "[System.Stat] = 'x'"`)
	_, err := w.walk(s, w.scopes(s)[0])
	mustBeScopeError(t, err, "System.Stat")
}

func TestWholeQueryIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{})
	for _, wiql := range []string{
		"SELECT [System.Id] FROM WorkItems", "  select [System.Id] from workitems", "Select\n[System.Id] From WorkItems",
	} {
		_, err := w.sources(config(t, "work-item", fmt.Sprintf("wiql: %q", wiql)))
		if err == nil || !strings.Contains(err.Error(), "mapping.yaml:2:5") || !strings.Contains(err.Error(), "only a condition") {
			t.Errorf("%q: %v", wiql, err)
		}
	}
	if _, err := w.sources(config(t, "work-item", `wiql: "[System.Title] = 'SELECT'"`)); err != nil {
		t.Errorf("a literal: %v", err)
	}
}
