package main

import (
	"strings"
	"testing"

	azuredevopssim "adoport/shared/simulator/azuredevops"
	"adoport/shared/simulator/fault"
)

var small = azuredevopssim.Options{Projects: 3, RepositoriesPerProject: 4, PipelinesPerProject: 5, WorkItemsPerProject: 60, Seed: 1}

func nasty(o azuredevopssim.Options) azuredevopssim.Options {
	o.Nasty, o.BOM = true, true
	return o
}

func TestBackfillMakesTheCatalogEqual(t *testing.T) {
	t.Parallel()
	tests := map[string]azuredevopssim.Options{
		"default data":       small,
		"nasty data":         nasty(small),
		"an empty project":   {Projects: 1},
		"1,001 repositories": {Projects: 1, RepositoriesPerProject: 1001, Seed: 2},
		"101 projects":       {Projects: 101, RepositoriesPerProject: 1, PipelinesPerProject: 1, WorkItemsPerProject: 1, Seed: 3},
		"over the query cap": {Projects: 1, WorkItemsPerProject: 20_500, Seed: 4},
	}
	for name, o := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, o)
			w.backfill(t)
			w.checkEqual(t)
			before := w.port.Writes()
			w.backfill(t)
			w.checkEqual(t)
			if after := w.port.Writes(); after != before {
				t.Errorf("a second run without a change wrote: %+v, before %+v", after, before)
			}
		})
	}
}

func TestBackfillSurvivesFaults(t *testing.T) {
	t.Parallel()
	for _, kind := range append(fault.All(), "all of them") {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			kinds := []fault.Kind{kind}
			if kind == "all of them" {
				kinds = fault.All()
			}
			w := newWorld(t, nasty(small), kinds...)
			w.backfill(t)
			w.checkEqual(t)
		})
	}
}

func TestExactlyTheChangesAreWritten(t *testing.T) {
	t.Parallel()
	w := newWorld(t, small)
	w.backfill(t)
	repositories, pipelines := w.azureDevOps.Repositories(), w.azureDevOps.Pipelines()
	must(t, w.azureDevOps.UpdateWorkItem(1, map[string]any{"System.Title": "Changed"}))
	must(t, w.azureDevOps.DeleteWorkItem(2))
	must(t, w.azureDevOps.RenameRepository(repositories[0].ID, "renamed"))
	must(t, w.azureDevOps.DeleteRepository(repositories[1].ID))
	must(t, w.azureDevOps.DeletePipeline(pipelines[0].ID))
	before := w.port.Writes()

	dry := w.backfill(t, "--dry-run", "--show")
	if got := w.port.Writes(); got != before {
		t.Errorf("a dry run wrote: %+v, before %+v", got, before)
	}
	if len(dry.Changes) != 5 {
		t.Errorf("a dry run shows %d changes, want 5: %+v", len(dry.Changes), dry.Changes)
	}
	w.backfill(t)
	w.checkEqual(t)
	after := w.port.Writes()
	if created, updated, deleted := after.Created-before.Created, after.Updated-before.Updated, after.Deleted-before.Deleted; created != 0 || updated != 2 || deleted != 3 {
		t.Errorf("created %d, updated %d, deleted %d; want 0, 2, 3", created, updated, deleted)
	}
}

func TestPruneOverTheGuardIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, small)
	w.backfill(t)
	for id := 1; id <= 50; id++ { // of 180
		must(t, w.azureDevOps.DeleteWorkItem(id))
	}
	before := w.port.Writes()
	o := w.run(t, "backfill")
	if o.code != exitFailed {
		t.Errorf("exit %d", o.code)
	}
	if !strings.Contains(o.out, "50 of its 180 entities would be deleted, which is more than 20 %") {
		t.Errorf("the refusal is not told:\n%s", o.out)
	}
	if after := w.port.Writes(); after != before {
		t.Errorf("something was written: %+v, before %+v", after, before)
	}
	w.environment["PRUNE_MAX_PERCENT"] = "50"
	w.backfill(t)
	w.checkEqual(t)
}

func TestAForbiddenProjectFailsAlone(t *testing.T) {
	t.Parallel()
	for _, status := range []int{403, 404} {
		w := newWorld(t, small)
		w.backfill(t)
		project := w.azureDevOps.Projects()[1]
		other := w.azureDevOps.Projects()[0]
		count := w.port.Count("azure_devops_work_item")
		must(t, w.azureDevOps.Forbid(project.ID, status))
		if _, err := w.azureDevOps.AddRepository(other.ID, "new"); err != nil {
			t.Fatal(err)
		}
		o := w.run(t, "backfill", "-o", "json")
		if o.code != exitFailed {
			t.Errorf("%d: exit %d\n%s", status, o.code, o.out)
		}
		if r := o.result(t); r.Status != "incomplete" || !strings.Contains(o.out, project.Name) {
			t.Errorf("%d: the project is not named:\n%s", status, o.out)
		}
		if got := w.port.Writes().Deleted; got != 0 {
			t.Errorf("%d: %d entities were deleted", status, got)
		}
		if got := w.port.Count("azure_devops_work_item"); got != count {
			t.Errorf("%d: %d work items, before %d", status, got, count)
		}
		if got := w.port.Count("azure_devops_repository"); got != 3*4+1 {
			t.Errorf("%d: the new repository of another project is not there", status)
		}
		must(t, w.azureDevOps.Forbid(project.ID, 0))
		w.backfill(t)
		w.checkEqual(t)
	}
}

// TestAProjectInTheMakingFailsAlone: Azure DevOps leaves a project that is not
// wellFormed out of its list, but it is not gone.
func TestAProjectInTheMakingFailsAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, small)
	w.backfill(t)
	must(t, w.azureDevOps.SetProjectState(w.azureDevOps.Projects()[0].ID, "createPending"))
	o := w.run(t, "backfill")
	if o.code != exitFailed || !strings.Contains(o.out, "its state is createPending") {
		t.Errorf("exit %d\n%s", o.code, o.out)
	}
	if got := w.port.Writes().Deleted; got != 0 {
		t.Errorf("%d entities were deleted", got)
	}
}

func TestRefusedCredentialsStopTheRun(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		variable, value string
		want            []string
	}{
		"wrong PAT":          {"AZURE_DEVOPS_APP_PASSWORD", "wr0ngpat", []string{"Azure DevOps refused our credentials", "expired", "Work Items: read"}},
		"wrong Port secret":  {"PORT_CLIENT_SECRET", "wr0ngsecret", []string{"Port refused our credentials", "region"}},
		"unreachable host":   {"AZURE_DEVOPS_ORG_URL", "http://127.0.0.1:9/fabrikam", []string{"connection refused", "127.0.0.1:9"}},
		"unreachable Port":   {"PORT_BASE_URL", "http://127.0.0.1:9", []string{"connection refused", "127.0.0.1:9"}},
		"other organization": {"AZURE_DEVOPS_ORG_URL", "", []string{"AZURE_DEVOPS_ORG_URL is not set"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, small)
			w.backfill(t)
			before := w.port.Writes()
			w.environment[test.variable] = test.value
			o := w.run(t, "backfill")
			if o.code == exitDone {
				t.Errorf("exit 0\n%s", o.out)
			}
			for _, want := range test.want {
				if !strings.Contains(o.err, want) {
					t.Errorf("the message lacks %q:\n%s", want, o.err)
				}
			}
			if test.value != "" && strings.Contains(test.value, "wr0ng") && strings.Contains(o.out+o.err, test.value) {
				t.Error("the secret is printed")
			}
			if after := w.port.Writes(); after != before {
				t.Errorf("something was written: %+v, before %+v", after, before)
			}
		})
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
