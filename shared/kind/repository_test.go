package kind_test

import (
	"errors"
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

func TestRepositoryItems(t *testing.T) {
	t.Parallel()
	for _, nasty := range []bool{false, true} {
		w := newWorld(t, simulator.Options{Projects: 3, RepositoriesPerProject: 12, Nasty: nasty})
		var want []map[string]any
		for _, r := range w.Repositories() {
			object := map[string]any{
				"id": r.ID, "name": r.Name, "url": r.URL, "size": number(r.Size), "remoteUrl": r.WebURL,
				"webUrl": r.WebURL, "isDisabled": r.Disabled, "isInMaintenance": false,
			}
			if r.DefaultBranch != "" {
				object["defaultBranch"] = r.DefaultBranch
			}
			want = append(want, object)
		}
		slices.SortFunc(want, func(a, b map[string]any) int { return strings.Compare(a["id"].(string), b["id"].(string)) })
		var got []map[string]any
		disabled, empty := 0, 0
		for _, item := range w.all(w.source("repository", "")) {
			if project, _ := item.Value["project"].(map[string]any); project["id"] != item.Ref.ProjectID {
				t.Errorf("%s: project %v", item.Ref, project)
			}
			if item.Value["isDisabled"] == true {
				disabled++
			}
			if _, ok := item.Value["defaultBranch"]; !ok {
				empty++
			}
			for _, name := range []string{"project", "sshUrl", "__project", "__projectId", "__organizationUrl", "__organizationName"} {
				if _, ok := item.Value[name]; !ok {
					t.Errorf("%s has no %s", item.Ref, name)
				}
				delete(item.Value, name)
			}
			got = append(got, item.Value)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("nasty %t (-want +got):\n%s", nasty, diff)
		}
		if disabled == 0 || empty == 0 {
			t.Errorf("%d disabled and %d empty repositories, want some of each", disabled, empty)
		}
	}
}

func TestManyRepositories(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 101, 1001} {
		w := newWorld(t, simulator.Options{Projects: 1, RepositoriesPerProject: n})
		got, err := w.walk(w.source("repository", ""), ingest.Scope{})
		if err != nil || len(got.items) != n || got.largest > 200 {
			t.Errorf("%d repositories: %d items, largest batch %d, error %v", n, len(got.items), got.largest, err)
		}
	}
}

// TestRepositoriesOfForbiddenProject: the list of the organization leaves them
// out without a word; that MUST NOT look as if they were gone.
func TestRepositoriesOfForbiddenProject(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusForbidden, http.StatusNotFound} {
		t.Run(strconv.Itoa(status), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, simulator.Options{Projects: 4, RepositoriesPerProject: 3, Nasty: true})
			first, second := w.Projects()[0], w.Projects()[2]
			w.must(w.Forbid(first.ID, status))
			w.must(w.Forbid(second.ID, status))
			got, err := w.walk(w.source("repository", ""), ingest.Scope{})
			mustBeScopeError(t, err, fmt.Sprintf("project %q", first.Name))
			mustBeScopeError(t, err, fmt.Sprintf("project %q", second.Name))
			if len(got.items) != 6 {
				t.Errorf("%d of the other 6 repositories were read", len(got.items))
			}
		})
	}
}

// TestProjectWithoutRepositories: it is asked alone, and that is the end of it.
func TestProjectWithoutRepositories(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{Projects: 2, RepositoriesPerProject: 2})
	if _, err := w.AddProject("No repositories yet"); err != nil {
		t.Fatal(err)
	}
	got, err := w.walk(w.source("repository", ""), ingest.Scope{})
	if err != nil || len(got.items) != 4 {
		t.Errorf("%d items, %v; want 4", len(got.items), err)
	}
	if asked := w.Requests()["GET {project}/_apis/git/repositories"]; asked != 1 {
		t.Errorf("%d projects were asked alone, want 1", asked)
	}
}

// TestRepositoriesThatTheListHides: what a project has although the list of the
// organization does not is an item.
func TestRepositoriesThatTheListHides(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{Projects: 2, RepositoriesPerProject: 2})
	w.intercept(answer("fabrikam/_apis/git/repositories", `{"count":0,"value":[]}`))
	got, err := w.walk(w.source("repository", ""), ingest.Scope{})
	if err != nil || len(got.items) != 4 {
		t.Errorf("%d items, %v; want all 4", len(got.items), err)
	}
}

// TestOtherFailureBesideForbiddenProject: a forbidden project fails the scope,
// which is final. What is to be tried again, or ends the run, MUST NOT be taken
// for that.
func TestOtherFailureBesideForbiddenProject(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		status int
		auth   bool
	}{
		"credentials are refused": {http.StatusNonAuthoritativeInfo, true},
		"server fails":            {http.StatusInternalServerError, false},
	}
	for name, test := range tests {
		w := newWorld(t, simulator.Options{Projects: 2})
		w.must(w.Forbid(w.Projects()[0].ID, http.StatusForbidden))
		other := w.Projects()[1].ID
		w.intercept(func(rw http.ResponseWriter, r *http.Request) bool {
			if !strings.Contains(r.URL.Path, other) {
				return false
			}
			rw.WriteHeader(test.status)
			return true
		})
		_, err := w.walk(w.source("repository", ""), ingest.Scope{})
		var scoped *ingest.ScopeError
		var auth *ingest.AuthError
		if err == nil || errors.As(err, &scoped) || errors.As(err, &auth) != test.auth {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestRepositoryGone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{Projects: 2, RepositoriesPerProject: 2})
	s := w.source("repository", "")
	items := w.all(s)
	w.must(w.DeleteRepository(items[0].Ref.ID))
	w.must(w.DeleteProject(items[1].Ref.ProjectID))
	left, gone, err := s.Reader.Read(t.Context(), refs(items))
	if err != nil {
		t.Fatal(err)
	}
	for _, item := range items {
		want := item.Ref != items[0].Ref && item.Ref.ProjectID != items[1].Ref.ProjectID
		if got := slices.Contains(refs(left), item.Ref); got != want {
			t.Errorf("%s is read: %t, want %t", item.Ref, got, want)
		}
		if got := slices.Contains(gone, item.Ref); got == want {
			t.Errorf("%s is gone: %t, want %t", item.Ref, got, !want)
		}
	}
}

// TestReadForbiddenRepository: 403 is not "gone".
func TestReadForbiddenRepository(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{Projects: 1, RepositoriesPerProject: 1})
	s := w.source("repository", "")
	items := w.all(s)
	w.must(w.Forbid(items[0].Ref.ProjectID, http.StatusForbidden))
	if left, gone, err := s.Reader.Read(t.Context(), refs(items)); err == nil {
		t.Errorf("%d left, gone %v, and no error", len(left), gone)
	}
}
