package kind_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"adoport/shared/ingest"
	"adoport/shared/kind"
	simulator "adoport/shared/simulator/azuredevops"
)

// newReader is a reader that knows nothing yet.
func newReader(t *testing.T, w *world, kindName, selector string, mentions ...string) ingest.Reader {
	t.Helper()
	known := w.organization
	defer func() { w.organization = known }()
	w.organization = kind.NewOrganization(w.client)
	return w.source(kindName, selector, mentions...).Reader
}

// TestEnrichments: the names and meanings are those of Ocean.
func TestEnrichments(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{Projects: 3, RepositoriesPerProject: 2, PipelinesPerProject: 2, WorkItemsPerProject: 4, Nasty: true})
	projects := map[string]simulator.Project{}
	for _, p := range w.Projects() {
		projects[p.ID] = p
	}
	for _, v := range variants {
		s := w.source(v.kind, v.selector, v.mentions...)
		for _, item := range w.all(s) {
			// The name of an organization elsewhere than at dev.azure.com is its
			// whole URL.
			if item.Value["__organizationUrl"] != w.url || item.Value["__organizationName"] != w.url {
				t.Errorf("%s: organization %v, %v; want %s", item.Ref, item.Value["__organizationUrl"], item.Value["__organizationName"], w.url)
			}
			if v.kind == "project" {
				continue
			}
			if item.Value["__projectId"] != item.Ref.ProjectID {
				t.Errorf("%s: __projectId %v, but the project is %s", item.Ref, item.Value["__projectId"], item.Ref.ProjectID)
			}
			if diff := cmp.Diff(listedProject(projects[item.Ref.ProjectID]), item.Value["__project"]); diff != "" {
				t.Errorf("%s: __project (-want +got):\n%s", item.Ref, diff)
			}
		}
	}
}

// TestProjectsAreNotEnrichedWithThemselves: Ocean's are not either.
func TestProjectsAreNotEnrichedWithThemselves(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{Projects: 1})
	for _, item := range w.all(w.source("project", "")) {
		for _, name := range []string{"__project", "__projectId"} {
			if _, ok := item.Value[name]; ok {
				t.Errorf("a project has %s", name)
			}
		}
	}
}
