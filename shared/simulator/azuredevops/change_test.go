package azuredevops

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

func TestChangeProject(t *testing.T) {
	t.Parallel()
	s := newTestServer(t, Options{Projects: 2, RepositoriesPerProject: 2, PipelinesPerProject: 2, WorkItemsPerProject: 3})
	p := s.Projects()
	check(t, s.RenameProject(p[0].ID, "New Name"))
	got := s.get("/_apis/projects/new%20name")
	if integer(t, got["revision"]) != p[0].Revision+1 || got["lastUpdateTime"] != formatTime(testNow) {
		t.Errorf("renamed: %v", got)
	}
	fields := s.get("/_apis/wit/workitems/1")["fields"].(map[string]any)
	if fields["System.TeamProject"] != "New Name" || fields["System.AreaLevel1"] != "New Name" {
		t.Errorf("a work item keeps the old name: %v", fields)
	}
	if w := s.send("GET", "/"+p[0].Name+"/_apis/pipelines", ""); w.Code != 404 {
		t.Errorf("the old name: status %d, want 404", w.Code)
	}
	if err := s.RenameProject(p[1].ID, "NEW NAME"); err == nil {
		t.Error("a name was given twice")
	}
	if _, err := s.AddProject("new name"); err == nil {
		t.Error("a name was given twice")
	}
	check(t, s.RenameProject(p[0].ID, "new NAME"))

	check(t, s.DeleteProject(p[0].ID))
	if len(s.Projects()) != 1 || len(s.Repositories()) != 2 || len(s.Pipelines()) != 2 {
		t.Error("the contents of a deleted project are left")
	}
	if ids := s.wiql("/_apis/wit/wiql", "SELECT [System.Id] FROM WorkItems"); !slices.Equal(ids, []int{2, 4, 6}) {
		t.Errorf("work items %v, want 2, 4, 6", ids)
	}
	if w := s.send("GET", "/_apis/projects/"+p[0].ID, ""); w.Code != 404 {
		t.Errorf("a deleted project: status %d, want 404", w.Code)
	}
	again := must(s.AddProject("New Name"))
	if again == p[0].ID {
		t.Error("an ID came back")
	}
	if ids := s.wiql("/"+again+"/_apis/wit/wiql", "SELECT [System.Id] FROM WorkItems WHERE [System.TeamProject] = @project"); len(ids) != 0 {
		t.Errorf("the new project has the old work items %v", ids)
	}
}

func TestChangeRepositoryAndPipeline(t *testing.T) {
	t.Parallel()
	s := newTestServer(t, Options{Projects: 1})
	p := s.Projects()[0].ID
	id := must(s.AddRepository(p, "one"))
	if _, err := s.AddRepository(p, "ONE"); err == nil {
		t.Error("a name was given twice")
	}
	check(t, s.RenameRepository(id, "two"))
	check(t, s.SetRepositoryDisabled(id, true))
	check(t, s.SetDefaultBranch(id, ""))
	got := s.get("/_apis/git/repositories/" + id)
	if _, ok := got["defaultBranch"]; ok || got["name"] != "two" || got["isDisabled"] != true {
		t.Errorf("repository %v", got)
	}
	line := must(s.AddPipeline(p, "ci"))
	check(t, s.RenamePipeline(line, "cd"))
	pipeline := s.get(fmt.Sprintf("/%s/_apis/pipelines/%d", p, line))
	if pipeline["name"] != "cd" || integer(t, pipeline["revision"]) != 2 {
		t.Errorf("pipeline %v", pipeline)
	}
	check(t, s.DeleteRepository(id))
	check(t, s.DeletePipeline(line))
	if len(s.Repositories()) != 0 || len(s.Pipelines()) != 0 {
		t.Error("deleted things are left")
	}
	for _, err := range []error{
		s.DeleteRepository(id), s.DeletePipeline(line), s.RenamePipeline(9, "x"), s.RenameRepository("x", "y"),
		s.DeleteProject("x"), s.Forbid("x", 403), s.SetProjectState("x", "new"), s.DeleteWorkItem(1),
	} {
		if err == nil {
			t.Error("a change of what does not exist was accepted")
		}
	}
}

func TestChangeWorkItem(t *testing.T) {
	t.Parallel()
	now := testNow
	s := newTestServer(t, Options{Projects: 2, WorkItemsPerProject: 2, Now: func() time.Time { return now }})
	p := s.Projects()
	before := s.get("/_apis/wit/workitems/1")
	now = now.Add(time.Hour)
	check(t, s.UpdateWorkItem(1, map[string]any{
		"System.Title": "changed", "Microsoft.VSTS.Common.Priority": nil, "System.AreaPath": p[0].Name + `\Brand\New`, "System.AssignedTo": "Nobody Known",
	}))
	after := s.get("/_apis/wit/workitems/1")
	fields := after["fields"].(map[string]any)
	if integer(t, after["rev"]) != integer(t, before["rev"])+1 || fields["System.ChangedDate"] != formatTime(now) {
		t.Errorf("rev %v after %v, changed %v", after["rev"], before["rev"], fields["System.ChangedDate"])
	}
	if fields["System.Title"] != "changed" || fields["Microsoft.VSTS.Common.Priority"] != nil || fields["System.NodeName"] != "New" ||
		fields["System.AssignedTo"].(map[string]any)["displayName"] != "Nobody Known" {
		t.Errorf("fields %v", fields)
	}
	if fields["System.CreatedDate"] != before["fields"].(map[string]any)["System.CreatedDate"] {
		t.Error("another field changed")
	}

	check(t, s.UpdateWorkItem(1, map[string]any{"System.TeamProject": p[1].Name}))
	fields = s.get("/" + p[1].ID + "/_apis/wit/workitems/1")["fields"].(map[string]any)
	if fields["System.TeamProject"] != p[1].Name || fields["System.AreaPath"] != p[1].Name {
		t.Errorf("moved: %v", fields)
	}

	check(t, s.DeleteWorkItem(1))
	if err := s.UpdateWorkItem(1, nil); err == nil {
		t.Error("a deleted work item was changed")
	}
	if w := s.send("GET", "/_apis/wit/workitems/1", ""); w.Code != 404 {
		t.Errorf("deleted: status %d, want 404", w.Code)
	}
	check(t, s.RestoreWorkItem(1))
	if err := s.RestoreWorkItem(1); err == nil {
		t.Error("a work item was restored twice")
	}
	if got := integer(t, s.get("/_apis/wit/workitems/1")["rev"]); got != integer(t, before["rev"])+4 {
		t.Errorf("rev %d, want 4 more than %v", got, before["rev"])
	}

	id := must(s.AddWorkItem(p[0].ID, map[string]any{"System.Title": "new", "Custom.Deep": map[string]any{"a": []int{1}}}))
	added := s.get(fmt.Sprintf("/_apis/wit/workitems/%d", id))
	if id != 5 || integer(t, added["rev"]) != 1 || added["fields"].(map[string]any)["Custom.Deep"] == nil {
		t.Errorf("added %d: %v", id, added)
	}
}

func TestRefusedFieldsChangeNothing(t *testing.T) {
	t.Parallel()
	s := newTestServer(t, Options{Projects: 1, WorkItemsPerProject: 1})
	before := s.send("GET", "/_apis/wit/workitems/1", "").Body.String()
	for name, v := range map[string]any{
		"System.Rev": 7, "System.AreaPath": `Other\Area`, "System.CreatedDate": "soon", "System.TeamProject": "None", "Custom.Bad": func() {},
	} {
		if err := s.UpdateWorkItem(1, map[string]any{"System.Title": "no", name: v}); err == nil {
			t.Errorf("%s = %v was accepted", name, v)
		}
	}
	if after := s.send("GET", "/_apis/wit/workitems/1", "").Body.String(); after != before {
		t.Errorf("changed to %s", after)
	}
}
