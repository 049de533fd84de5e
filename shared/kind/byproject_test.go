package kind_test

import (
	"net/http"
	"strings"
	"testing"

	"adoport/shared/ingest"
	simulator "adoport/shared/simulator/azuredevops"
)

// TestWorkItemsWithoutABatchForTheOrganization: a server that has the batch in
// its projects only is asked there; the work items of a project that is gone are
// gone.
func TestWorkItemsWithoutABatchForTheOrganization(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{Projects: 2, WorkItemsPerProject: 3})
	s := w.source("work-item", "")
	asked := refs(w.all(s))
	projects := w.Projects()
	w.must(w.DeleteWorkItem(1))
	w.must(w.DeleteProject(projects[1].ID))
	left := 0
	w.WorkItems(func(simulator.WorkItem) bool { left++; return true })
	w.intercept(func(rw http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, "/fabrikam/_apis/wit/workitemsbatch") {
			return false
		}
		rw.WriteHeader(http.StatusNotFound)
		return true
	})
	items, gone, err := s.Reader.Read(t.Context(), asked)
	if err != nil {
		t.Fatal(err)
	}
	if len(items) != left || len(gone) != len(asked)-left || left == 0 {
		t.Errorf("%d items and %d gone of %d, want %d items", len(items), len(gone), len(asked), left)
	}
	if _, _, err := s.Reader.Read(t.Context(), []ingest.Ref{{Kind: "work-item", ID: "2"}}); err == nil {
		t.Error("a work item whose project is not known was read, or taken for gone")
	}
}
