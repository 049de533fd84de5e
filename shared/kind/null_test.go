package kind_test

import (
	"net/http"
	"strings"
	"testing"

	"adoport/shared/ingest"
	simulator "adoport/shared/simulator/azuredevops"
)

// TestNull: an answer that is null, or a list with nulls, is an error: taken for
// nothing, everything would seem to be deleted.
func TestNull(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{Projects: 1, RepositoriesPerProject: 1, PipelinesPerProject: 1, WorkItemsPerProject: 1})
	w.must(w.UpdateWorkItem(1, map[string]any{"System.State": "New"})) // all variants list it
	project := w.Projects()[0]
	known := map[string]string{"project": project.ID, "repository": w.Repositories()[0].ID, "pipeline": "1", "work-item": "1"}
	scopes := map[string]ingest.Scope{
		"project": {}, "repository": {},
		"pipeline":  {ProjectID: project.ID, ProjectName: project.Name},
		"work-item": {ProjectID: project.ID, ProjectName: project.Name},
	}
	for _, body := range []string{"null", `{"count":1,"value":[null]}`, `{"value":null}`, `[]`, `{}`} {
		for _, v := range variants {
			s := w.source(v.kind, v.selector, v.mentions...)
			w.intercept(func(rw http.ResponseWriter, r *http.Request) bool {
				// All but the query, which says that there is a work item.
				return !strings.HasSuffix(r.URL.Path, "/wiql") && answer("", body)(rw, r)
			})
			got, err := w.walk(s, scopes[v.kind])
			// A work item that is null does not exist any more.
			if omitted := v.kind == "work-item" && strings.Contains(body, "[null]"); (err == nil) != omitted || len(got.items) > 0 {
				t.Errorf("%s %s: %s became %d items, error %v", v.kind, v.selector, body, len(got.items), err)
			}
			ref := ingest.Ref{Kind: v.kind, ID: known[v.kind], ProjectID: project.ID}
			read, gone, err := s.Reader.Read(t.Context(), []ingest.Ref{ref})
			if err == nil && v.kind != "work-item" {
				t.Errorf("%s %s: %s read as %v, gone %v", v.kind, v.selector, body, read, gone)
			}
			w.intercept(nil)
		}
	}
}
