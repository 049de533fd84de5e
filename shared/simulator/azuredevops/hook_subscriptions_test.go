package azuredevops

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSubscriptionLifecycle(t *testing.T) {
	t.Parallel()
	s := newTestServer(t, Options{Projects: 1})
	project := s.Projects()[0].ID
	id := s.subscribe("tfs", "git.push", "1.0", inputProject, project, inputUser, "hook", inputPassword, "secret")
	path := "/_apis/hooks/subscriptions/" + id

	got := s.get(path)
	to, of := got["consumerInputs"].(map[string]any), got["publisherInputs"].(map[string]any)
	if to[inputPassword] != masked || to[inputUser] != "hook" || to[inputURL] != hookURL {
		t.Errorf("consumer inputs %v", to)
	}
	if of[inputProject] != project || of[inputServerAdded] == nil {
		t.Errorf("publisher inputs %v", of)
	}
	if got["status"] != Enabled || got["createdBy"].(map[string]any)["id"] == nil || got["createdDate"] != formatTime(testNow) ||
		!strings.HasSuffix(got["url"].(string), path) || got["_links"].(map[string]any)["notifications"] == nil {
		t.Errorf("subscription %v", got)
	}
	if real := s.Subscriptions(); len(real) != 1 || real[0].ConsumerInputs[inputPassword] != "secret" {
		t.Errorf("the oracle says %v", real)
	}

	body := subscriptionJSON("tfs", "git.push", "1.0", inputProject, project, "branch", "main", inputPassword, "other")
	check(t, s.SetSubscriptionStatus(id, DisabledBySystem))
	replaced := s.decoded(s.send("PUT", path, body), http.StatusOK)
	if replaced["status"] != DisabledBySystem || replaced["publisherInputs"].(map[string]any)["branch"] != "main" {
		t.Errorf("replaced: %v", replaced)
	}
	if of[inputServerAdded] != replaced["publisherInputs"].(map[string]any)[inputServerAdded] {
		t.Error("tfsSubscriptionId changed")
	}
	check(t, s.SetSubscriptionStatus(id, DisabledByUser))
	enable := strings.Replace(body, "{", `{"status":"enabled",`, 1)
	if got := s.decoded(s.send("PUT", path, enable), http.StatusOK); got["status"] != Enabled {
		t.Errorf("what a user disabled is %v after a PUT", got["status"])
	}

	if w := s.send("DELETE", path, ""); w.Code != http.StatusNoContent || w.Body.Len() != 0 {
		t.Errorf("DELETE: %d %s", w.Code, w.Body)
	}
	for _, method := range []string{"GET", "PUT", "DELETE"} {
		if w := s.send(method, path, body); w.Code != http.StatusNotFound {
			t.Errorf("%s of a deleted one: %d", method, w.Code)
		}
	}
	if err := s.SetSubscriptionStatus(id, Enabled); err == nil {
		t.Error("a deleted subscription was changed")
	}
	want := map[string]int{
		"POST _apis/hooks/subscriptions": 1, "GET _apis/hooks/subscriptions/{id}": 2,
		"PUT _apis/hooks/subscriptions/{id}": 3, "DELETE _apis/hooks/subscriptions/{id}": 2,
	}
	if diff := cmp.Diff(want, s.Requests()); diff != "" {
		t.Error(diff)
	}
	if s.Writes() != 6 {
		t.Errorf("%d writes, want 6", s.Writes())
	}
}

func TestListSubscriptions(t *testing.T) {
	t.Parallel()
	s := newTestServer(t, Options{Projects: 1})
	project := s.Projects()[0].ID
	push := s.subscribe("tfs", "git.push", "1.0", inputProject, project)
	build := s.subscribe("tfs", "build.complete", "2.0")
	run := s.subscribe("pipelines", "ms.vss-pipelines.run-state-changed-event", "5.1-preview.1")
	foreign := s.AddForeignSubscription(Subscription{
		PublisherID: "tfs", EventType: "git.push", ConsumerID: "slack", ConsumerActionID: "postMessageToChannel", Status: OnProbation,
		ConsumerInputs: map[string]string{"url": "https://slack.test/x", "password": "p"},
	})
	for query, want := range map[string][]string{
		"":                       {push, build, run, foreign},
		"?publisherId=tfs":       {push, build, foreign},
		"?eventType=git.push":    {push, foreign},
		"?consumerId=webHooks":   {push, build, run},
		"?eventType=git.nothing": {},
		"?consumerActionId=httpRequest&publisherId=pipelines": {run},
	} {
		if diff := cmp.Diff(want, names(values(t, s.get("/_apis/hooks/subscriptions"+query)), "id")); diff != "" {
			t.Errorf("%q: %s", query, diff)
		}
	}
	if body := s.send("GET", "/_apis/hooks/subscriptions/"+foreign, "").Body.String(); strings.Contains(body, `"p"`) {
		t.Errorf("a foreign password is shown: %s", body)
	}
	query := func(q object) []string {
		t.Helper()
		var ids []string
		for _, r := range s.decoded(s.send("POST", "/_apis/hooks/subscriptionsquery", encode(q)), http.StatusOK)["results"].([]any) {
			ids = append(ids, r.(map[string]any)["id"].(string))
		}
		return ids
	}
	is := func(input, operator, value string, exact bool) []object {
		return []object{{"conditions": []object{{"inputId": input, "operator": operator, "inputValue": value, "caseSensitive": exact}}}}
	}
	for _, test := range []struct {
		q    object
		want []string
	}{
		{object{"eventType": "git.push"}, []string{push, foreign}},
		{object{"publisherInputFilters": is("projectId", "equals", strings.ToUpper(project), false)}, []string{push}},
		{object{"publisherInputFilters": is("projectId", "equals", strings.ToUpper(project), true)}, nil},
		{object{"consumerInputFilters": is("url", "notEquals", hookURL, false)}, []string{foreign}},
	} {
		if diff := cmp.Diff(test.want, query(test.q)); diff != "" {
			t.Errorf("%v: %s", test.q, diff)
		}
	}
	check(t, s.DeleteProject(project))
	if n := len(s.Subscriptions()); n != 3 {
		t.Errorf("%d subscriptions after the project of one was deleted, want 3", n)
	}
}

func TestSubscriptionRefusals(t *testing.T) {
	t.Parallel()
	s := newTestServer(t, Options{Projects: 3, NoOrganizationHooks: true})
	p := s.Projects()
	s.ForbidHooks(p[1].ID)
	check(t, s.Forbid(p[2].ID, 403))
	in := func(id string, more ...string) []string { return append([]string{inputProject, id}, more...) }
	tests := []struct {
		name, publisher, event, version string
		pairs                           []string
		message                         string
	}{
		{"publisher", "nobody", "git.push", "1.0", in(p[0].ID), `publisher "nobody"`},
		{"event type", "tfs", "git.pull", "1.0", in(p[0].ID), `event type "git.pull"`},
		{"event of another publisher", "pipelines", "git.push", "1.0", in(p[0].ID), `"git.push"`},
		{"version", "tfs", "git.push", "2.0", in(p[0].ID), `version "2.0"`},
		{"release", "rm", "ms.vss-release.release-created-event", "3.0-preview.1", in(p[0].ID), "There is no registered handler"},
		{"security", "advsec", "ms.vss-alerts.alert-created-event", "1.0", in(p[0].ID), "There is no registered handler"},
		{"organization", "tfs", "git.push", "1.0", nil, "insufficient permissions to edit the subscription"},
		{"project's hooks", "tfs", "git.push", "1.0", in(p[1].ID), "insufficient permissions"},
		{"forbidden project", "tfs", "git.push", "1.0", in(p[2].ID), "insufficient permissions"},
		{"unknown project", "tfs", "git.push", "1.0", in(zeroID), "insufficient permissions"},
		{"project by name", "tfs", "git.push", "1.0", in(p[0].Name), "GUID"},
		{"unknown input", "tfs", "git.push", "1.0", in(p[0].ID, "areaPath", "x"), `"areaPath"`},
		{"input value", "tfs", "build.complete", "2.0", in(p[0].ID, "buildStatus", "Bad"), "Succeeded, PartiallySucceeded"},
		{"required input", "tfs", "tfvc.checkin", "1.0", in(p[0].ID), `"path"`},
		{"no URL", "tfs", "git.push", "1.0", in(p[0].ID, inputURL, ""), "URI"},
		{"scheme", "tfs", "git.push", "1.0", in(p[0].ID, inputURL, "ftp://hooks.test"), "URI"},
		{"loopback", "tfs", "git.push", "1.0", in(p[0].ID, inputURL, "https://localhost/x"), "localhost"},
		{"private address", "tfs", "git.push", "1.0", in(p[0].ID, inputURL, "https://10.1.2.3/x"), "special range"},
		{"http with credentials", "tfs", "git.push", "1.0", in(p[0].ID, inputURL, "http://hooks.test", inputUser, "u", inputPassword, "p"), "HTTPS"},
		{"password with a space", "tfs", "git.push", "1.0", in(p[0].ID, inputPassword, "top secret"), inputPassword},
		{"long password", "tfs", "git.push", "1.0", in(p[0].ID, inputPassword, strings.Repeat("x", 257)), inputPassword},
		{"header", "tfs", "git.push", "1.0", in(p[0].ID, inputHeaders, "no colon"), inputHeaders},
		{"details in capitals", "tfs", "git.push", "1.0", in(p[0].ID, inputResource, "All"), inputResource},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := s.send("POST", "/_apis/hooks/subscriptions", subscriptionJSON(test.publisher, test.event, test.version, test.pairs...))
			if w.Code != http.StatusBadRequest {
				t.Fatalf("status %d: %s", w.Code, w.Body)
			}
			body := decode(t, w.Body)
			if message := body["message"].(string); !strings.Contains(message, test.message) || strings.Contains(message, "secret") {
				t.Errorf("message %q does not contain %q", message, test.message)
			}
			if body["typeKey"] == nil || body["$id"] != "1" {
				t.Errorf("not the usual body: %v", body)
			}
		})
	}
	for _, pairs := range [][]string{
		in(p[0].ID), in(p[0].ID, inputURL, "http://hooks.test/x"),
		in(p[0].ID, inputHeaders, "X-One: 1\nX-Two:2", inputUser, "u", inputPassword, "p"), in(p[0].ID, inputServerAdded, "x", "branch", ""),
	} {
		s.subscribe("tfs", "git.push", "1.0", pairs...)
	}
}

func TestLoopbackHooks(t *testing.T) {
	t.Parallel()
	s := newTestServer(t, Options{LoopbackHooks: true})
	s.subscribe("tfs", "git.push", "1.0", inputURL, "http://127.0.0.1:7071/api", inputUser, "u", inputPassword, "p")
	w := s.send("POST", "/_apis/hooks/subscriptions", subscriptionJSON("tfs", "git.push", "1.0", inputURL, "http://10.1.2.3/"))
	if w.Code != http.StatusBadRequest {
		t.Errorf("a private address: %d", w.Code)
	}
}

func TestPublishers(t *testing.T) {
	t.Parallel()
	s := newTestServer(t, Options{})
	list := values(t, s.get("/_apis/hooks/publishers"))
	if diff := cmp.Diff([]string{"tfs", "pipelines", "distributedtask"}, names(list, "id")); diff != "" {
		t.Error(diff)
	}
	for _, p := range list {
		for _, e := range p["supportedEvents"].([]any) {
			e := e.(map[string]any)
			if e["id"] == "tfvc.checkin" {
				continue // has an input that is required
			}
			for _, version := range e["supportedResourceVersions"].([]any) {
				s.subscribe(p["id"].(string), e["id"].(string), version.(string))
			}
		}
	}
	if w := s.send("GET", "/_apis/hooks/publishers/rm", ""); w.Code != http.StatusNotFound {
		t.Errorf("a publisher of another host: %d", w.Code)
	}
	if got := s.get("/_apis/hooks/publishers/tfs"); got["id"] != "tfs" {
		t.Errorf("tfs is %v", got["id"])
	}
}
