package hooks

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"adoport/shared/azuredevops"
	"adoport/shared/servicehook"
	"adoport/shared/transport"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// serve returns the subscriptions of a server that gives one answer to all
// requests, and the last request with its body.
func serve(t *testing.T, status int, body string) (API, func() (*http.Request, string)) {
	t.Helper()
	type sent struct {
		r    *http.Request
		body string
	}
	last := make(chan sent, 100)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		data, _ := io.ReadAll(r.Body)
		last <- sent{r, string(data)}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	client, err := azuredevops.New(azuredevops.Options{
		Organization: server.URL + "/fabrikam",
		PAT:          func(context.Context) (string, error) { return "pat0123456789abcdefghijklmnopqrstuvwxyz", nil },
		HTTP:         server.Client(),
		Retry:        transport.RetryOptions{Attempts: 1, Confirm: 1, Base: time.Microsecond, Cap: time.Microsecond},
		Logger:       slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	return New(client), func() (*http.Request, string) {
		t.Helper()
		select {
		case s := <-last:
			return s.r, s.body
		default:
			t.Fatal("no request was sent")
			return nil, ""
		}
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestList(t *testing.T) {
	t.Parallel()
	api, request := serve(t, 200, read(t, "testdata/list.json"))
	got, err := api.List(t.Context(), "tfs", "git.push")
	if err != nil {
		t.Fatal(err)
	}
	want := []servicehook.Subscription{
		{
			ID: "8dea9aba-3a9a-4ad0-860f-2a5c7379e3eb", Status: "onProbation", CreatedAt: time.Date(2026, 5, 4, 10, 0, 0, 247e6, time.UTC),
			Publisher: "tfs", EventType: "git.push", ResourceVersion: "1.0", Consumer: "webHooks", Action: "httpRequest",
			PublisherInputs: map[string]string{"branch": "", "projectId": "9a3f2b10-4c5d-4e6f-8a7b-1c2d3e4f5a60", "tfsSubscriptionId": "e15ed970-8b92-4b71-8ec2-f99b5db5e34d"},
			ConsumerInputs: map[string]string{
				"url": "https://hooks.fabrikam.example/api/servicehooks", "basicAuthPassword": "********", "httpHeaders": "X-Adoport-Key:1a2b3c4d",
			},
		},
		{
			ID: "ff9c24c5-45b5-491f-831a-39b9d481b425", Publisher: "tfs", EventType: "git.push", Consumer: "webHooks", Action: "httpRequest",
			PublisherInputs: map[string]string{},
			ConsumerInputs:  map[string]string{"url": "https://ci.contoso.example", "basicAuthPassword": "********", "acceptUntrustedCerts": "true", "messagesToSend": ""},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	r, _ := request()
	if got, want := r.Method+" "+r.URL.String(), "GET /fabrikam/_apis/hooks/subscriptions?api-version=7.1&consumerActionId=httpRequest&consumerId=webHooks&eventType=git.push&publisherId=tfs"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// None of these may count as "there are none".
func TestListIsNeverEmptyByMistake(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		status int
		body   string
	}{
		{200, `{}`},
		{200, `{"count":0}`},
		{200, `{"count":0,"value":null}`},
		{200, `{"count":1,"value":[{"eventType":"git.push"}]}`},
		{200, `{"count":1,"value":[{"id":"a","createdDate":"yesterday"}]}`},
		{200, `<html>Sign in</html>`},
		{203, `<html>Sign in</html>`},
		{302, ``},
		{403, `{"message":"no"}`},
		{404, ``},
		{500, ``},
	} {
		api, _ := serve(t, test.status, test.body)
		if got, err := api.List(t.Context(), "tfs", "git.push"); err == nil || len(got) > 0 {
			t.Errorf("%d %s: %v, %v", test.status, test.body, got, err)
		}
	}
	api, _ := serve(t, 200, `{"count":0,"value":[]}`)
	if got, err := api.List(t.Context(), "tfs", "git.push"); err != nil || len(got) > 0 {
		t.Error(got, err)
	}
}

func wanted() servicehook.Subscription {
	return servicehook.Subscription{
		Publisher: "tfs", EventType: "build.complete", ResourceVersion: "2.0", Consumer: "webHooks", Action: "httpRequest",
		PublisherInputs: map[string]string{"buildStatus": "Failed"},
		ConsumerInputs:  map[string]string{"url": "https://hooks.fabrikam.example/api/servicehooks", "basicAuthPassword": "s3cretpassword"},
	}
}

func TestCreate(t *testing.T) {
	t.Parallel()
	api, request := serve(t, 200, `{"id":"fd672255-8b6b-4769-9260-beea83d752ce","status":"enabled","probationRetries":1,"createdDate":"2026-05-04T10:00:00Z","consumerInputs":{"basicAuthPassword":"s3cretpassword"}}`)
	got, err := api.Create(t.Context(), wanted())
	if err != nil {
		t.Fatal(err)
	}
	if got.ID != "fd672255-8b6b-4769-9260-beea83d752ce" || got.Status != "enabled" || got.CreatedAt.IsZero() || got.ConsumerInputs["basicAuthPassword"] != "********" {
		t.Errorf("%+v", got)
	}
	r, body := request()
	if got, want := r.Method+" "+r.URL.String(), "POST /fabrikam/_apis/hooks/subscriptions?api-version=7.1"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	var sent map[string]any
	if err := json.Unmarshal([]byte(body), &sent); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"publisherId": "tfs", "eventType": "build.complete", "resourceVersion": "2.0", "consumerId": "webHooks", "consumerActionId": "httpRequest",
		"publisherInputs": map[string]any{"buildStatus": "Failed"},
		"consumerInputs":  map[string]any{"url": "https://hooks.fabrikam.example/api/servicehooks", "basicAuthPassword": "s3cretpassword"},
	}
	if diff := cmp.Diff(want, sent); diff != "" {
		t.Error(diff)
	}
}

func TestRefusalCarriesTheMessage(t *testing.T) {
	t.Parallel()
	const message = `{"$id":"1","message":"The value s3cretpassword is not accepted.","typeKey":"SubscriptionInputException","errorCode":0}`
	api, _ := serve(t, 400, message)
	_, err := api.Create(t.Context(), wanted())
	refused, ok := errors.AsType[*servicehook.RefusedError](err)
	if !ok || refused.Status != 400 || refused.Message != "The value REDACTED is not accepted." || strings.Contains(err.Error(), "s3cret") || !strings.Contains(err.Error(), refused.Message) {
		t.Errorf("%#v: %v", err, err)
	}
}

func TestDelete(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		status int
		ok     bool
	}{{204, true}, {404, true}, {403, false}, {400, false}} {
		api, request := serve(t, test.status, "")
		err := api.Delete(t.Context(), "a/b")
		if (err == nil) != test.ok {
			t.Errorf("%d: %v", test.status, err)
		}
		r, _ := request()
		if got, want := r.Method+" "+r.URL.String(), "DELETE /fabrikam/_apis/hooks/subscriptions/a%2Fb?api-version=7.1"; got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func TestFailures(t *testing.T) {
	t.Parallel()
	api, request := serve(t, 200, read(t, "testdata/notifications.json"))
	got, err := api.Failures(t.Context(), "8dea9aba-3a9a-4ad0-860f-2a5c7379e3eb", 2)
	if err != nil {
		t.Fatal(err)
	}
	want := []Notification{
		{ID: "13", Status: "completed", Result: "failed", CreatedAt: time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC), Message: "Internal Server Error (500)", Attempts: 1},
		{ID: "12", Status: "completed", Result: "failed", CreatedAt: time.Date(2026, 5, 4, 11, 0, 0, 0, time.UTC)},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	r, _ := request()
	if got, want := r.URL.String(), "/fabrikam/_apis/hooks/subscriptions/8dea9aba-3a9a-4ad0-860f-2a5c7379e3eb/notifications?api-version=7.1&maxResults=2&result=failed"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestFailedSince: the newest failure of each subscription, of many in one request.
func TestFailedSince(t *testing.T) {
	t.Parallel()
	api, last := serve(t, 200, `{"results":[
		{"id":3,"subscriptionId":"a","status":"completed","result":"failed","createdDate":"2026-03-01T11:00:00Z","details":{"errorMessage":"Internal Server Error (500)"}},
		{"id":4,"subscriptionId":"a","status":"completed","result":"failed","createdDate":"2026-03-01T12:00:00Z"},
		{"id":9,"subscriptionId":"b","status":"completed","result":"succeeded","createdDate":"2026-03-01T12:00:00Z"}]}`)
	failed, err := api.FailedSince(t.Context(), []string{"a", "b"}, time.Date(2026, 3, 1, 10, 0, 0, 0, time.FixedZone("", 3600)))
	if err != nil || len(failed) != 1 || failed["a"].ID != "4" {
		t.Errorf("%+v, %v", failed, err)
	}
	r, body := last()
	if r.Method != http.MethodPost || r.URL.Path != "/fabrikam/_apis/hooks/notificationsquery" ||
		body != `{"subscriptionIds":["a","b"],"minCreatedDate":"2026-03-01T09:00:00Z","resultType":"failed","maxResultsPerSubscription":1}` {
		t.Errorf("%s %s %s", r.Method, r.URL, body)
	}
}

func TestFailedSinceIsRefused(t *testing.T) {
	t.Parallel()
	api, _ := serve(t, 403, `{"message":"TF401027: you need View Subscriptions"}`)
	_, err := api.FailedSince(t.Context(), []string{"a"}, time.Now())
	if refused, ok := errors.AsType[*servicehook.RefusedError](err); !ok || refused.Status != 403 {
		t.Errorf("%v", err)
	}
	if failed, err := api.FailedSince(t.Context(), nil, time.Now()); len(failed) != 0 || err != nil {
		t.Errorf("about nothing: %v, %v", failed, err)
	}
}
