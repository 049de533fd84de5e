package azuredevops

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// subscribeAll subscribes to everything that the core host has.
func (s hookServer) subscribeAll(pairs ...string) {
	for _, p := range publishers {
		for _, e := range p.events {
			if e.id != "tfvc.checkin" {
				s.subscribe(p.id, e.id, e.versions[len(e.versions)-1], pairs...)
			}
		}
	}
}

// summary tells how often each type came.
func summary(byType map[string][]received) map[string]int {
	n := map[string]int{}
	for eventType, all := range byType {
		n[eventType] = len(all)
	}
	return n
}

// TestEventsOfChanges makes every change there is and compares the events.
func TestEventsOfChanges(t *testing.T) {
	t.Parallel()
	s := newHookServer(t, Options{Projects: 2, RepositoriesPerProject: 1, PipelinesPerProject: 1, WorkItemsPerProject: 2}, HookOptions{})
	s.subscribeAll()
	p, r, l := s.Projects(), s.Repositories(), s.Pipelines()
	var run, request int
	must1 := func(_ any, err error) error { return err }
	for _, test := range []struct {
		name   string
		change func() error
		want   map[string]int
	}{
		{"project", func() error { return s.RenameProject(p[1].ID, "Other") }, nil},
		{"new project", func() error { return must1(s.AddProject("New")) }, nil},
		{"pipeline", func() error { return s.RenamePipeline(l[0].ID, "other") }, nil},
		{"new pipeline", func() error { return must1(s.AddPipeline(p[0].ID, "new")) }, nil},
		{"default branch", func() error { return s.SetDefaultBranch(r[0].ID, "refs/heads/x") }, nil},
		{"new repository", func() error { return must1(s.AddRepository(p[0].ID, "new")) }, map[string]int{"git.repo.created": 1}},
		{"fork", func() error { return must1(s.ForkRepository(r[0].ID, p[1].ID, "fork")) }, map[string]int{"git.repo.forked": 1}},
		{"rename", func() error { return s.RenameRepository(r[0].ID, "renamed") }, map[string]int{"git.repo.renamed": 1}},
		{"push", func() error { return s.Push(r[0].ID, "refs/heads/x") }, map[string]int{"git.push": 1}},
		{"disable", func() error { return s.SetRepositoryDisabled(r[0].ID, true) }, map[string]int{"git.repo.statuschanged": 1}},
		{"enable", func() error { return s.SetRepositoryDisabled(r[0].ID, false) }, map[string]int{"git.repo.statuschanged": 1}},
		{"pull request", func() (err error) {
			request, err = s.CreatePullRequest(r[0].ID, "title", "refs/heads/a", "refs/heads/x")
			return err
		}, map[string]int{"git.pullrequest.created": 1, "git.pullrequest.merged": 1}},
		{"title", func() error { return s.UpdatePullRequest(request, "other", "") }, map[string]int{"git.pullrequest.updated": 1}},
		{"complete", func() error { return s.UpdatePullRequest(request, "", "completed") }, map[string]int{
			"git.pullrequest.updated": 1, "git.pullrequest.merged": 2, "git.push": 1,
		}},
		{"delete repository", func() error { return s.DeleteRepository(r[0].ID) }, map[string]int{"git.repo.deleted": 1}},
		{"new work item", func() error { return must1(s.AddWorkItem(p[0].ID, nil)) }, map[string]int{"workitem.created": 1}},
		{"update", func() error { return s.UpdateWorkItem(1, map[string]any{"System.Title": "x"}) }, map[string]int{"workitem.updated": 1}},
		{"comment", func() error { return s.CommentWorkItem(1, "hello") }, map[string]int{"workitem.commented": 1, "workitem.updated": 1}},
		{"delete work item", func() error { return s.DeleteWorkItem(1) }, map[string]int{"workitem.deleted": 1}},
		{"restore", func() error { return s.RestoreWorkItem(1) }, map[string]int{"workitem.restored": 1}},
		{"queue", func() (err error) { run, err = s.QueueRun(l[0].ID); return err }, map[string]int{
			"ms.vss-pipelines.run-state-changed-event": 1, "ms.vss-pipelines.stage-state-changed-event": 2, "ms.vss-pipelines.job-state-changed-event": 2,
		}},
		{"complete run", func() error { return s.CompleteRun(run, "failed") }, map[string]int{
			"ms.vss-pipelines.run-state-changed-event": 1, "ms.vss-pipelines.stage-state-changed-event": 1,
			"ms.vss-pipelines.job-state-changed-event": 1, "build.complete": 1,
		}},
		{"delete project", func() error { return s.DeleteProject(p[1].ID) }, nil},
	} {
		check(t, test.change())
		want := test.want
		if want == nil {
			want = map[string]int{}
		}
		if diff := cmp.Diff(want, summary(s.events())); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
	}
	for _, err := range []error{
		s.Push(r[0].ID, "refs/heads/x"), s.UpdatePullRequest(request, "x", ""), s.UpdatePullRequest(9, "x", ""), s.CompleteRun(run, "failed"),
		s.CompleteRun(must(s.QueueRun(l[0].ID)), "fine"), must1(s.QueueRun(99)), must1(s.ForkRepository("x", p[0].ID, "x")), s.CommentWorkItem(99, "x"),
	} {
		if err == nil {
			t.Error("a change of what does not exist was accepted")
		}
	}
}

// only returns the one event of a type.
func only(t *testing.T, byType map[string][]received, eventType string) received {
	t.Helper()
	if len(byType[eventType]) != 1 {
		t.Fatalf("%d events %s, want 1 (%v)", len(byType[eventType]), eventType, summary(byType))
	}
	return byType[eventType][0]
}

func dig(v any, path ...string) any {
	for _, key := range path {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[key]
	}
	return v
}

func TestEnvelope(t *testing.T) {
	t.Parallel()
	s := newHookServer(t, Options{Projects: 1, RepositoriesPerProject: 1}, HookOptions{})
	p, r := s.Projects()[0], s.Repositories()[0]
	id := s.subscribe("tfs", "git.push", "1.0")
	check(t, s.Push(r.ID, r.DefaultBranch))
	first := only(t, s.events(), "git.push")
	check(t, s.Push(r.ID, r.DefaultBranch))
	second := only(t, s.events(), "git.push")
	for path, want := range map[string]any{
		"subscriptionId": id, "notificationId": json.Number("2"), "publisherId": "tfs", "eventType": "git.push", "resourceVersion": "1.0",
		"message": nil, "detailedMessage": nil, "createdDate": formatTime(testNow),
		"resourceContainers project id":              p.ID,
		"resourceContainers collection baseUrl":      "http://devops.test/fabrikam/",
		"resource repository id":                     r.ID,
		"resource repository project id":             p.ID,
		"resource repository project visibility":     "unchanged",
		"resource repository project lastUpdateTime": "0001-01-01T00:00:00",
	} {
		if got := dig(second.body, strings.Fields(path)...); got != want {
			t.Errorf("%s is %v, want %v", path, got, want)
		}
	}
	update := func(r received) map[string]any { return r.resource()["refUpdates"].([]any)[0].(map[string]any) }
	if update(first)["newObjectId"] != update(second)["oldObjectId"] || first.body["id"] == second.body["id"] {
		t.Errorf("the second push does not follow the first: %v, %v", update(first), update(second))
	}
	if dig(second.body, "resourceContainers", "account", "id") == dig(second.body, "resourceContainers", "collection", "id") {
		t.Error("account and collection are the same")
	}
	check(t, s.Push(r.ID, "refs/heads/new"))
	if from := update(only(t, s.events(), "git.push"))["oldObjectId"]; from != zeroCommit {
		t.Errorf("a new branch comes from %v", from)
	}
}

func TestDetailsToSend(t *testing.T) {
	t.Parallel()
	s := newHookServer(t, Options{Projects: 1, RepositoriesPerProject: 1}, HookOptions{})
	r := s.Repositories()[0]
	s.subscribe("tfs", "git.push", "1.0", inputResource, "none", inputMessages, "text", inputDetailed, "")
	s.subscribe("tfs", "git.push", "1.0", inputResource, "minimal")
	s.AddForeignSubscription(Subscription{PublisherID: "tfs", EventType: "git.push", ConsumerInputs: map[string]string{"url": hookURL}})
	check(t, s.Push(r.ID, r.DefaultBranch))
	all := s.events()["git.push"]
	slices.SortFunc(all, func(a, b received) int { return len(a.raw) - len(b.raw) })
	if len(all) != 3 {
		t.Fatalf("%d events, want 3", len(all))
	}
	for _, e := range all {
		message, _ := e.body["message"].(map[string]any)
		if e.body["resource"] == nil {
			if e.body["resourceVersion"] != nil || len(message) != 1 || message["text"] == nil || len(e.body["detailedMessage"].(map[string]any)) != 3 {
				t.Errorf("without a resource: %v", e.body)
			}
		} else if len(e.resource()) != 2 || e.resource()["pushId"] == nil || e.resource()["url"] == nil {
			t.Errorf("the minimum is %v", e.resource())
		}
	}
}

func TestWorkItemVersions(t *testing.T) {
	t.Parallel()
	for version, check := range map[string]func(by any) bool{
		"1.0":           func(by any) bool { return by == "Ada Example <user1@fabrikam.example>" },
		"1.0-preview.2": func(by any) bool { return by == "Ada Example <user1@fabrikam.example>" },
		"3.1-preview.3": func(by any) bool { return dig(by, "id") == nil && dig(by, "displayName") == "Ada Example" },
		"5.1-preview.3": func(by any) bool { return dig(by, "id") != nil && dig(by, "descriptor") != nil },
		"":              func(by any) bool { return by == "Ada Example <user1@fabrikam.example>" },
	} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			s := newHookServer(t, Options{Projects: 1}, HookOptions{})
			s.subscribe("tfs", "workitem.created", version)
			s.subscribe("tfs", "workitem.updated", version)
			id := must(s.AddWorkItem(s.Projects()[0].ID, map[string]any{"System.AssignedTo": "Ada Example"}))
			created := only(t, s.events(), "workitem.created")
			if integer(t, created.resource()["id"]) != id || integer(t, created.resource()["rev"]) != 1 {
				t.Errorf("resource %v", created.resource())
			}
			if by := dig(created.resource(), "fields", "System.AssignedTo"); !check(by) {
				t.Errorf("assigned to %v", by)
			}
			if err := s.UpdateWorkItem(id, map[string]any{"System.AssignedTo": "Grace Sample"}); err != nil {
				t.Fatal(err)
			}
			updated := only(t, s.events(), "workitem.updated")
			if by := dig(updated.resource(), "fields", "System.AssignedTo", "oldValue"); !check(by) {
				t.Errorf("was assigned to %v", by)
			}
		})
	}
}

func TestWorkItemUpdated(t *testing.T) {
	t.Parallel()
	s := newHookServer(t, Options{Projects: 1, WorkItemsPerProject: 30}, HookOptions{})
	s.subscribe("tfs", "workitem.updated", "5.1-preview.3")
	check(t, s.UpdateWorkItem(7, map[string]any{"System.Title": "after", "Microsoft.VSTS.Common.Priority": nil}))
	r := only(t, s.events(), "workitem.updated").resource()
	rev := integer(t, s.get("/_apis/wit/workitems/7")["rev"])
	if integer(t, r["workItemId"]) != 7 || integer(t, r["rev"]) != rev || integer(t, r["id"]) == rev || integer(t, r["id"]) == 7 {
		t.Errorf("workItemId %v, rev %v, id %v", r["workItemId"], r["rev"], r["id"])
	}
	if integer(t, dig(r, "revision", "id")) != 7 || dig(r, "revision", "fields", "System.Title") != "after" || dig(r, "revisedBy", "id") == nil {
		t.Errorf("revision %v by %v", r["revision"], r["revisedBy"])
	}
	if dig(r, "fields", "System.Title", "newValue") != "after" || dig(r, "fields", "System.Title", "oldValue") == nil ||
		dig(r, "fields", "System.Rev") == nil || dig(r, "fields", "System.State") != nil {
		t.Errorf("fields %v", r["fields"])
	}
}

func TestDeletedHaveNoBody(t *testing.T) {
	t.Parallel()
	s := newHookServer(t, Options{Projects: 1, RepositoriesPerProject: 1, WorkItemsPerProject: 1}, HookOptions{})
	s.subscribeAll()
	repository := s.Repositories()[0].ID
	check(t, s.DeleteRepository(repository))
	check(t, s.DeleteWorkItem(1))
	byType := s.events()
	r := only(t, byType, "git.repo.deleted").resource()
	if r["repositoryId"] != repository || r["repository"] != nil || dig(r, "project", "id") != s.Projects()[0].ID {
		t.Errorf("deleted repository: %v", r)
	}
	w := only(t, byType, "workitem.deleted").resource()
	if integer(t, w["id"]) != 1 || !strings.HasSuffix(w["url"].(string), "/_apis/wit/recyclebin/1") {
		t.Errorf("deleted work item: %v", w)
	}
}

func TestBuildVersions(t *testing.T) {
	t.Parallel()
	s := newHookServer(t, Options{Projects: 1, RepositoriesPerProject: 1, PipelinesPerProject: 1}, HookOptions{})
	s.subscribe("tfs", "build.complete", "1.0")
	s.subscribe("tfs", "build.complete", "2.0")
	l := s.Pipelines()[0]
	run := must(s.QueueRun(l.ID))
	check(t, s.CompleteRun(run, "partiallySucceeded"))
	for _, e := range s.events()["build.complete"] {
		r := e.resource()
		want := []any{"completed", "partiallySucceeded", l.ProjectID}
		if e.body["resourceVersion"] == "1.0" {
			want = []any{"partiallySucceeded", nil, nil}
		}
		if diff := cmp.Diff(want, []any{r["status"], r["result"], dig(r, "project", "id")}); diff != "" {
			t.Errorf("version %v: %s", e.body["resourceVersion"], diff)
		}
		if integer(t, dig(r, "definition", "id")) != l.ID || integer(t, r["id"]) != run {
			t.Errorf("definition %v, id %v", r["definition"], r["id"])
		}
	}
}

func TestRunStates(t *testing.T) {
	t.Parallel()
	s := newHookServer(t, Options{Projects: 1, RepositoriesPerProject: 1, PipelinesPerProject: 1}, HookOptions{InFlight: 1})
	for _, of := range []string{"run", "stage", "job"} {
		s.subscribe("pipelines", "ms.vss-pipelines."+of+"-state-changed-event", "5.1-preview.1")
	}
	l := s.Pipelines()[0]
	check(t, s.CompleteRun(must(s.QueueRun(l.ID)), "canceled"))
	check(t, s.Drain(t.Context()))
	var states []string
	for _, e := range s.receiver.take() {
		of := strings.TrimSuffix(strings.TrimPrefix(e.eventType(), "ms.vss-pipelines."), "-state-changed-event")
		states = append(states, fmt.Sprint(of, " ", dig(e.resource(), of, "state"), " ", dig(e.resource(), of, "result")))
		if integer(t, dig(e.resource(), "pipeline", "id")) != l.ID || e.resource()["projectId"] != l.ProjectID {
			t.Errorf("%s of pipeline %v in %v", of, dig(e.resource(), "pipeline", "id"), e.resource()["projectId"])
		}
	}
	want := []string{
		"run inProgress <nil>", "stage notStarted <nil>", "stage running <nil>", "job waiting <nil>", "job running <nil>",
		"job completed canceled", "stage completed canceled", "run completed canceled",
	}
	if diff := cmp.Diff(want, states); diff != "" {
		t.Error(diff)
	}
}
