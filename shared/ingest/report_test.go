package ingest_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"adoport/shared/ingest"
)

// TestVerdicts: a run is complete only if everything was.
func TestVerdicts(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		spoil  func(*world)
		status ingest.Status
		reason string
	}{
		"all is well": {func(*world) {}, ingest.Complete, ""},
		"a scope fails": {func(w *world) {
			w.readers["task"].before = func(s ingest.Scope, _ string) error { return &ingest.ScopeError{Scope: s, Err: errors.New("404")} }
		}, ingest.Incomplete, "2 scopes could not be read, 1 blueprints were not pruned"},
		"a project is skipped": {func(w *world) {
			w.projects.list[0].State = "new"
		}, ingest.Incomplete, "2 scopes could not be read, 2 blueprints were not pruned"},
		"an entity fails": {func(w *world) {
			w.catalog.refuse = func(method, _, _ string) error { return errors.New("422 for " + method) }
		}, ingest.Incomplete, "3 entities failed"},
		"the guard refuses": {func(w *world) {
			for i := range 20 {
				w.old("task", string(rune('a'+i)))
			}
		}, ingest.Incomplete, "1 blueprints were not pruned"},
		"credentials are refused": {func(w *world) {
			w.readers["team"].before = func(ingest.Scope, string) error { return refusedThere }
		}, ingest.Failed, refusedThere.Error()},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, standard, nil)
			w.tasks(2)
			w.readers["team"].put("", "a", map[string]any{"title": "A"})
			test.spoil(w)
			r := w.run()
			if r.Status != test.status || r.Reason != test.reason {
				t.Errorf("%s: %s; want %s: %s", r.Status, r.Reason, test.status, test.reason)
			}
			if r.FinishedAt.IsZero() || r.StartedAt.IsZero() || r.Run != w.planned.ID {
				t.Errorf("%+v", r)
			}
		})
	}
}

// TestReportIsSorted, so that two of them can be compared.
func TestReportIsSorted(t *testing.T) {
	t.Parallel()
	w := newWorld(t, standard, nil)
	w.tasks(9)
	w.readers["team"].put("", "a", map[string]any{"title": "A"})
	w.catalog.refuse = func(_, _, identifier string) error { return errors.New("422 " + identifier) }
	r := w.run()
	byKind := slices.IsSortedFunc(r.Kinds, func(a, b ingest.KindReport) int { return strings.Compare(a.Kind, b.Kind) })
	byBlueprint := slices.IsSortedFunc(r.Blueprints, func(a, b ingest.BlueprintReport) int { return strings.Compare(a.Blueprint, b.Blueprint) })
	byItem := slices.IsSortedFunc(r.Failures, func(a, b ingest.Sample) int { return strings.Compare(a.Item, b.Item) })
	if !byKind || !byBlueprint || !byItem || len(r.Failures) < 10 {
		t.Errorf("%+v", r)
	}
}

// TestReportOfARunningRun says how far it is.
func TestReportOfARunningRun(t *testing.T) {
	t.Parallel()
	w := newWorld(t, standard, nil)
	w.tasks(6)
	w.readers["task"].page = 3
	w.plan("task")
	if r := w.report(); r.Status != ingest.Running || kindOf(r, "task").Read != 0 || !r.FinishedAt.IsZero() {
		t.Errorf("%+v", r)
	}
	d, _ := w.receive()
	w.settle(d, w.engine.Handle(t.Context(), d))
	if r := w.report(); r.Status != ingest.Running || kindOf(r, "task").Read != 3 || blueprint(r, "task").Created != 3 {
		t.Errorf("%+v", r)
	}
	w.work()
}

// TestReportAsJSON: a program finds lists where there are none.
func TestReportAsJSON(t *testing.T) {
	t.Parallel()
	w := newWorld(t, standard, nil)
	w.run("task")
	b, err := json.Marshal(w.report())
	if err != nil {
		t.Fatal(err)
	}
	if text := string(b); strings.Contains(text, ":null") || !strings.Contains(text, `"failures":[]`) || !strings.Contains(text, `"status":"complete"`) {
		t.Errorf("%s", text)
	}
}

func TestReportOfUnknownRun(t *testing.T) {
	t.Parallel()
	w := newWorld(t, standard, nil)
	if _, err := w.engine.Report(t.Context(), "nobody knows"); !errors.Is(err, ingest.ErrNotFound) {
		t.Errorf("got %v", err)
	}
}

// TestProgress adds up to what was planned and read.
func TestProgress(t *testing.T) {
	t.Parallel()
	sum := map[string]ingest.Progress{}
	w := newWorld(t, standard, func(o *ingest.Options) {
		o.OnProgress = func(p ingest.Progress) { // one task at a time here, and one batch of it
			s := sum[p.Kind]
			sum[p.Kind] = ingest.Progress{Kind: p.Kind, Scopes: s.Scopes + p.Scopes, ScopesDone: s.ScopesDone + p.ScopesDone, Items: s.Items + p.Items}
		}
	})
	w.readers["task"].batch = 1000
	w.tasks(5)
	w.readers["team"].put("", "a", map[string]any{})
	w.complete()
	want := map[string]ingest.Progress{
		"task": {Kind: "task", Scopes: 2, ScopesDone: 2, Items: 5},
		"team": {Kind: "team", Scopes: 1, ScopesDone: 1, Items: 1},
	}
	for kind, p := range want {
		if sum[kind] != p {
			t.Errorf("%+v, want %+v", sum[kind], p)
		}
	}
}
