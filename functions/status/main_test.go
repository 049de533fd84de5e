package status

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"go.uber.org/goleak"

	"adoport/functions/servicehooks"
	"adoport/shared/basicauth"
	"adoport/shared/ingest"
	ledger "adoport/shared/ledger/memory"
	queue "adoport/shared/queue/memory"
	"adoport/shared/servicehook"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

const (
	password = "correct-horse"
	evil     = "<script>alert('x')</script>\x1b[31m\u202e\"&"
)

// everything is the options of a system in which something is wrong everywhere.
func everything(t testing.TB) Options {
	t.Helper()
	l, live, backfill := ledger.New(), queue.New(nil), queue.New(nil)
	runs(t, l)
	poison(t, live, ingest.Task{Version: 1, Type: ingest.Refresh, Refs: []ingest.Ref{{Kind: "work-item", ID: "7"}, {Kind: "project", ID: "p"}}}, "Port: 422 "+evil)
	poison(t, backfill, ingest.Task{Version: 1, Type: ingest.Walk, Run: "run-3", Source: "work-item", Scope: ingest.Scope{ProjectID: "p", ProjectName: "Fabrikam " + evil}, Page: 2, Cursor: "4711"}, "no route to host")
	must(t, live.Send(t.Context(), 0, ingest.Task{Type: ingest.Refresh}, ingest.Task{Type: ingest.Refresh}))
	events := NewRecorder()
	events.start = noon.Add(-20 * time.Minute)
	record(events)
	return Options{
		Version: "1.2.3", Instance: "default", Organization: "https://someone:" + password + "@dev.azure.com/fabrikam?pat=" + password,
		Credentials: basicauth.Credentials{Username: "adoport", Passwords: basicauth.Fixed(password)},
		Runs:        l.Runs, Report: ingest.New(ingest.Options{Ledger: l}).Report, Events: events,
		Queues: []Inbox{{"live", live}, {"backfill", backfill}},
		Subscriptions: func(context.Context) (Subscriptions, error) {
			return Subscriptions{
				CheckedAt: noon.Add(-3 * time.Minute), Enabled: 11, Created: 1, Repaired: 1, Backfilled: []string{"work-item"}, Error: "429 " + evil,
				List: []Subscription{
					{EventType: "git.push", Scope: "organization", Status: "enabled", Healthy: true},
					{EventType: "workitem.updated", Scope: "project p", Status: "onProbation", LastFailure: "503 Service Unavailable"},
				},
			}, nil
		},
		Throttling: func() []Throttle {
			return []Throttle{{"Azure DevOps", noon.Add(42 * time.Second)}, {"Port", noon.Add(-time.Second)}}
		},
		Logger: slog.New(slog.DiscardHandler), Now: func() time.Time { return noon },
	}
}

// runs stores four runs: the first one's pages are not kept any more, the last
// one goes on.
func runs(t testing.TB, l *ledger.Ledger) {
	t.Helper()
	for i := range 4 {
		id := fmt.Sprintf("run-%d", i)
		began := noon.Add(time.Duration(i-3) * 6 * time.Hour).Add(-10 * time.Minute)
		must(t, l.Create(t.Context(), ingest.Run{ID: id, StartedAt: began, Scopes: 1, Sources: []string{"work-item"}, Status: ingest.Running}))
		_, err := l.SavePage(t.Context(), ingest.Page{
			PageKey: ingest.PageKey{Run: id, Source: "work-item"},
			Counts:  map[string]ingest.Counts{"": {Read: 1200 + i}, "azure_devops_work_item": {Created: 3, Updated: 2, Unchanged: 1195}},
			Samples: []ingest.Sample{{Item: "work-item 7", Error: "a secret title"}},
		})
		must(t, err)
		must(t, l.SavePrune(t.Context(), id, ingest.PruneOutcome{Blueprint: "azure_devops_work_item", Skipped: "refused: 40 of 100 would go " + evil}))
		if i == 3 {
			continue
		}
		status, reason := ingest.Complete, ""
		if i == 2 {
			status, reason = ingest.Incomplete, "1 blueprints were not pruned"
		}
		_, err = l.Finish(t.Context(), id, status, reason, began.Add(95*time.Second))
		must(t, err)
	}
}

func poison(t testing.TB, q *queue.Queue, task ingest.Task, reason string) {
	t.Helper()
	must(t, q.Send(t.Context(), 0, task))
	deliveries, err := q.Receive(t.Context(), 1, time.Minute)
	must(t, err)
	must(t, q.Poison(t.Context(), deliveries[0], reason))
}

func record(r *Recorder) {
	at := noon.Add(-90 * time.Second)
	for _, e := range []servicehooks.Event{
		{Outcome: servicehooks.Ignored, Status: 200, Cause: servicehook.Unneeded, Type: "tfvc.checkin"},
		{Outcome: servicehooks.Ignored, Status: 200, Cause: servicehook.NoResource, Type: "git.push"},
		{Outcome: servicehooks.Refused, Status: 401},
		{Outcome: servicehooks.Refused, Status: 413},
		{Outcome: servicehooks.Unavailable, Status: 503, Type: "git.push"},
		{Outcome: servicehooks.Queued, Status: 202, Type: "workitem." + evil, CreatedAt: at.Add(-2500 * time.Millisecond)},
		{Outcome: servicehooks.Ignored, Status: 200, Cause: servicehook.Test, Type: "git.push", CreatedAt: at.Add(-24 * time.Hour)},
	} {
		e.At = at
		r.Observe(e)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// get asks with the credentials and the given Accept.
func get(t testing.TB, h http.Handler, accept string) (status int, header http.Header, body string) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/api/status", nil)
	r.SetBasicAuth("adoport", password)
	if accept != "" {
		r.Header.Set("Accept", accept)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	resp := w.Result()
	data, err := io.ReadAll(resp.Body)
	must(t, err)
	return resp.StatusCode, resp.Header, string(data)
}

func decode(t testing.TB, body string) Document {
	t.Helper()
	var d Document
	if err := json.Unmarshal([]byte(body), &d); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	return d
}

var errGone = errors.New("connection refused " + evil)

// gone is a queue that cannot be reached.
type gone struct{}

func (gone) Len(context.Context) (int, error)                    { return 0, errGone }
func (gone) Poisoned(context.Context) ([]ingest.Poisoned, error) { return nil, errGone }
