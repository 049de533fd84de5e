package kind_test

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"adoport/shared/ingest"
	simulator "adoport/shared/simulator/azuredevops"
)

func TestPipelineItems(t *testing.T) {
	t.Parallel()
	for _, nasty := range []bool{false, true} {
		w := newWorld(t, simulator.Options{Projects: 2, RepositoriesPerProject: 3, PipelinesPerProject: 9, Nasty: nasty})
		want := map[string]map[string]any{}
		for _, p := range w.Pipelines() {
			web := fmt.Sprintf("%s/%s/_build/definition?definitionId=%d", w.url, p.ProjectID, p.ID)
			want[strconv.Itoa(p.ID)] = map[string]any{
				"id": number(p.ID), "name": p.Name, "folder": p.Folder, "revision": number(p.Revision), "url": p.URL,
				"_links": map[string]any{"self": map[string]any{"href": p.URL}, "web": map[string]any{"href": web}},
			}
		}
		got := map[string]map[string]any{}
		for _, item := range w.all(w.source("pipeline", "")) {
			for _, name := range []string{"__project", "__projectId", "__organizationUrl", "__organizationName"} {
				delete(item.Value, name)
			}
			got[item.Ref.ID] = item.Value
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("nasty %t (-want +got):\n%s", nasty, diff)
		}
	}
}

func TestPipelineConfiguration(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{Projects: 2, RepositoriesPerProject: 3, PipelinesPerProject: 6, Nasty: true})
	files := map[string]string{}
	for _, p := range w.Pipelines() {
		files[strconv.Itoa(p.ID)] = p.File
	}
	for _, item := range w.all(w.source("pipeline", "", `.["configuration"].path`)) {
		configuration, ok := item.Value["configuration"].(map[string]any)
		if path, _ := configuration["path"].(string); !ok || path != files[item.Ref.ID] {
			t.Errorf("%s: configuration %v, want path %q", item.Ref, configuration, files[item.Ref.ID])
		}
	}
	w.Reset()
	w.all(w.source("pipeline", "", ".name"))
	if got := w.Requests()["GET {project}/_apis/pipelines/{id}"]; got != 0 {
		t.Errorf("%d pipelines were read alone although nobody asks for their configuration", got)
	}
}

func TestPipelineRepository(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{Projects: 2, RepositoriesPerProject: 3, PipelinesPerProject: 10, Nasty: true})
	want := map[string]string{}
	for _, p := range w.Pipelines() {
		want[strconv.Itoa(p.ID)] = p.Repository
	}
	for _, item := range w.all(w.source("pipeline", "includeRepo: true")) {
		repository, _ := item.Value["__repository"].(map[string]any)
		if repository["id"] != want[item.Ref.ID] || repository["defaultBranch"] == nil {
			t.Errorf("%s: __repository %v, want id %s", item.Ref, repository, want[item.Ref.ID])
		}
	}
	for _, item := range w.all(w.source("pipeline", "")) {
		if _, ok := item.Value["__repository"]; ok {
			t.Fatal("__repository is there although nobody asked for it")
		}
	}
}

func TestPipelinePages(t *testing.T) {
	t.Parallel()
	for pipelines, pages := range map[int]int{0: 1, 101: 1, 1001: 2} {
		for _, selector := range []string{"", "includeRepo: true"} {
			w := newWorld(t, simulator.Options{Projects: 1, RepositoriesPerProject: 1, PipelinesPerProject: pipelines, Nasty: true})
			s := w.source("pipeline", selector)
			got, err := w.walk(s, w.scopes(s)[0])
			if err != nil {
				t.Fatal(err)
			}
			unique := slices.CompactFunc(got.items, func(a, b ingest.Item) bool { return a.Ref == b.Ref })
			if len(unique) != pipelines || got.pages != pages || got.largest > 200 {
				t.Errorf("%d pipelines: %d items on %d pages, largest batch %d", pipelines, len(unique), got.pages, got.largest)
			}
			for _, item := range unique {
				if _, ok := item.Value["__repository"].(map[string]any); selector != "" && !ok {
					t.Fatalf("%s has __repository %v", item.Ref, item.Value["__repository"])
				}
			}
		}
	}
}

func TestPipelinesOfForbiddenProject(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusForbidden, http.StatusNotFound} {
		w := newWorld(t, simulator.Options{Projects: 2, PipelinesPerProject: 2, Nasty: true})
		s := w.source("pipeline", "")
		scopes := w.scopes(s)
		w.must(w.Forbid(scopes[0].ProjectID, status))
		got, err := w.walk(s, scopes[0])
		mustBeScopeError(t, err, fmt.Sprintf("project %q", scopes[0].ProjectName))
		if len(got.items) != 0 {
			t.Errorf("%d items", len(got.items))
		}
		if got, err := w.walk(s, scopes[1]); err != nil || len(got.items) != 2 {
			t.Errorf("the other project: %d items, %v", len(got.items), err)
		}
	}
}

// TestPipelinesOfProjectThatWentAway: deleted, or not well formed any more,
// after the run was planned.
func TestPipelinesOfProjectThatWentAway(t *testing.T) {
	t.Parallel()
	changes := map[string]func(*world, string) error{
		"deleted":         func(w *world, id string) error { return w.DeleteProject(id) },
		"not well formed": func(w *world, id string) error { return w.SetProjectState(id, "deleting") },
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, simulator.Options{Projects: 2, PipelinesPerProject: 2})
			s := w.source("pipeline", "")
			scope := w.scopes(s)[0]
			w.must(change(w, scope.ProjectID))
			_, err := w.walk(s, scope)
			mustBeScopeError(t, err, scope.ProjectName)
		})
	}
}

func TestPipelineGone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{Projects: 2, RepositoriesPerProject: 1, PipelinesPerProject: 2})
	for _, v := range []struct{ selector, mention string }{{"", ".id"}, {"includeRepo: true", ".id"}, {"", ".configuration"}} {
		s := w.source("pipeline", v.selector, v.mention)
		items := w.all(s)
		deleted := items[0].Ref
		id, err := strconv.Atoi(deleted.ID)
		w.must(err)
		w.must(w.DeletePipeline(id))
		left, gone, err := s.Reader.Read(t.Context(), refs(items))
		if err != nil || !slices.Equal(gone, []ingest.Ref{deleted}) || !slices.Equal(refs(left), refs(items)[1:]) {
			t.Errorf("left %v, gone %v, error %v", refs(left), gone, err)
		}
		if _, err := w.AddPipeline(deleted.ProjectID, "again"); err != nil {
			t.Fatal(err)
		}
	}
}

// TestPipelineOfDeletedProject is gone with it.
func TestPipelineOfDeletedProject(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{Projects: 1, PipelinesPerProject: 1})
	s := w.source("pipeline", "")
	items := w.all(s)
	w.must(w.DeleteProject(items[0].Ref.ProjectID))
	if _, gone, err := s.Reader.Read(t.Context(), refs(items)); err != nil || len(gone) != 1 {
		t.Errorf("gone %v, %v", gone, err)
	}
}

// TestPipelineDeletedWhileWalking: one that is gone between the list and its own
// read is no item; the others MUST be.
func TestPipelineDeletedWhileWalking(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{Projects: 1, PipelinesPerProject: 5})
	s := w.source("pipeline", "", ".configuration.path")
	scope := w.scopes(s)[0]
	w.intercept(func(rw http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, "/_apis/pipelines/3") {
			return false
		}
		http.NotFound(rw, r)
		return true
	})
	got, err := w.walk(s, scope)
	if err != nil || len(got.items) != 4 {
		t.Errorf("%d items, error %v; want the other 4", len(got.items), err)
	}
}

// TestPipelineWithoutDefinition has no repository, and is an item.
func TestPipelineWithoutDefinition(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{Projects: 1, PipelinesPerProject: 2})
	s := w.source("pipeline", "includeRepo: true")
	w.intercept(func(rw http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, "/_apis/build/definitions") {
			return answer("/definitions", `{"count":0,"value":[]}`)(rw, r)
		}
		if strings.Contains(r.URL.Path, "/_apis/build/definitions/") {
			http.NotFound(rw, r)
			return true
		}
		return false
	})
	items := w.all(s)
	again, gone, err := s.Reader.Read(t.Context(), refs(items))
	if err != nil || len(gone) > 0 || len(items) != 2 {
		t.Fatalf("%d items, gone %v, error %v", len(items), gone, err)
	}
	if diff := cmp.Diff(items, again); diff != "" {
		t.Errorf("(-walk +read):\n%s", diff)
	}
	if repository, ok := items[0].Value["__repository"]; !ok || repository != nil {
		t.Errorf("__repository is %v, there: %t; want null", repository, ok)
	}
}
