package azuredevops

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestProjectPages(t *testing.T) {
	t.Parallel()
	for _, count := range []int{0, 1, 100, 101, 1001} {
		t.Run(strconv.Itoa(count), func(t *testing.T) {
			t.Parallel()
			s := newTestServer(t, Options{Projects: count})
			var ids []string
			token, pages := "", 0
			for {
				pages++
				w := s.send("GET", "/_apis/projects?continuationToken="+token, "")
				ids = append(ids, names(values(t, s.decoded(w, 200)), "id")...)
				if token = w.Header().Get("x-ms-continuationtoken"); token == "" {
					break
				}
			}
			var want []string
			for _, p := range s.Projects() {
				want = append(want, p.ID)
			}
			if diff := cmp.Diff(want, ids); diff != "" {
				t.Error(diff)
			}
			if want := max((count+99)/100, 1); pages != want {
				t.Errorf("%d pages, want %d", pages, want)
			}
		})
	}
}

func TestProjectSkipAndTop(t *testing.T) {
	t.Parallel()
	s := newTestServer(t, Options{Projects: 10})
	w := s.send("GET", "/_apis/projects?$top=3&%24skip=4", "")
	got := names(values(t, s.decoded(w, 200)), "name")
	var want []string
	for _, p := range s.Projects()[4:7] {
		want = append(want, p.Name)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if w.Header().Get("x-ms-continuationtoken") == "" {
		t.Error("no token, though there is more")
	}
}

func TestProjectDeletedBetweenPages(t *testing.T) {
	t.Parallel()
	s := newTestServer(t, Options{Projects: 6})
	all := s.Projects()
	w := s.send("GET", "/_apis/projects?$top=3", "")
	check(t, s.DeleteProject(all[0].ID))
	rest := values(t, s.get("/_apis/projects?$top=9&continuationToken="+w.Header().Get("x-ms-continuationtoken")))
	if got := names(rest, "id"); !slices.Equal(got, []string{all[3].ID, all[4].ID, all[5].ID}) {
		t.Errorf("second page %v", got)
	}
}

func TestProjectShapes(t *testing.T) {
	t.Parallel()
	s := newTestServer(t, Options{Projects: 3})
	listed := values(t, s.get("/_apis/projects"))
	if _, ok := listed[0]["defaultTeam"]; ok {
		t.Error("the list gives defaultTeam")
	}
	if _, ok := listed[2]["description"]; ok {
		t.Error("an empty description is given")
	}
	one := s.get("/_apis/projects/" + listed[0]["id"].(string))
	for name, v := range listed[0] {
		if diff := cmp.Diff(v, one[name]); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if one["defaultTeam"] == nil || one["_links"] == nil || one["capabilities"] != nil {
		t.Errorf("single project: %v", one)
	}
	if s.get("/_apis/projects/" + s.Projects()[1].Name + "?includeCapabilities=true")["capabilities"] == nil {
		t.Error("no capabilities")
	}
	if want := "http://devops.test/fabrikam/_apis/projects/" + one["id"].(string); one["url"] != want {
		t.Errorf("url %v, want %s", one["url"], want)
	}
}

func TestProjectStates(t *testing.T) {
	t.Parallel()
	s := newTestServer(t, Options{Projects: 2, RepositoriesPerProject: 2, WorkItemsPerProject: 2})
	id := must(s.AddProject("Half made"))
	must(s.AddRepository(id, "hidden"))
	check(t, s.SetProjectState(id, "createPending"))
	if got := values(t, s.get("/_apis/projects")); len(got) != 2 {
		t.Errorf("%d projects by default, want 2", len(got))
	}
	if got := values(t, s.get("/_apis/projects?stateFilter=All")); len(got) != 3 || got[2]["state"] != "createPending" {
		t.Errorf("all: %v", got)
	}
	if got := values(t, s.get("/_apis/projects?stateFilter=createPending")); len(got) != 1 {
		t.Errorf("%d projects createPending, want 1", len(got))
	}
	if w := s.send("GET", "/"+id+"/_apis/git/repositories", ""); w.Code != 404 {
		t.Errorf("status %d, want 404", w.Code)
	}
	if got := values(t, s.get("/_apis/git/repositories")); len(got) != 4 {
		t.Errorf("%d repositories, want 4", len(got))
	}
}

func TestNastyProjectNames(t *testing.T) {
	t.Parallel()
	s := newTestServer(t, Options{Projects: 2 * len(nastyProjectNames), Nasty: true, WorkItemsPerProject: 3, PipelinesPerProject: 2})
	for _, p := range s.Projects() {
		for _, segment := range []string{p.ID, strings.ToUpper(p.ID), url.PathEscape(p.Name), url.PathEscape(strings.ToUpper(p.Name))} {
			if strings.ContainsRune(segment, 'ß') || strings.Contains(strings.ToLower(segment), "%c3%9f") && segment != p.ID {
				continue // no upper case
			}
			if got := s.get("/_apis/projects/" + segment)["name"]; got != p.Name {
				t.Errorf("%s is %v, want %s", segment, got, p.Name)
			}
			if got := values(t, s.get("/"+segment+"/_apis/pipelines")); len(got) != 2 {
				t.Errorf("%s has %d pipelines, want 2", segment, len(got))
			}
			query := "SELECT [System.Id] FROM WorkItems WHERE [System.TeamProject] = '" + strings.ReplaceAll(p.Name, "'", "''") + "'"
			if got := s.wiql("/_apis/wit/wiql", query); len(got) != 3 {
				t.Errorf("%s has %d work items, want 3", p.Name, len(got))
			}
			if got := s.wiql("/"+segment+"/_apis/wit/wiql", "SELECT [System.Id] FROM WorkItems WHERE [System.TeamProject] = @project"); len(got) != 3 {
				t.Errorf("%s has %d work items by @project, want 3", p.Name, len(got))
			}
		}
	}
}

func TestForbiddenProject(t *testing.T) {
	t.Parallel()
	for _, status := range []int{403, 404} {
		s := newTestServer(t, Options{Projects: 2, RepositoriesPerProject: 1, PipelinesPerProject: 1, WorkItemsPerProject: 2})
		p, repository := s.Projects()[1], s.Repositories()[1]
		check(t, s.Forbid(p.ID, status))
		for _, path := range []string{
			"/_apis/projects/" + p.ID, "/" + p.ID + "/_apis/git/repositories", "/_apis/git/repositories/" + repository.ID,
			"/" + p.Name + "/_apis/pipelines", "/" + p.ID + "/_apis/build/definitions",
		} {
			w := s.send("GET", path, "")
			if w.Code != status || (w.Body.Len() == 0) != (status == 404) {
				t.Errorf("%s: status %d, %d bytes; want %d", path, w.Code, w.Body.Len(), status)
			}
		}
		if w := s.send("POST", "/"+p.ID+"/_apis/wit/wiql", `{"query":"SELECT [System.Id] FROM WorkItems"}`); w.Code != status {
			t.Errorf("wiql: status %d, want %d", w.Code, status)
		}
		if got := values(t, s.get("/_apis/projects")); len(got) != 2 {
			t.Errorf("%d projects listed, want 2", len(got))
		}
		if got := values(t, s.get("/_apis/git/repositories")); len(got) != 1 {
			t.Errorf("%d repositories listed, want 1", len(got))
		}
		if got := s.wiql("/_apis/wit/wiql", "SELECT [System.Id] FROM WorkItems"); !slices.Equal(got, []int{1, 3}) {
			t.Errorf("work items %v, want 1 and 3", got)
		}
		if !s.Projects()[1].Forbidden || len(s.Repositories()) != 1 || len(s.Pipelines()) != 1 {
			t.Error("the oracle does not know")
		}
		check(t, s.Forbid(p.ID, 0))
		if got := values(t, s.get("/"+p.ID+"/_apis/pipelines")); len(got) != 1 {
			t.Errorf("%d pipelines after all, want 1", len(got))
		}
	}
}
