package azuredevops

import (
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRepositories(t *testing.T) {
	t.Parallel()
	s := newTestServer(t, Options{Projects: 2, RepositoriesPerProject: 1001, Nasty: true})
	all := values(t, s.get("/_apis/git/repositories"))
	want := s.Repositories()
	if len(all) != 2002 || len(want) != 2002 {
		t.Fatalf("%d repositories, the oracle has %d, want 2002", len(all), len(want))
	}
	var disabled, empty int
	for i, r := range want {
		got := all[i]
		branch, _ := got["defaultBranch"].(string)
		project := got["project"].(map[string]any)
		seen := Repository{
			ID: got["id"].(string), Name: got["name"].(string), URL: got["url"].(string), WebURL: got["webUrl"].(string),
			DefaultBranch: branch, Disabled: got["isDisabled"].(bool), Size: integer(t, got["size"]),
			ProjectID: project["id"].(string), ProjectName: project["name"].(string),
		}
		if diff := cmp.Diff(r, seen); diff != "" {
			t.Fatal(diff)
		}
		if r.Disabled {
			disabled++
		}
		if _, ok := got["defaultBranch"]; !ok {
			empty++
		}
	}
	if disabled == 0 || empty == 0 {
		t.Errorf("%d disabled, %d empty; want some of both", disabled, empty)
	}
	p := s.Projects()[1]
	if got := values(t, s.get("/"+p.ID+"/_apis/git/repositories")); len(got) != 1001 {
		t.Errorf("%d in the project, want 1001", len(got))
	}
	for _, i := range []int{0, 1001, 1005} {
		r := want[i]
		if diff := cmp.Diff(all[i], s.get("/_apis/git/repositories/"+r.ID)); diff != "" {
			t.Errorf("read by ID: %s", diff)
		}
		if diff := cmp.Diff(all[i], s.get("/"+r.ProjectID+"/_apis/git/repositories/"+url.PathEscape(r.Name))); diff != "" {
			t.Errorf("read by name: %s", diff)
		}
	}
	if w := s.send("GET", "/"+p.ID+"/_apis/git/repositories/"+want[0].ID, ""); w.Code != 404 {
		t.Errorf("a repository of another project: status %d, want 404", w.Code)
	}
}
