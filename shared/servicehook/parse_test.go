package servicehook

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"adoport/shared/ingest"
	"adoport/shared/kind"
)

const (
	fabrikam = "9a3f2b10-4c5d-4e6f-8a7b-1c2d3e4f5a60"
	contoso  = "7b6a5948-3726-4150-8e4f-3d2c1b0a9f8e"
	web      = "c0ffee00-1a2b-4c3d-9e8f-a1b2c3d4e5f6"
	webFork  = "d15ea5e0-2b3c-4d4e-8f90-b2c3d4e5f607"
)

// pointer is what matters of an Outcome.
type pointer struct {
	Ref     ingest.Ref
	Project string
	Cause   Cause
	Ignored string
}

func in(project, kind, id string) pointer {
	return pointer{Ref: ingest.Ref{Kind: kind, ID: id, ProjectID: project}, Project: project}
}

func ignored(project string, cause Cause, reason string) pointer {
	return pointer{Project: project, Cause: cause, Ignored: reason}
}

// fixtures is what every file of testdata/events means.
var fixtures = map[string]pointer{
	"git.push":                in(fabrikam, "repository", web),
	"git.push.minimal":        in(fabrikam, "repository", web),
	"git.pullrequest.created": in(fabrikam, "repository", web),
	"git.pullrequest.updated": in(fabrikam, "repository", web),
	"git.pullrequest.merged":  in(fabrikam, "repository", web),
	"git.repo.created":        in(fabrikam, "repository", web),
	"git.repo.renamed":        in(fabrikam, "repository", web),
	"git.repo.statuschanged":  in(fabrikam, "repository", web),
	"git.repo.deleted":        in(fabrikam, "repository", web),
	"git.repo.forked":         in(contoso, "repository", webFork),

	"ms.vss-code.git-pullrequest-comment-event":    in(fabrikam, "repository", web),
	"ms.vss-code.git-pullrequest-comment-event.v1": in(fabrikam, "repository", web),

	"workitem.created":        in(fabrikam, "work-item", "845"),
	"workitem.restored":       in(fabrikam, "work-item", "845"),
	"workitem.commented":      in(fabrikam, "work-item", "845"),
	"workitem.deleted":        in(fabrikam, "work-item", "845"),
	"workitem.updated":        in(fabrikam, "work-item", "845"),
	"workitem.updated.zero":   in(fabrikam, "work-item", "845"),
	"workitem.updated.server": in(fabrikam, "work-item", "845"),
	"workitem.updated.flat":   in(fabrikam, "work-item", "845"),

	"build.complete":                                   in(fabrikam, "pipeline", "55"),
	"build.complete.v1":                                in(fabrikam, "pipeline", "55"),
	"ms.vss-pipelines.run-state-changed-event":         in(fabrikam, "pipeline", "55"),
	"ms.vss-pipelines.stage-state-changed-event":       in(fabrikam, "pipeline", "55"),
	"ms.vss-pipelines.job-state-changed-event":         in(fabrikam, "pipeline", "55"),
	"ms.vss-pipelinechecks-events.approval-pending":    in(fabrikam, "pipeline", "55"),
	"ms.vss-pipelinechecks-events.approval-completed":  in(fabrikam, "pipeline", "55"),
	"ms.vss-pipelinechecks-events.check-updated-event": ignored(fabrikam, Unneeded, noChecks),
	"ms.vss-pipelinechecks-events.approval-completed.nulls": ignored(fabrikam, NoID,
		"the event does not say which pipeline it is about (no resource.pipeline.id): set resourceDetailsToSend of its subscription to all"),

	"tfvc.checkin":                         ignored("", Unneeded, noTFVC),
	"ms.vss-release.release-created-event": ignored(fabrikam, Unneeded, noReleases),
	"ms.vss-alerts.alert-created-event":    ignored(fabrikam, Unneeded, noAlerts),
	"ms.vss-endpoint.endpoint-updated":     ignored(fabrikam, Unneeded, noConnections),
	"agentqueue.updated":                   ignored(fabrikam, Unneeded, noAgents),

	"resource-null": ignored(fabrikam, NoResource,
		"the event has no resource: set resourceDetailsToSend of its subscription to all"),
	"test-notification": ignored("", Test, "test notification: its data is made up"),
	"unknown":           ignored(fabrikam, Unknown, `unknown event type "wiki.page.created"`),
}

func TestParse(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/events/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal("no fixtures", err)
	}
	if len(files) != len(fixtures) {
		t.Errorf("%d files for %d expectations", len(files), len(fixtures))
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want, ok := fixtures[name]
			if !ok {
				t.Fatal("nothing is expected of it")
			}
			got, err := Parse(read(t, file))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, pointed(t, got)); diff != "" {
				t.Error(diff)
			}
			if got.EventID == "" || got.SubscriptionID == "" || got.NotificationID != "7" || got.Test != (want.Cause == Test) {
				t.Errorf("the delivery is not named: %+v", got)
			}
		})
	}
}

// pointed reduces an outcome to what is compared.
func pointed(t *testing.T, o Outcome) pointer {
	t.Helper()
	p := pointer{Project: o.Project.ID, Cause: o.Cause, Ignored: o.Ignored}
	switch {
	case len(o.Refs) > 1:
		t.Errorf("%d refs", len(o.Refs))
	case len(o.Refs) == 1:
		p.Ref = o.Refs[0]
	}
	return p
}

func read(t testing.TB, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// The shapes that no file is worth.
func TestParseShapes(t *testing.T) {
	t.Parallel()
	repository := `{"repository":{"id":"` + web + `","project":{"id":"` + fabrikam + `"}}}`
	for _, test := range []struct {
		name, body string
		want       pointer
	}{
		{"no containers", `{"eventType":"git.push","resource":` + repository + `}`, in(fabrikam, "repository", web)},
		{"byte order mark", "\xef\xbb\xbf" + ` {"eventType":"git.push","resource":` + repository + `} `, in(fabrikam, "repository", web)},
		{
			"the last of two keys", `{"eventType":"workitem.created","eventType":"workitem.updated","resource":{"workItemId":1},"resource":{"id":2,"revision":{"id":3}}}`,
			in("", "work-item", "3"),
		},
		{"keys have a case", `{"eventType":"workitem.created","resource":{"id":4,"ID":5,"Id":6}}`, in("", "work-item", "4")},
		{"containers first", `{"eventType":"git.push","resource":` + repository + `,"resourceContainers":{"project":{"id":"` + strings.ToUpper(contoso) + `"}}}`, pointer{
			Ref: ingest.Ref{Kind: "repository", ID: web, ProjectID: contoso}, Project: contoso,
		}},
		{"project of zeros", `{"eventType":"workitem.created","resource":{"id":4},"resourceContainers":{"project":{"id":"00000000-0000-0000-0000-000000000000"}}}`, in("", "work-item", "4")},
		{"the update's number is no id", `{"eventType":"workitem.updated","resource":{"id":2,"workItemId":0,"rev":3}}`, ignored("", NoID,
			"the event does not say which work-item it is about (no resource.workItemId or resource.revision.id): set resourceDetailsToSend of its subscription to all")},
		{"resource of another type", `{"eventType":"git.repo.created","resource":"none"}`, ignored("", NoID,
			"the event does not say which repository it is about (no resource.repository.id): set resourceDetailsToSend of its subscription to all")},
		{"no resource", `{"eventType":"git.repo.created"}`, ignored("", NoResource,
			"the event has no resource: set resourceDetailsToSend of its subscription to all")},
		{"id beyond 32 bits", `{"eventType":"workitem.created","resource":{"id":2147483648}}`, ignored("", NoID,
			"the event does not say which work-item it is about (no resource.id): set resourceDetailsToSend of its subscription to all")},
		{
			"test without a subscription", `{"id":"03c164c2-8912-4d5e-8009-3707d5f83734","eventType":"git.push","resource":` + repository + `}`,
			ignored("", Test, "test notification: its data is made up"),
		},
		{
			"test of a saved subscription", `{"id":"03c164c2-8912-4d5e-8009-3707d5f83734","subscriptionId":"` + webFork + `","eventType":"git.push","resource":` + repository + `}`,
			in(fabrikam, "repository", web),
		},
		{"deep", `{"eventType":"workitem.created","resource":{"fields":` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + `,"id":4}}`, in("", "work-item", "4")},
		{"2 MB", `{"eventType":"workitem.created","resource":{"fields":{"System.Description":"` + strings.Repeat("x", 2<<20) + `"},"id":4}}`, in("", "work-item", "4")},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := Parse([]byte(test.body))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, pointed(t, got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParseRefusesWhatIsNoEvent(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		"", " \n", "null", "[]", `"git.push"`, "{", "{}", `{"eventType":null}`, `{"eventType":""}`, `{"eventType":7}`,
		`{"eventType":"git.push"} {}`, "<html>", "eventType=git.push", strings.Repeat(`{"eventType":`, 20000),
	} {
		o, err := Parse([]byte(body))
		if _, ok := errors.AsType[*EnvelopeError](err); !ok {
			t.Errorf("%.40q gave %+v, %v", body, o, err)
		}
	}
}

func TestLongTypeIsCut(t *testing.T) {
	t.Parallel()
	o, err := Parse([]byte(`{"eventType":"` + strings.Repeat("é", 5000) + `"}`))
	if err != nil {
		t.Fatal(err)
	}
	if len(o.EventType) > 100 || o.Cause != Unknown || len(o.Ignored) > 200 {
		t.Errorf("%d bytes of type, %q, %d bytes of reason", len(o.EventType), o.Cause, len(o.Ignored))
	}
}

// The table's kinds are those of the catalogue, and each type says either what it
// points at or why it is ignored.
func TestTable(t *testing.T) {
	t.Parallel()
	kinds := map[string]bool{}
	for _, k := range kind.All() {
		kinds[k.Name] = true
	}
	if !kinds[kindProject] {
		t.Errorf("there is no kind %q", kindProject)
	}
	seen := map[string]bool{}
	for _, e := range Events() {
		if seen[e.ID] {
			t.Errorf("%s is there twice", e.ID)
		}
		seen[e.ID] = true
		if (e.Kind() == "") == (e.Ignored == "") {
			t.Errorf("%s: kind %q, ignored %q", e.ID, e.Kind(), e.Ignored)
		}
		if e.Kind() != "" && (!kinds[e.Kind()] || e.Publisher == "" || e.Version == "") {
			t.Errorf("%s cannot be subscribed to: %+v", e.ID, e)
		}
	}
	if len(seen) != 39 {
		t.Errorf("%d types of events", len(seen))
	}
}

func TestCreatedAt(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		date string
		want time.Time
	}{
		{`"2026-03-01T10:00:00.5Z"`, time.Date(2026, 3, 1, 10, 0, 0, 5e8, time.UTC)},
		{`"2026-03-01T10:00:00+02:00"`, time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)},
		{`"yesterday"`, time.Time{}},
		{`""`, time.Time{}},
		{`7`, time.Time{}},
		{`{}`, time.Time{}},
		{`null`, time.Time{}},
	} {
		o, err := Parse([]byte(`{"eventType":"git.push","createdDate":` + test.date + `}`))
		if err != nil || !o.CreatedAt.Equal(test.want) {
			t.Errorf("%s: %v, %v; want %v", test.date, o.CreatedAt, err, test.want)
		}
	}
	if o, err := Parse([]byte(`{"eventType":"git.push"}`)); err != nil || !o.CreatedAt.IsZero() {
		t.Errorf("without a date: %v, %v", o.CreatedAt, err)
	}
}

func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/events/*.json")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		f.Add(read(f, file))
	}
	f.Add([]byte(`{"eventType":"workitem.updated","resource":{"url":"/workitems/0"}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		o, err := Parse(body)
		if err != nil {
			if _, ok := errors.AsType[*EnvelopeError](err); !ok || len(o.Refs) > 0 {
				t.Fatalf("%v, %+v", err, o)
			}
			return
		}
		if (len(o.Refs) > 0) != (o.Cause == Handled) || (o.Ignored == "") != (o.Cause == Handled) || o.Test && o.Project.ID != "" {
			t.Fatalf("%+v", o)
		}
		for _, r := range o.Refs {
			switch r.Kind {
			case kindRepository:
				if guid(r.ID) != r.ID {
					t.Fatalf("repository %q", r.ID)
				}
			case kindPipeline, kindWorkItem:
				if number(r.ID) != r.ID {
					t.Fatalf("%s %q", r.Kind, r.ID)
				}
			default:
				t.Fatalf("kind %q", r.Kind)
			}
			if r.ID == "" || r.ProjectID != o.Project.ID {
				t.Fatalf("%+v", o)
			}
		}
		if p := o.Project; p.ID != guid(p.ID) || (p.Kind == kindProject) != (p.ID != "") {
			t.Fatalf("project %+v", p)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	body := read(b, "testdata/events/git.push.json")
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(body); err != nil {
			b.Fatal(err)
		}
	}
}
