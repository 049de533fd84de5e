package azuredevops

import (
	"strconv"
	"testing"
)

// TestFilters makes one change under each filter, and looks whether its event
// comes.
func TestFilters(t *testing.T) {
	t.Parallel()
	o := Options{Projects: 2, RepositoriesPerProject: 2, PipelinesPerProject: 2, WorkItemsPerProject: 3}
	like := New(o)
	p, r, l := like.Projects(), like.Repositories(), like.Pipelines()
	push := func(s hookServer) error { return s.Push(r[0].ID, "refs/heads/main") }
	update := func(s hookServer) error {
		return s.UpdateWorkItem(1, map[string]any{
			"System.AreaPath": p[0].Name + `\Team A\Sub`, "System.WorkItemType": "Bug", "System.Tags": "one; Two", "System.Title": "x",
		})
	}
	run := func(s hookServer) error { return s.CompleteRun(must(s.QueueRun(l[0].ID)), "failed") }
	comment := func(s hookServer) error { return s.CommentWorkItem(1, "Please look, Zendesk: 5") }
	complete := func(s hookServer) error {
		return s.UpdatePullRequest(must(s.CreatePullRequest(r[0].ID, "t", "refs/heads/a", "refs/heads/main")), "", "completed")
	}
	const runs, jobs = "ms.vss-pipelines.run-state-changed-event", "ms.vss-pipelines.job-state-changed-event"
	for _, test := range []struct {
		change       func(hookServer) error
		event        string
		input, value string
		want         int
	}{
		{push, "git.push", inputProject, p[0].ID, 1},
		{push, "git.push", inputProject, p[1].ID, 0},
		{push, "git.push", "repository", r[0].ID, 1},
		{push, "git.push", "repository", r[1].ID, 0},
		{push, "git.push", "repository", "", 1},
		{push, "git.push", "branch", "main", 1},
		{push, "git.push", "branch", "refs/heads/main", 1},
		{push, "git.push", "branch", "mai", 0},
		{push, "git.push", "pushedBy", "nobody", 0},
		{update, "workitem.updated", "areaPath", p[0].Name, 1},
		{update, "workitem.updated", "areaPath", p[0].Name + `\Team A`, 1},
		{update, "workitem.updated", "areaPath", p[0].Name + `\Team`, 0},
		{update, "workitem.updated", "workItemType", "bug", 1},
		{update, "workitem.updated", "workItemType", "Task", 0},
		{update, "workitem.updated", "tag", "two", 1},
		{update, "workitem.updated", "tag", "three", 0},
		{update, "workitem.updated", "changedFields", "System.Title", 1},
		{update, "workitem.updated", "changedFields", "System.Reason", 0},
		{update, "workitem.updated", "linksChanged", "true", 0},
		{update, "workitem.updated", "linksChanged", "false", 1},
		{comment, "workitem.commented", "commentPattern", "zendesk:", 1},
		{comment, "workitem.commented", "commentPattern", "jira:", 0},
		{run, "build.complete", "buildStatus", "Failed", 1},
		{run, "build.complete", "buildStatus", "Succeeded", 0},
		{run, "build.complete", "definitionName", l[0].Name, 1},
		{run, "build.complete", "definitionName", l[1].Name, 0},
		{run, runs, "pipelineId", strconv.Itoa(l[0].ID), 2},
		{run, runs, "pipelineId", strconv.Itoa(l[1].ID), 0},
		{run, runs, "runStateId", "Completed", 1},
		{run, runs, "runResultId", "Succeeded", 0},
		{run, jobs, "jobStateId", "Waiting", 1},
		{complete, "git.pullrequest.updated", "notificationType", "StatusUpdateNotification", 1},
		{complete, "git.pullrequest.updated", "notificationType", "PushNotification", 0},
		{complete, "git.pullrequest.merged", "mergeResult", "Succeeded", 3},
		{complete, "git.pullrequest.merged", "mergeResult", "Conflicts", 0},
		{complete, "git.pullrequest.created", "branch", "main", 1},
	} {
		t.Run(test.event+" "+test.input+"="+test.value, func(t *testing.T) {
			t.Parallel()
			s := newHookServer(t, o, HookOptions{})
			publisher := "tfs"
			if test.event == runs || test.event == jobs {
				publisher = "pipelines"
			}
			s.subscribe(publisher, test.event, "", test.input, test.value)
			check(t, test.change(s))
			if got := len(s.events()[test.event]); got != test.want {
				t.Errorf("%d events, want %d", got, test.want)
			}
		})
	}
}
