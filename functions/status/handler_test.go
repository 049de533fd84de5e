package status

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"adoport/shared/ingest"
)

func TestDocument(t *testing.T) {
	t.Parallel()
	status, header, body := get(t, New(everything(t)), "")
	if status != 200 || header.Get("Content-Type") != "application/json" || header.Get("Cache-Control") != "no-store" {
		t.Errorf("%d %v", status, header)
	}
	for _, forbidden := range []string{password, "someone", "secret title", "4711", "\x1b", "\\u001b", "\u202e"} {
		if strings.Contains(body, forbidden) {
			t.Errorf("the document has %q in it: %s", forbidden, body)
		}
	}
	d := decode(t, body)
	if d.Version != "1.2.3" || d.Instance != "default" || d.Organization != "https://dev.azure.com/fabrikam" || !d.At.Equal(noon) {
		t.Errorf("about: %+v", d)
	}
	if len(d.Errors) != 0 {
		t.Errorf("errors: %+v", d.Errors)
	}
	lag := 2.5
	want := &Events{
		Since: noon.Add(-20 * time.Minute), Queued: 1, Ignored: 3, Refused: 2, Unavailable: 1,
		IgnoredBy: map[string]int{"unneeded": 1, "no-resource": 1, "test": 1}, RefusedBy: map[string]int{"401": 1, "413": 1},
		Last: &LastEvent{At: noon.Add(-90 * time.Second), Type: clean("workitem." + evil), Outcome: "queued", LagSeconds: &lag},
	}
	if diff := cmp.Diff(want, d.Events); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]Throttle{{"Azure DevOps", noon.Add(42 * time.Second)}}, d.Throttling); diff != "" {
		t.Errorf("throttling (-want +got):\n%s", diff)
	}
	if s := d.Subscriptions; s == nil || s.Enabled != 11 || len(s.List) != 2 || s.List[0].Healthy == s.List[1].Healthy {
		t.Errorf("subscriptions: %+v", s)
	}
}

func TestRuns(t *testing.T) {
	t.Parallel()
	_, _, body := get(t, New(everything(t)), "application/json")
	d := decode(t, body)
	if len(d.Runs) != 4 {
		t.Fatalf("%d runs, want 4", len(d.Runs))
	}
	running, last, oldest := d.Runs[0], d.Runs[1], d.Runs[3]
	if running.Status != ingest.Running || running.Seconds != 600 || !running.FinishedAt.IsZero() {
		t.Errorf("the run that goes on: %+v", running)
	}
	want := []ingest.BlueprintReport{{
		Blueprint: "azure_devops_work_item", Created: 3, Updated: 2, Unchanged: 1195,
		PruneSkipped: clean("refused: 40 of 100 would go " + evil),
	}}
	if diff := cmp.Diff(want, last.Blueprints); diff != "" || last.Seconds != 95 || !last.Counted || last.Reason == "" {
		t.Errorf("the last run %+v (-want +got):\n%s", last, diff)
	}
	if len(last.Kinds) != 1 || last.Kinds[0].Read != 1202 {
		t.Errorf("kinds of the last run: %+v", last.Kinds)
	}
	if oldest.Counted || oldest.Status != ingest.Complete || oldest.Blueprints == nil {
		t.Errorf("the run without pages: %+v", oldest)
	}
}

func TestQueues(t *testing.T) {
	t.Parallel()
	_, _, body := get(t, New(everything(t)), "application/json")
	d := decode(t, body)
	two, none, one := 2, 0, 1
	for i := range d.Queues {
		for j := range d.Queues[i].Newest {
			d.Queues[i].Newest[j].At = time.Time{}
		}
	}
	want := []QueueState{
		{Name: "live", Waiting: &two, Poisoned: &one, Newest: []PoisonedTask{{
			Type: ingest.Refresh, Refs: []string{"work-item 7", "project p"}, Reason: clean("Port: 422 " + evil),
		}}},
		{Name: "backfill", Waiting: &none, Poisoned: &one, Newest: []PoisonedTask{{
			Type: ingest.Walk, Run: "run-3", Source: "work-item", Page: 2, Reason: "no route to host",
			Scope: clean(ingest.Scope{ProjectID: "p", ProjectName: "Fabrikam " + evil}.String()),
		}}},
	}
	if diff := cmp.Diff(want, d.Queues); diff != "" {
		t.Errorf("queues (-want +got):\n%s", diff)
	}
}

func TestManyPoisoned(t *testing.T) {
	t.Parallel()
	o := everything(t)
	o.Queues = []Inbox{{"live", full(100)}}
	_, _, body := get(t, New(o), "")
	q := decode(t, body).Queues[0]
	if *q.Poisoned != 100 || len(q.Newest) != shownPoisoned || q.Newest[0].Run != "99" || q.Newest[19].Run != "80" {
		t.Errorf("%d poisoned, %d shown, from %s", *q.Poisoned, len(q.Newest), q.Newest[0].Run)
	}
	refs := q.Newest[0].Refs
	if len(refs) != 6 || refs[5] != "and 195 more" {
		t.Errorf("refs: %q", refs)
	}
}

// full is a queue with that many poisoned tasks.
type full int

func (n full) Len(context.Context) (int, error) { return 0, nil }

func (n full) Poisoned(context.Context) ([]ingest.Poisoned, error) {
	all := make([]ingest.Poisoned, n)
	for i := range all {
		all[i].Task = ingest.Task{Type: ingest.Refresh, Run: strconv.Itoa(i), Refs: make([]ingest.Ref, 200)}
	}
	return all, nil
}

// TestNothing: what is not given is not shown, and no list is null.
// TestUnreadablePasswords: nobody is let in, and nobody is told that they are
// wrong.
func TestUnreadablePasswords(t *testing.T) {
	t.Parallel()
	o := everything(t)
	o.Credentials.Passwords = func(context.Context, bool) ([]string, error) { return nil, context.DeadlineExceeded }
	r := httptest.NewRequest(http.MethodGet, "/api/status", nil)
	r.SetBasicAuth("adoport", password)
	w := httptest.NewRecorder()
	New(o).ServeHTTP(w, r)
	if w.Code != http.StatusServiceUnavailable || strings.Contains(w.Body.String(), "deadline") {
		t.Errorf("%d %s, want 503 and no details", w.Code, w.Body)
	}
}

func TestNothing(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.RemoteAddr, r.Host = "127.0.0.1:5000", "localhost:7071"
	w := httptest.NewRecorder()
	New(Options{TrustLoopback: true}).ServeHTTP(w, r)
	if w.Code != 200 || strings.Contains(w.Body.String(), "null") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if d := decode(t, w.Body.String()); len(d.Problems) != 0 || d.Events != nil || d.Subscriptions != nil {
		t.Errorf("%+v", d)
	}
}

// TestPartsFail: what cannot be read is named, and the rest shown; 503 only if
// there is no rest.
func TestPartsFail(t *testing.T) {
	t.Parallel()
	noRuns := func(context.Context, int) ([]ingest.Run, error) { return nil, errGone }
	noSubscriptions := func(context.Context) (Subscriptions, error) { panic("index out of range") }
	tests := []struct {
		name   string
		change func(*Options)
		status int
		parts  []string
	}{
		{"ledger", func(o *Options) { o.Runs = noRuns }, 200, []string{"runs"}},
		{"report", func(o *Options) {
			o.Report = func(context.Context, string) (ingest.Report, error) { return ingest.Report{}, errGone }
		}, 200, []string{"run run-2", "run run-1", "run run-0", "run run-3"}},
		{"one queue", func(o *Options) { o.Queues[0].Queue = gone{} }, 200, []string{"length of the live queue", "poisoned tasks of the live queue"}},
		{"subscriptions panic", func(o *Options) { o.Subscriptions = noSubscriptions }, 200, []string{"subscriptions"}},
		{"all", func(o *Options) {
			o.Runs, o.Subscriptions, o.Queues = noRuns, noSubscriptions, []Inbox{{"live", gone{}}}
		}, 503, []string{"runs", "length of the live queue", "poisoned tasks of the live queue", "subscriptions"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := everything(t)
			tt.change(&o)
			h := New(o)
			status, _, body := get(t, h, "")
			d := decode(t, body)
			var parts []string
			for _, e := range d.Errors {
				parts = append(parts, e.Part)
				if e.Error == "" || strings.Contains(e.Error, "\x1b") {
					t.Errorf("%s: error %q", e.Part, e.Error)
				}
			}
			if diff := cmp.Diff(tt.parts, parts); diff != "" || status != tt.status {
				t.Errorf("status %d, want %d; errors (-want +got):\n%s", status, tt.status, diff)
			}
			if d.Events == nil || d.Events.Queued != 1 {
				t.Errorf("the events are missing: %+v", d.Events)
			}
			status, _, page := get(t, h, "text/html")
			if status != tt.status || strings.Count(page, "Not readable: ") != len(tt.parts) {
				t.Errorf("the page (%d) does not name what failed: %s", status, page)
			}
		})
	}
}

// TestHangingPart: a part that does not answer costs 5 seconds.
func TestHangingPart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := everything(t)
		o.Subscriptions = func(ctx context.Context) (Subscriptions, error) {
			<-ctx.Done()
			return Subscriptions{}, context.Cause(ctx)
		}
		begin := time.Now()
		status, _, body := get(t, New(o), "")
		if d := decode(t, body); status != 200 || len(d.Errors) != 1 || len(d.Runs) != 4 || time.Since(begin) != partTimeout {
			t.Errorf("%d after %s: %+v", status, time.Since(begin), d.Errors)
		}
	})
}

// TestALargeRunGoesOn: it takes all the time there is, and the others are shown
// nevertheless.
func TestALargeRunGoesOn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := everything(t)
		report := o.Report
		o.Report = func(ctx context.Context, run string) (ingest.Report, error) {
			if run == "run-3" {
				<-ctx.Done()
				return ingest.Report{}, context.Cause(ctx)
			}
			return report(ctx, run)
		}
		_, _, body := get(t, New(o), "")
		if d := decode(t, body); len(d.Errors) != 1 || d.Runs[0].Counted || !d.Runs[1].Counted || !d.Runs[2].Counted {
			t.Errorf("runs %+v, errors %+v", d.Runs, d.Errors)
		}
	})
}

// TestEndedRunsAreAddedUpOnce: they do not change, and may be large.
func TestEndedRunsAreAddedUpOnce(t *testing.T) {
	t.Parallel()
	o := everything(t)
	asked := map[string]int{}
	report := o.Report
	o.Report = func(ctx context.Context, run string) (ingest.Report, error) {
		asked[run]++
		return report(ctx, run)
	}
	h := New(o)
	_, _, first := get(t, h, "")
	_, _, second := get(t, h, "")
	if diff := cmp.Diff(first, second); diff != "" {
		t.Errorf("the second answer differs:\n%s", diff)
	}
	// The pages of run-0 are not kept, and run-3 goes on.
	if diff := cmp.Diff(map[string]int{"run-0": 2, "run-1": 1, "run-2": 1, "run-3": 2}, asked); diff != "" {
		t.Errorf("reports (-want +got):\n%s", diff)
	}
}

func TestProblems(t *testing.T) {
	t.Parallel()
	o := everything(t)
	_, _, body := get(t, New(o), "")
	want := []string{
		"The last backfill that ended is incomplete: 1 blueprints were not pruned",
		"The live queue has tasks that failed too often and were set aside: 1",
		"The backfill queue has tasks that failed too often and were set aside: 1",
		"Deliveries of the last hour that could not be queued, and that Azure DevOps sends again: 1",
		"Deliveries of the last hour with wrong credentials or none: 1",
		"Events of the last hour that did not say what they are about (set resourceDetailsToSend of their subscriptions to all): 1",
		"The service hooks could not be checked or corrected: " + clean("429 "+evil),
		"Service hooks of ours that lose events: 1",
	}
	if diff := cmp.Diff(want, decode(t, body).Problems); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}
