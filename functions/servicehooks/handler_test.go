package servicehooks

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"adoport/shared/ingest"
	"adoport/shared/servicehook"
)

// TestOutcomes: what is answered, what is queued and what is told.
func TestOutcomes(t *testing.T) {
	t.Parallel()
	project := ingest.Ref{Kind: "project", ID: fabrikam, IfAbsent: true}
	withProject := func(rest string) string {
		return `{"subscriptionId": "11111111-2222-3333-4444-555555555555", "resourceContainers": {"project": {"id": "` + fabrikam + `"}}, ` + rest + `}`
	}
	tests := []struct {
		name   string
		body   string
		status int
		want   answered
		refs   []ingest.Ref
		event  Event
	}{
		{
			"mapped kind", push, 202,
			answered{Outcome: "queued", Tasks: []pointer{{Kind: "repository", ID: web}, {Kind: "project", ID: fabrikam, IfAbsent: true}}},
			[]ingest.Ref{{Kind: "repository", ID: web, ProjectID: fabrikam}, project},
			Event{Outcome: Queued, Type: "git.push", CreatedAt: time.Date(2026, 3, 1, 10, 0, 0, 5e8, time.UTC)},
		},
		{
			"byte order mark", "\xef\xbb\xbf" + push, 202,
			answered{Outcome: "queued", Tasks: []pointer{{Kind: "repository", ID: web}, {Kind: "project", ID: fabrikam, IfAbsent: true}}},
			[]ingest.Ref{{Kind: "repository", ID: web, ProjectID: fabrikam}, project},
			Event{Outcome: Queued, Type: "git.push", CreatedAt: time.Date(2026, 3, 1, 10, 0, 0, 5e8, time.UTC)},
		},
		{
			"without a project", `{"eventType": "workitem.updated", "createdDate": 7, "resource": {"id": 9, "workItemId": 7}}`, 202,
			answered{Outcome: "queued", Tasks: []pointer{{Kind: "work-item", ID: "7"}}},
			[]ingest.Ref{{Kind: "work-item", ID: "7"}},
			Event{Outcome: Queued, Type: "workitem.updated"},
		},
		{
			"kind that is not mapped", withProject(`"eventType": "build.complete", "resource": {"definition": {"id": 5}}`), 200,
			answered{Outcome: "ignored", Reason: "kind pipeline is not mapped", Tasks: []pointer{{Kind: "project", ID: fabrikam, IfAbsent: true}}},
			[]ingest.Ref{project},
			Event{Outcome: Ignored, Type: "build.complete", Cause: Unmapped},
		},
		{
			"kind that is not mapped, without a project", `{"eventType": "build.complete", "resource": {"definition": {"id": 5}}}`, 200,
			answered{Outcome: "ignored", Reason: "kind pipeline is not mapped"},
			nil,
			Event{Outcome: Ignored, Type: "build.complete", Cause: Unmapped},
		},
		{
			"unneeded type", withProject(`"eventType": "tfvc.checkin", "resource": {}`), 200,
			answered{Outcome: "ignored", Reason: mustParse(t, `{"eventType":"tfvc.checkin"}`).Ignored, Tasks: []pointer{{Kind: "project", ID: fabrikam, IfAbsent: true}}},
			[]ingest.Ref{project},
			Event{Outcome: Ignored, Type: "tfvc.checkin", Cause: servicehook.Unneeded},
		},
		{
			"unknown type", `{"eventType": "coffee.ready"}`, 200,
			answered{Outcome: "ignored", Reason: `unknown event type "coffee.ready"`},
			nil,
			Event{Outcome: Ignored, Type: "coffee.ready", Cause: servicehook.Unknown},
		},
		{
			"test notification", strings.Replace(push, "11111111-2222-3333-4444-555555555555", "00000000-0000-0000-0000-000000000000", 1), 200,
			answered{Outcome: "ignored", Reason: "test notification: its data is made up"},
			nil,
			Event{Outcome: Ignored, Type: "git.push", Cause: servicehook.Test, CreatedAt: time.Date(2026, 3, 1, 10, 0, 0, 5e8, time.UTC)},
		},
		{
			"no resource", withProject(`"eventType": "git.push", "resource": null`), 200,
			answered{
				Outcome: "ignored", Reason: "the event has no resource: set resourceDetailsToSend of its subscription to all",
				Tasks: []pointer{{Kind: "project", ID: fabrikam, IfAbsent: true}},
			},
			[]ingest.Ref{project},
			Event{Outcome: Ignored, Type: "git.push", Cause: servicehook.NoResource},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newStation()
			before := time.Now()
			resp, got := s.post(t, delivery(strings.NewReader(tt.body)))
			if resp.StatusCode != tt.status {
				t.Errorf("status %d, want %d", resp.StatusCode, tt.status)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("answer (-want +got):\n%s", diff)
			}
			var tasks []ingest.Task
			if tt.refs != nil {
				tasks = []ingest.Task{{Version: ingest.TaskVersion, Type: ingest.Refresh, Refs: tt.refs}}
			}
			if diff := cmp.Diff(tasks, s.queue.tasks); diff != "" {
				t.Errorf("queue (-want +got):\n%s", diff)
			}
			tt.event.Status = tt.status
			s.told(t, before, tt.event)
		})
	}
}

// told checks that exactly one delivery was observed, and nothing secret logged.
func (s *station) told(t *testing.T, before time.Time, want Event) {
	t.Helper()
	if len(s.events) != 1 {
		t.Fatalf("%d events observed, want 1", len(s.events))
	}
	got := s.events[0]
	if got.At.Before(before) || got.At.After(time.Now()) {
		t.Errorf("the event was observed at %s", got.At)
	}
	got.At = time.Time{}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("event (-want +got):\n%s", diff)
	}
	if log := s.log.String(); log == "" || strings.Contains(log, hidden) || strings.Contains(log, password) {
		t.Errorf("log: %s", log)
	}
}

func mustParse(t *testing.T, body string) servicehook.Outcome {
	t.Helper()
	o, err := servicehook.Parse([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestProjectOnlyIfMapped(t *testing.T) {
	t.Parallel()
	s := newStation(func(o *Options) { o.Kinds = []string{"repository"} })
	s.post(t, delivery(strings.NewReader(push)))
	want := []ingest.Ref{{Kind: "repository", ID: web, ProjectID: fabrikam}}
	if len(s.queue.tasks) != 1 || !cmp.Equal(s.queue.tasks[0].Refs, want) {
		t.Errorf("queued %+v, want one task with %+v", s.queue.tasks, want)
	}
}

func TestWrongSubscriptionIsLoggedAsAWarning(t *testing.T) {
	t.Parallel()
	s := newStation()
	s.post(t, delivery(strings.NewReader(`{"eventType": "git.push", "subscriptionId": "s-17", "resource": null}`)))
	for _, want := range []string{`"level":"WARN"`, "resourceDetailsToSend", `"subscription":"s-17"`} {
		if !strings.Contains(s.log.String(), want) {
			t.Errorf("the log lacks %s: %s", want, s.log.String())
		}
	}
}

// TestUnavailable: whatever is wrong with the queue, Azure DevOps sends again.
func TestUnavailable(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		fail func(context.Context) error
		log  string
	}{
		{"error", func(context.Context) error { return errors.New("disk full") }, "disk full"},
		{"panic", func(context.Context) error { panic("index out of range") }, "handler_test.go"},
		{"panic that would end the connection", func(context.Context) error { panic(http.ErrAbortHandler) }, "abort Handler"},
		{"hangs", func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }, "deadline exceeded"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newStation()
				s.queue.fail = tt.fail
				begin := time.Now()
				resp, got := s.post(t, delivery(strings.NewReader(push)))
				if resp.StatusCode != 503 || got.Outcome != "unavailable" || resp.Header.Get("Retry-After") != "5" {
					t.Errorf("%d %+v %v", resp.StatusCode, got, resp.Header)
				}
				if took := time.Since(begin); took > sendTimeout {
					t.Errorf("answered after %s, want %s at most", took, sendTimeout)
				}
				if len(s.events) != 1 || s.events[0].Outcome != Unavailable {
					t.Errorf("observed %+v", s.events)
				}
				if log := s.log.String(); !strings.Contains(log, `"level":"ERROR"`) || !strings.Contains(log, tt.log) {
					t.Errorf("the log lacks an error with %q: %s", tt.log, log)
				}
			})
		})
	}
}

// TestProjectOfIgnoredEvent: also what is only queued by the way MUST NOT be lost.
func TestProjectOfIgnoredEvent(t *testing.T) {
	t.Parallel()
	s := newStation()
	s.queue.fail = func(context.Context) error { return errors.New("disk full") }
	body := `{"eventType": "tfvc.checkin", "resourceContainers": {"project": {"id": "` + fabrikam + `"}}}`
	if resp, got := s.post(t, delivery(strings.NewReader(body))); resp.StatusCode != 503 {
		t.Errorf("%d %+v, want 503", resp.StatusCode, got)
	}
}

func TestNobodyObserves(t *testing.T) {
	t.Parallel()
	s := newStation(func(o *Options) { o.Observe, o.Logger = nil, nil })
	if resp, _ := s.post(t, delivery(strings.NewReader(push))); resp.StatusCode != 202 {
		t.Errorf("status %d, want 202", resp.StatusCode)
	}
}
