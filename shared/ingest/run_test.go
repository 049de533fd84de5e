package ingest_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"adoport/shared/ingest"
)

// TestTaskOfUnknownRun is settled: nobody can do it.
func TestTaskOfUnknownRun(t *testing.T) {
	t.Parallel()
	w := newWorld(t, standard, nil)
	w.tasks(1)
	for _, taskType := range []ingest.TaskType{ingest.Walk, ingest.Prune} {
		task := ingest.Task{Version: 1, Type: taskType, Run: "nobody knows", Source: "task", Blueprints: []string{"task"}}
		if err := w.engine.Handle(t.Context(), ingest.Delivery{Task: task, Attempt: 1}); err != nil {
			t.Errorf("%s: %v", taskType, err)
		}
	}
	if len(w.readers["task"].walks) > 0 {
		t.Error("it was walked")
	}
}

// TestTaskOfEndedRun does nothing, however the run ended.
func TestTaskOfEndedRun(t *testing.T) {
	t.Parallel()
	for _, status := range []ingest.Status{ingest.Complete, ingest.Incomplete, ingest.Failed} {
		w := newWorld(t, standard, nil)
		w.tasks(1)
		w.old("task", "gone")
		w.plan("task")
		if _, err := w.ledger.Finish(t.Context(), w.planned.ID, status, "over", w.clock()); err != nil {
			t.Fatal(err)
		}
		prune := ingest.Task{Version: 1, Type: ingest.Prune, Run: w.planned.ID, Blueprints: []string{"task"}}
		if err := w.engine.Handle(t.Context(), ingest.Delivery{Task: prune, Attempt: 1}); err != nil {
			t.Error(err)
		}
		w.work()
		r := w.report()
		if r.Status != status || r.Reason != "over" || len(w.readers["task"].walks)+len(w.catalog.deletes) > 0 {
			t.Errorf("%s: %s, pages %q, deleted %v", status, r.Status, w.readers["task"].walks, w.catalog.deletes)
		}
	}
}

// TestTaskOfChangedMapping ends the run: its pages and those that are left would
// not fit together.
func TestTaskOfChangedMapping(t *testing.T) {
	t.Parallel()
	w := newWorld(t, standard, nil)
	w.tasks(1)
	w.old("task", "gone")
	w.plan("task")
	w.options.Mapping = "another"
	w.engine = ingest.New(w.options)
	w.work()
	r := w.report()
	if r.Status != ingest.Failed || !strings.Contains(r.Reason, "the mapping was changed") {
		t.Errorf("%s: %s", r.Status, r.Reason)
	}
	if len(w.readers["task"].walks)+len(w.catalog.deletes)+len(w.catalog.upserts) > 0 {
		t.Error("it went on")
	}
}

// TestUnknownSource cannot be without a bug; it MUST NOT pass for done.
func TestUnknownSource(t *testing.T) {
	t.Parallel()
	w := newWorld(t, standard, nil)
	w.plan("task")
	task := ingest.Task{Version: 1, Type: ingest.Walk, Run: w.planned.ID, Source: "task-9"}
	if err := w.engine.Handle(t.Context(), ingest.Delivery{Task: task, Attempt: 1}); err == nil {
		t.Error("no error")
	}
}

func TestUnknownTaskType(t *testing.T) {
	t.Parallel()
	w := newWorld(t, standard, nil)
	if err := w.engine.Handle(t.Context(), ingest.Delivery{Task: ingest.Task{Version: 1, Type: "dance"}}); err == nil {
		t.Error("no error")
	}
}

func TestPlan(t *testing.T) {
	t.Parallel()
	w := newWorld(t, standard, nil)
	w.projects.list = append(w.projects.list, ingest.Project{ID: "p3", Name: "Three", State: "createPending"}, ingest.Project{ID: "p4", Name: "Four"})
	w.plan()
	if got := w.planned; got.Scopes != 4 || !slices.Equal(got.Sources, []string{"team", "task"}) || got.Status != ingest.Running || got.Mapping != "fingerprint" {
		t.Errorf("%+v", got)
	}
	var scopes []string
	for d, ok := w.receive(); ok; d, ok = w.receive() {
		scopes = append(scopes, d.Task.Source+" "+d.Task.Scope.ProjectID)
		w.settle(d, nil)
	}
	slices.Sort(scopes)
	if want := []string{"task p1", "task p2", "task p4", "team "}; !slices.Equal(scopes, want) {
		t.Errorf("scopes %q, want %q", scopes, want)
	}
	var skipped []string
	for _, s := range w.planned.Skipped {
		skipped = append(skipped, s.Source+" "+s.Scope.ProjectID+" "+s.Reason)
	}
	slices.Sort(skipped)
	if want := []string{"task p3 its state is createPending", "team p3 its state is createPending"}; !slices.Equal(skipped, want) {
		t.Errorf("skipped %q, want %q", skipped, want)
	}
}

// TestPlanBeginsByPortsClock: what is updated from then on is not pruned.
func TestPlanBeginsByPortsClock(t *testing.T) {
	t.Parallel()
	w := newWorld(t, standard, nil)
	w.catalog.skew = 3 * time.Minute
	w.plan()
	if want := w.clock().Add(3 * time.Minute); !w.planned.PruneBefore.Equal(want) || !w.planned.StartedAt.Equal(w.clock()) {
		t.Errorf("prune before %s, started at %s; want %s, %s", w.planned.PruneBefore, w.planned.StartedAt, want, w.clock())
	}
}

// TestNoProject: an identity that lost its access sees none either, so the run
// ends by itself, but deletes nothing.
func TestNoProject(t *testing.T) {
	t.Parallel()
	for _, kinds := range [][]string{{"task"}, {"team"}, nil} {
		w := newWorld(t, standard, nil)
		w.projects.list = nil
		w.old("task", "kept")
		w.old("team", "kept")
		r := w.run(kinds...)
		if r.Status != ingest.Incomplete || len(w.catalog.deletes) > 0 || !mentions(r, "no project is visible") {
			t.Errorf("%v: %s %s, deleted %v", kinds, r.Status, r.Reason, w.catalog.deletes)
		}
	}
}

func TestPlanFails(t *testing.T) {
	t.Parallel()
	failure := errors.New("it is away")
	tests := map[string]func(*world){
		"projects":   func(w *world) { w.projects.err = failure },
		"blueprints": func(w *world) { w.catalog.fail = func(string, string) error { return failure } },
	}
	for name, fail := range tests {
		w := newWorld(t, standard, nil)
		fail(w)
		if _, err := w.engine.Plan(t.Context()); !errors.Is(err, failure) {
			t.Errorf("%s: %v", name, err)
		}
		if runs, err := w.ledger.Runs(t.Context(), 10); err != nil || len(runs) > 0 {
			t.Errorf("%s: a run was stored: %v, %v", name, runs, err)
		}
	}
	w := newWorld(t, standard, nil)
	if _, err := w.engine.Plan(t.Context(), "board"); err == nil || !strings.Contains(err.Error(), "board") {
		t.Errorf("unknown kind: %v", err)
	}
}

// TestPlanThatCannotBeQueued leaves no run that would go on for ever.
func TestPlanThatCannotBeQueued(t *testing.T) {
	t.Parallel()
	failure := errors.New("the queue is away")
	w := newWorld(t, standard, func(o *ingest.Options) { o.Queue = &failingQueue{Queue: o.Queue, fail: failure} })
	run, err := w.engine.Plan(t.Context())
	if !errors.Is(err, failure) {
		t.Fatalf("got %v", err)
	}
	stored, err := w.ledger.Run(t.Context(), run.ID)
	if err != nil || stored.Status != ingest.Failed || !strings.Contains(stored.Reason, "the queue is away") {
		t.Errorf("the run is %s: %s, %v", stored.Status, stored.Reason, err)
	}
}

// TestRunIDs sort by time and differ within a moment.
func TestRunIDs(t *testing.T) {
	t.Parallel()
	w := newWorld(t, standard, nil)
	var ids []string
	for range 3 {
		w.plan("team")
		ids = append(ids, w.planned.ID)
	}
	if !slices.IsSorted(ids) {
		t.Errorf("%q do not sort by time", ids)
	}
	a, errA := w.engine.Plan(t.Context(), "team")
	b, errB := w.engine.Plan(t.Context(), "team")
	if errA != nil || errB != nil || a.ID == b.ID {
		t.Errorf("%s, %s, %v, %v", a.ID, b.ID, errA, errB)
	}
}
