package main

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azqueue/v2"

	"adoport/cmd/internal/azure"
	"adoport/shared/ingest"
	"adoport/shared/simulator/keyvault"
	"adoport/shared/simulator/truth"
)

// TestBackfillAndEvents: a new deployment fills the catalog by itself, and then
// follows events.
func TestBackfillAndEvents(t *testing.T) {
	d := deploy(t, nil)
	d.tick(t, "subscriptions")
	run := d.runEnds(t)
	if difference := truth.Difference(d.organization, d.port); difference != "" {
		t.Fatalf("after run %+v: %s", run, difference)
	}
	if len(d.organization.Subscriptions()) == 0 {
		t.Fatal("nothing was subscribed to")
	}
	d.tells(t, `"msg":"backfill ended"`, `"status":"complete"`, `"function":"walk"`, `"invocation":"`)
	repository := d.organization.Repositories()[2]
	must(t, d.organization.UpdateWorkItem(7, map[string]any{"System.Title": "Rotate the keys"}))
	must(t, d.organization.DeleteWorkItem(8))
	must(t, d.organization.RenameRepository(repository.ID, "renamed"))
	must(t, d.organization.DeleteRepository(d.organization.Repositories()[3].ID))
	_, err := d.organization.AddWorkItem(repository.ProjectID, map[string]any{"System.Title": "New", "System.WorkItemType": "Bug"})
	must(t, err)
	d.follows(t)

	// What has no event is found by the next backfill, deletions included.
	must(t, d.organization.DeletePipeline(d.organization.Pipelines()[0].ID))
	must(t, d.organization.RenameProject(repository.ProjectID, "Renamed"))
	d.tick(t, "backfill")
	d.runEnds(t)
	if difference := truth.Difference(d.organization, d.port); difference != "" {
		t.Error(difference)
	}
	if document := d.status(t); document.Subscriptions == nil || document.Subscriptions.Enabled == 0 || len(document.Problems) > 0 {
		t.Errorf("the status has problems: %+v", document)
	}
	// Another look changes nothing.
	before := len(d.organization.Subscriptions())
	d.tick(t, "subscriptions")
	if after := len(d.organization.Subscriptions()); after != before || len(d.status(t).Runs) != 2 {
		t.Errorf("%d subscriptions and then %d; runs %+v", before, after, d.status(t).Runs)
	}
}

// TestKill: the handler is killed while a backfill and events are under way, and
// the catalog becomes right nevertheless. An event whose request is cut off is
// answered 500 by the host, which puts its subscription on probation; the next
// look at the subscriptions makes up for it.
func TestKill(t *testing.T) {
	d := deploy(t, nil)
	d.tick(t, "subscriptions")
	for i := range 2 {
		for id := 1 + i; id < 200; id += 7 {
			must(t, d.organization.UpdateWorkItem(id, map[string]any{"System.Title": fmt.Sprintf("Changed %d", i)}))
		}
		eventually(t, func() string {
			if d.host.Kill() != nil {
				return "the handler is not up again"
			}
			return ""
		})
	}
	must(t, d.organization.Drain(t.Context()))
	d.runEnds(t)
	d.tick(t, "subscriptions")
	d.follows(t)
	d.runEnds(t)
	d.drained(t)
	if d.host.Err() != nil || d.host.Restarts() != 2 {
		t.Errorf("the host restarted the handler %d times: %v", d.host.Restarts(), d.host.Err())
	}
}

// TestPoison: what cannot be done is set aside with its reason, shown, told, and
// can be sent again; what is no task at all harms nothing.
func TestPoison(t *testing.T) {
	d := deploy(t, nil)
	walks := d.queue(t, azure.WalksQueue)
	wrong := ingest.Task{Version: ingest.TaskVersion, Type: ingest.Refresh, Refs: []ingest.Ref{{Kind: "work-item", ID: "7"}}}
	must(t, walks.Send(t.Context(), 0, wrong))
	raw, err := azqueue.NewQueueClientFromConnectionString(d.account.ConnectionString, azure.WalksQueue, nil)
	must(t, err)
	_, err = raw.EnqueueMessage(t.Context(), base64.StdEncoding.EncodeToString([]byte(`{"v":1,"type":"dance"}`)), nil)
	must(t, err)

	var set []ingest.Poisoned
	eventually(t, func() string {
		set, err = walks.Poisoned(t.Context())
		must(t, err)
		if len(set) < 2 {
			return fmt.Sprintf("%d tasks are set aside", len(set))
		}
		return ""
	})
	reasons := set[0].Reason + set[1].Reason
	if !strings.Contains(reasons, "belongs in the live queue") || !strings.Contains(reasons, "dance") {
		t.Errorf("reasons: %q and %q", set[0].Reason, set[1].Reason)
	}
	d.tells(t, "task is set aside: it failed too often", `"queue":"adoport-backfill"`, `"function":"walk"`)
	if document := d.status(t); len(document.Problems) == 0 {
		t.Errorf("the status shows no problem: %+v", document)
	}
	d.tick(t, "subscriptions")
	d.tells(t, `"msg":"tasks are set aside"`, `"count":2`)
	if n, err := walks.Requeue(t.Context()); n != 1 || err == nil {
		t.Errorf("%d tasks are sent again, %v; want one, and an error for the other", n, err)
	}
}

// TestRotation: every secret is replaced while the app runs, and nothing is lost.
func TestRotation(t *testing.T) {
	d := deploy(t, nil)
	d.tick(t, "subscriptions")
	d.runEnds(t)

	// Port's secret: its tokens end, and the old secret gets none.
	d.vault.Set("port-client-secret", "another secret")
	d.port.SetSecret("another secret")
	d.port.RevokeToken()
	must(t, d.organization.UpdateWorkItem(7, map[string]any{"System.Title": "After Port's secret"}))
	d.follows(t)

	// The hooks' password: at first both are good, and the subscriptions are made
	// again with the new one.
	d.vault.Set("service-hook-password", "new-password,"+hookPassword)
	if code := d.post(t, "new-password"); code != http.StatusBadRequest {
		t.Errorf("the new password is answered %d, want 400 for what is no event", code)
	}
	if code := d.post(t, "guess"); code != http.StatusUnauthorized {
		t.Errorf("a wrong password is answered %d", code)
	}
	d.vault.Set("service-hook-password", "new-password")
	must(t, d.organization.UpdateWorkItem(8, map[string]any{"System.Title": "While the old password is still sent"}))
	d.follows(t)
}

// post sends what is no event with a password, and returns the status.
func (d *deployment) post(t *testing.T, password string) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, d.host.URL()+"/api/servicehooks", strings.NewReader("{}"))
	must(t, err)
	request.Header.Set("Content-Type", "application/json")
	request.SetBasicAuth("adoport", password)
	response, err := http.DefaultClient.Do(request)
	must(t, err)
	must(t, response.Body.Close())
	return response.StatusCode
}

// TestIdentity: without a personal access token, Azure DevOps is opened by the
// managed identity.
func TestIdentity(t *testing.T) {
	d := deploy(t, func(d *deployment) {
		d.vault.Delete("azure-devops-app-password")
		o := small()
		o.PAT, o.Token = "nobody's", d.vault.Token(keyvault.AzureDevOpsResource)
		d.serve(t, o)
	})
	d.tick(t, "backfill")
	d.runEnds(t)
	d.follows(t)
}

// TestVaultAway: events wait for a vault, and are not lost.
func TestVaultAway(t *testing.T) {
	d := deploy(t, func(d *deployment) { d.vault.Fail(http.StatusServiceUnavailable) })
	if code := d.post(t, hookPassword); code != http.StatusServiceUnavailable {
		t.Errorf("an event is answered %d, want 503", code)
	}
	d.vault.Fail(0)
	eventually(t, func() string {
		if code := d.post(t, hookPassword); code != http.StatusBadRequest {
			return fmt.Sprintf("what is no event is answered %d", code)
		}
		return ""
	})
}

// TestMisconfigured: nothing is lost until a person has corrected the
// configuration, and the log says how.
func TestMisconfigured(t *testing.T) {
	d := deploy(t, func(d *deployment) { delete(d.environment, "AZURE_DEVOPS_ORG_URL") })
	if code := d.post(t, hookPassword); code != http.StatusServiceUnavailable {
		t.Errorf("an event is answered %d, want 503", code)
	}
	live := d.queue(t, azure.LiveQueue)
	must(t, live.Send(t.Context(), 0, ingest.Task{Version: ingest.TaskVersion, Type: ingest.Refresh, Refs: []ingest.Ref{{Kind: "work-item", ID: "7"}}}))
	d.tells(t, "a task waits: the configuration has to be corrected", "AZURE_DEVOPS_ORG_URL is not set")
	// The host removes the message after its task was sent again.
	eventually(t, func() string {
		n, err := live.Len(t.Context())
		must(t, err)
		if n != 1 {
			return fmt.Sprintf("%d tasks wait", n)
		}
		return ""
	})
	if i, err := d.host.RunTimer(t.Context(), "backfill"); err != nil || i.Succeeded() {
		t.Errorf("the timer: %v, %v; want a failed invocation", i, err)
	}
}

// TestTriggersAreNotReachable from outside.
func TestTriggersAreNotReachable(t *testing.T) {
	d := deploy(t, nil)
	for _, path := range []string{"/refresh", "/walk", "/api/refresh", "/api/walk", "/api/backfill", "/backfill", "/api/subscriptions", "/api/servicehooks/../../walk"} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, d.host.URL()+path, strings.NewReader(`{"Data":{"task":"\"{}\"","timer":{}},"Metadata":{}}`))
		must(t, err)
		response, err := http.DefaultClient.Do(request)
		must(t, err)
		must(t, response.Body.Close())
		if response.StatusCode != http.StatusNotFound {
			t.Errorf("%s is answered %s", path, response.Status)
		}
	}
}
