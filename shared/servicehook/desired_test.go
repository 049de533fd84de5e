package servicehook

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const hookURL = "https://hooks.fabrikam.example/api/servicehooks"

var allKinds = []string{kindProject, kindRepository, kindPipeline, kindWorkItem}

// target is NewTarget, once for each password: fingerprints are slow by intent.
func target(t testing.TB, url, username, password string) Target {
	t.Helper()
	key := [3]string{url, username, password}
	targets.Lock()
	defer targets.Unlock()
	if made, ok := targets.made[key]; ok {
		return made
	}
	made, err := NewTarget(url, username, password)
	if err != nil {
		t.Fatal(err)
	}
	targets.made[key] = made
	return made
}

var targets = struct {
	sync.Mutex
	made map[[3]string]Target
}{made: map[[3]string]Target{}}

func desired(t testing.TB, kinds []string, scope Scope, to Target) []Subscription {
	t.Helper()
	want, err := Desired(kinds, scope, to)
	if err != nil {
		t.Fatal(err)
	}
	return want
}

// The versions are pinned: an event in another one may lack what we need.
func TestDesiredTypesAndVersions(t *testing.T) {
	t.Parallel()
	to := target(t, hookURL, "adoport", "s3cret")
	got := map[string]string{}
	for _, s := range desired(t, allKinds, Scope{}, to) {
		got[s.EventType] = s.Publisher + " " + s.ResourceVersion
	}
	want := map[string]string{
		"git.push":                                        "tfs 1.0",
		"git.pullrequest.created":                         "tfs 1.0",
		"git.pullrequest.updated":                         "tfs 1.0",
		"git.pullrequest.merged":                          "tfs 1.0",
		"ms.vss-code.git-pullrequest-comment-event":       "tfs 2.0",
		"git.repo.created":                                "tfs 1.0-preview.1",
		"git.repo.deleted":                                "tfs 1.0-preview.1",
		"git.repo.forked":                                 "tfs 1.0-preview.1",
		"git.repo.renamed":                                "tfs 1.0-preview.1",
		"git.repo.statuschanged":                          "tfs 1.0-preview.1",
		"workitem.created":                                "tfs 5.1-preview.3",
		"workitem.updated":                                "tfs 5.1-preview.3",
		"workitem.commented":                              "tfs 5.1-preview.3",
		"workitem.deleted":                                "tfs 5.1-preview.3",
		"workitem.restored":                               "tfs 5.1-preview.3",
		"build.complete":                                  "tfs 2.0",
		"ms.vss-pipelines.run-state-changed-event":        "pipelines 5.1-preview.1",
		"ms.vss-pipelines.stage-state-changed-event":      "pipelines 5.1-preview.1",
		"ms.vss-pipelines.job-state-changed-event":        "pipelines 5.1-preview.1",
		"ms.vss-pipelinechecks-events.approval-pending":   "pipelines 5.1-preview.1",
		"ms.vss-pipelinechecks-events.approval-completed": "pipelines 5.1-preview.1",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if none := desired(t, []string{kindProject, "team"}, Scope{}, to); len(none) > 0 {
		t.Errorf("no event tells about projects and teams, but got %v", none)
	}
}

// The example of Microsoft's documentation: tell me when build WebSite.CI fails.
func TestDesiredWithFilters(t *testing.T) {
	t.Parallel()
	to := target(t, hookURL, "adoport", "s3cret")
	got := desired(t, allKinds, Scope{
		Projects: []string{strings.ToUpper(fabrikam), contoso},
		Events:   []string{"build.complete"},
		Filters:  map[string]string{"buildStatus": "failed", "definitionName": "WebSite.CI"},
	}, to)
	one := func(project string) Subscription {
		return Subscription{
			Publisher: "tfs", EventType: "build.complete", ResourceVersion: "2.0", Consumer: "webHooks", Action: "httpRequest",
			PublisherInputs: map[string]string{"projectId": project, "buildStatus": "Failed", "definitionName": "WebSite.CI"},
			ConsumerInputs: map[string]string{
				"url": hookURL, "basicAuthUsername": "adoport", "basicAuthPassword": "********",
				"httpHeaders":           "X-Adoport-Key:" + to.fingerprint,
				"resourceDetailsToSend": "all", "messagesToSend": "none", "detailedMessagesToSend": "none",
			},
		}
	}
	if diff := cmp.Diff([]Subscription{one(fabrikam), one(contoso)}, got); diff != "" {
		t.Error(diff)
	}
}

func TestFilterGoesWhereItExists(t *testing.T) {
	t.Parallel()
	var filtered []string
	for _, s := range desired(t, allKinds, Scope{Filters: map[string]string{"workItemType": "Bug"}}, target(t, hookURL, "adoport", "s3cret")) {
		if _, ok := s.PublisherInputs[inputProject]; ok {
			t.Errorf("%s is not organization-wide", s.EventType)
		}
		if s.PublisherInputs["workItemType"] == "Bug" {
			filtered = append(filtered, s.EventType)
		}
	}
	want := []string{"workitem.created", "workitem.updated", "workitem.commented", "workitem.deleted", "workitem.restored"}
	if diff := cmp.Diff(want, filtered); diff != "" {
		t.Error(diff)
	}
}

func TestDesiredRefuses(t *testing.T) {
	t.Parallel()
	filter := func(name, value string, events ...string) Scope {
		return Scope{Events: events, Filters: map[string]string{name: value}}
	}
	for _, test := range []struct {
		name  string
		kinds []string
		scope Scope
		want  string
	}{
		{"misspelled event", allKinds, Scope{Events: []string{"build.completed"}}, `event "build.completed" does not exist; did you mean "build.complete"?`},
		{"ignored event", allKinds, Scope{Events: []string{"tfvc.checkin"}}, `event "tfvc.checkin" is not used: changesets of TFVC belong to no kind that is ingested`},
		{"event of an unmapped kind", []string{kindProject}, Scope{Events: []string{"git.push"}}, `event "git.push" tells about kind "repository", which is not mapped`},
		{"misspelled filter", allKinds, filter("buildstatus", "Failed"), `filter "buildstatus" does not exist; did you mean "buildStatus"?`},
		{"foreign filter", allKinds, filter("areaPath", "Fabrikam", "git.push"), `filter areaPath: only workitem.created, workitem.updated, workitem.commented, workitem.deleted, workitem.restored have it, and none of them is chosen`},
		{"strange filter", allKinds, filter("colour", "red", "build.complete"), `filter "colour" does not exist; valid: buildStatus, definitionName, teamId`},
		{"wrong value", allKinds, filter("buildStatus", "Faild"), `filter buildStatus: "Faild" is no value of it; did you mean "Failed"?`},
		{"no GUID", allKinds, filter("repository", "web"), `filter repository: "web" is no GUID`},
		{"project as a filter", allKinds, filter("projectId", fabrikam), `filter projectId: give the project as such, not as a filter`},
		{"project by name", allKinds, Scope{Projects: []string{"Fabrikam Fiber"}}, `project "Fabrikam Fiber" is no GUID`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := Desired(test.kinds, test.scope, Target{})
			if err == nil || err.Error() != test.want {
				t.Errorf("got %v, %v\nwant %s", got, err, test.want)
			}
		})
	}
}

func TestEventsAreACopy(t *testing.T) {
	t.Parallel()
	Events()[0].ID = "changed"
	if slices.ContainsFunc(Events(), func(e EventType) bool { return e.ID == "changed" }) {
		t.Error("the table was changed")
	}
}
