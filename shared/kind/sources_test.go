package kind_test

import (
	"slices"
	"testing"

	"adoport/shared/defaultcatalog"
	"adoport/shared/kind"
	"adoport/shared/mapping"
	simulator "adoport/shared/simulator/azuredevops"
)

func TestSources(t *testing.T) {
	t.Parallel()
	wiql := func(text string) string { return config(t, "work-item", "wiql: "+text) }
	tests := map[string]struct {
		resources []string
		// want are the sources' IDs, resources how many each has.
		want  []string
		sizes []int
	}{
		"one of each": {
			[]string{config(t, "project", ""), config(t, "repository", ""), config(t, "pipeline", ""), config(t, "work-item", "")},
			[]string{"project", "repository", "pipeline", "work-item"},
			[]int{1, 1, 1, 1},
		},
		"same options are read once": {
			[]string{wiql("a"), config(t, "repository", ""), wiql("a")},
			[]string{"work-item", "repository"},
			[]int{2, 1},
		},
		"other options are read apart": {
			[]string{wiql("a"), wiql("b"), wiql("a"), wiql("c")},
			[]string{"work-item", "work-item-2", "work-item-3"},
			[]int{2, 1, 1},
		},
		"a default that is written out is the default": {
			[]string{config(t, "work-item", ""), config(t, "work-item", "expand: All"), config(t, "work-item", "wiql: ''")},
			[]string{"work-item"},
			[]int{3},
		},
		"a quoted boolean is one": {
			[]string{config(t, "pipeline", "includeRepo: 'true'"), config(t, "pipeline", "includeRepo: true")},
			[]string{"pipeline"},
			[]int{2},
		},
		"what costs requests is read only for those that mention it": {
			[]string{config(t, "pipeline", ""), config(t, "pipeline", "", ".configuration.path"), config(t, "pipeline", "", ".configuration.type")},
			[]string{"pipeline", "pipeline-2"},
			[]int{1, 2},
		},
		"kinds are counted apart": {
			[]string{config(t, "project", ""), config(t, "pipeline", ""), config(t, "project", "defaultTeam: true")},
			[]string{"project", "pipeline", "project-2"},
			[]int{1, 1, 1},
		},
	}
	for name, test := range tests {
		w := newWorld(t, simulator.Options{})
		for range 2 { // twice: the IDs are in ledgers and queues
			sources, err := w.sources(test.resources...)
			if err != nil {
				t.Fatal(err)
			}
			var ids []string
			var sizes []int
			for _, s := range sources {
				ids, sizes = append(ids, s.ID), append(sizes, len(s.Resources))
			}
			if !slices.Equal(ids, test.want) || !slices.Equal(sizes, test.sizes) {
				t.Errorf("%s: %v with %v resources, want %v with %v", name, ids, sizes, test.want, test.sizes)
			}
		}
	}
}

// TestDefaultSources: what the built-in mapping reads, and how much it costs.
func TestDefaultSources(t *testing.T) {
	t.Parallel()
	c, err := mapping.Load(defaultcatalog.MappingName, defaultcatalog.Mapping, kind.Mapping())
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, simulator.Options{Projects: 2, RepositoriesPerProject: 1, PipelinesPerProject: 2, WorkItemsPerProject: 2})
	sources, err := kind.Sources(c, w.organization)
	if err != nil {
		t.Fatal(err)
	}
	perProject := map[string]bool{"project": false, "repository": false, "pipeline": true, "work-item": true}
	revisions := map[string]string{"pipeline": ".revision", "work-item": ".rev"}
	for _, s := range sources {
		if s.PerProject != perProject[s.Kind] || s.Revision != revisions[s.Kind] {
			t.Errorf("%s: per project %t, revision %q", s.Kind, s.PerProject, s.Revision)
		}
		w.all(s)
	}
	for _, route := range []string{"GET _apis/projects/{id}", "GET {project}/_apis/pipelines/{id}", "GET {project}/_apis/build/definitions"} {
		if n := w.Requests()[route]; n != 0 {
			t.Errorf("%d requests of %s, want none", n, route)
		}
	}
}

// TestKinds: what the mapping's loader is told.
func TestKinds(t *testing.T) {
	t.Parallel()
	want := []string{"project", "repository", "pipeline", "work-item"}
	var names []string
	for _, k := range kind.Mapping() {
		names = append(names, k.Name)
		for _, o := range k.Options {
			if o.Default == nil || o.Doc == "" {
				t.Errorf("%s.%s: default %v, doc %q", k.Name, o.Name, o.Default, o.Doc)
			}
		}
	}
	if !slices.Equal(names, want) {
		t.Errorf("kinds %v, want %v", names, want)
	}
}
