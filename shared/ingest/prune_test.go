package ingest_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"adoport/shared/ingest"
)

// TestPrune deletes what is gone, and says so.
func TestPrune(t *testing.T) {
	t.Parallel()
	w := newWorld(t, standard, nil)
	w.tasks(2)
	w.old("task", "gone1", "gone2")
	r := w.complete("task")
	if got := w.catalog.ids("task"); !slices.Equal(got, []string{"t01", "t02"}) {
		t.Errorf("tasks %v", got)
	}
	if blueprint(r, "task").Deleted != 2 {
		t.Errorf("%+v", r.Blueprints)
	}
	if told := w.told(); !slices.Contains(told, "delete task/gone1") || !slices.Contains(told, "delete task/gone2") {
		t.Errorf("told %v", told)
	}
}

// keeps runs a world and checks that nothing of a blueprint was deleted, and
// why.
func keeps(t *testing.T, w *world, id, reason string) ingest.Report {
	t.Helper()
	before := w.catalog.ids(id)
	r := w.run()
	for _, entity := range before {
		if !slices.Contains(w.catalog.ids(id), entity) {
			t.Errorf("%s %s was deleted", id, entity)
		}
	}
	if got := blueprint(r, id).PruneSkipped; !strings.Contains(got, reason) || got == "" && reason != "" {
		t.Errorf("prune of %s skipped because %q, want %q", id, got, reason)
	}
	return r
}

// TestIncompleteScopeIsNotPruned: what is missing may be in what could not be
// read. Other blueprints are pruned.
func TestIncompleteScopeIsNotPruned(t *testing.T) {
	t.Parallel()
	w := newWorld(t, standard, nil)
	w.tasks(1)
	w.old("task", "gone")
	w.old("team", "gone")
	w.readers["task"].before = func(scope ingest.Scope, _ string) error {
		if scope.ProjectID == "p2" {
			return &ingest.ScopeError{Scope: scope, Err: errors.New("403 Forbidden")}
		}
		return nil
	}
	r := keeps(t, w, "task", "task could not be read completely")
	if r.Status != ingest.Incomplete || !strings.Contains(r.Reason, "1 blueprints were not pruned") {
		t.Errorf("%s: %s", r.Status, r.Reason)
	}
	if blueprint(r, "team").Deleted != 1 {
		t.Errorf("the other blueprint: %+v", blueprint(r, "team"))
	}
}

// TestSkippedProjectIsNotPruned: a project that is not well formed was not even
// planned.
func TestSkippedProjectIsNotPruned(t *testing.T) {
	t.Parallel()
	w := newWorld(t, standard, nil)
	w.projects.list[1].State = "deleting"
	w.old("task", "gone")
	w.old("team", "gone")
	r := keeps(t, w, "task", `project "Two" could not be read: its state is deleting`)
	if r.Status != ingest.Incomplete || blueprint(r, "team").Deleted != 0 {
		t.Errorf("%s %+v", r.Status, r.Blueprints)
	}
}

// TestUnmappedItemIsNotPruned: nobody knows which entity it is.
func TestUnmappedItemIsNotPruned(t *testing.T) {
	t.Parallel()
	mappings := map[string]string{
		"selector":   strings.Replace(standard, "query: .hidden != true", "query: '.id | if . == \"bad\" then error(\"no\") else true end'", 1),
		"identifier": strings.Replace(standard, "identifier: .id, title: .title, blueprint: '\"task\"'", "identifier: 'if .id == \"bad\" then error(\"no\") else .id end', blueprint: '\"task\"'", 1),
		"blueprint":  strings.Replace(standard, "blueprint: '\"task\"'", "blueprint: 'if .id == \"bad\" then error(\"no\") else \"task\" end'", 1),
	}
	for name, text := range mappings {
		w := newWorld(t, text, nil)
		w.tasks(1)
		w.readers["task"].put("p1", "bad", map[string]any{})
		w.old("task", "gone")
		r := keeps(t, w, "task", "an expression failed")
		if r.Status != ingest.Incomplete || kindOf(r, "task").Unmapped != 1 || !slices.Contains(w.catalog.ids("task"), "t01") {
			t.Errorf("%s: %s %+v, tasks %v", name, r.Status, r.Kinds, w.catalog.ids("task"))
		}
	}
}

// TestNulledExpressionIsPruned: it is known which entity it is.
func TestNulledExpressionIsPruned(t *testing.T) {
	t.Parallel()
	w := newWorld(t, strings.Replace(standard, "properties: {rev: .rev, size: .size}", "properties: {rev: .rev, size: '.size | error(\"no\")'}", 1), nil)
	w.tasks(1)
	w.old("task", "gone")
	r := w.complete()
	if blueprint(r, "task").Deleted != 1 || kindOf(r, "task").Nulled != 1 || !mentions(r, "task t01", "properties.size", "no") {
		t.Errorf("%+v %+v %v", r.Blueprints, r.Kinds, r.Failures)
	}
}

// TestForeignEntitiesAreNotPruned: they are another data source's.
func TestForeignEntitiesAreNotPruned(t *testing.T) {
	t.Parallel()
	w := newWorld(t, standard, nil)
	w.catalog.put("somebody", "task", ingest.Stored{Identifier: "theirs", UpdatedAt: w.clock()})
	keeps(t, w, "task", "")
}

// TestWhatAnotherTookOverIsNotPruned: between the list and the delete somebody
// else wrote the entity.
func TestWhatAnotherTookOverIsNotPruned(t *testing.T) {
	t.Parallel()
	w := newWorld(t, standard, nil)
	w.old("task", "gone")
	w.catalog.beforeFindOwned = func() {
		w.catalog.put("somebody", "task", ingest.Stored{Identifier: "gone", UpdatedAt: w.clock().Add(-time.Hour)})
	}
	keeps(t, w, "task", "")
}

// TestUpdatedSinceTheRunBegan: a live event wrote it, and this run may have been
// too early to see it.
func TestUpdatedSinceTheRunBegan(t *testing.T) {
	t.Parallel()
	for _, skew := range []time.Duration{0, time.Minute, -time.Minute} {
		w := newWorld(t, standard, nil)
		w.catalog.skew = skew
		w.plan()
		begin := w.clock().Add(skew) // by Port's clock
		for id, at := range map[string]time.Time{"before": begin.Add(-time.Millisecond), "at": begin, "after": begin.Add(time.Millisecond)} {
			w.catalog.put(ours, "task", ingest.Stored{Identifier: id, UpdatedAt: at})
		}
		w.work()
		if got := w.catalog.ids("task"); !slices.Equal(got, []string{"after", "at"}) {
			t.Errorf("skew %s: left %v", skew, got)
		}
	}
}

// TestUpdatedBetweenListAndDelete: it is looked at once more.
func TestUpdatedBetweenListAndDelete(t *testing.T) {
	t.Parallel()
	w := newWorld(t, standard, nil)
	w.old("task", "back", "gone")
	w.catalog.beforeFindOwned = func() {
		w.catalog.put(ours, "task", ingest.Stored{Identifier: "back", UpdatedAt: w.clock()})
	}
	r := w.complete()
	if got := w.catalog.ids("task"); !slices.Equal(got, []string{"back"}) || blueprint(r, "task").Deleted != 1 {
		t.Errorf("left %v, %+v", got, r.Blueprints)
	}
}

// TestReferredEntityIsKept: something that was seen refers to it.
func TestReferredEntityIsKept(t *testing.T) {
	t.Parallel()
	many := strings.Replace(standard, "team: .team", `team: '[.team, "b"]'`, 1)
	for name, text := range map[string]string{"one": standard, "many": many} {
		w := newWorld(t, text, nil)
		w.tasks(1)
		w.old("team", "a", "b", "c") // none is a team of the organization any more
		w.run()
		want := []string{"a"}
		if name == "many" {
			want = []string{"a", "b"}
		}
		if got := w.catalog.ids("team"); !slices.Equal(got, want) {
			t.Errorf("%s: left %v, want %v", name, got, want)
		}
	}
}

// TestUpdateTimeIsUnknown: such an entity is left alone, and that is told.
func TestUpdateTimeIsUnknown(t *testing.T) {
	t.Parallel()
	w := newWorld(t, standard, nil)
	w.old("task", "gone", "timeless")
	w.catalog.timeless["task/timeless"] = true
	r := w.run()
	if got := w.catalog.ids("task"); !slices.Equal(got, []string{"timeless"}) {
		t.Errorf("left %v", got)
	}
	if b := blueprint(r, "task"); r.Status != ingest.Incomplete || b.Deleted != 1 || b.Failed != 1 || !mentions(r, "task/timeless", "does not say when") {
		t.Errorf("%s %+v %v", r.Status, b, r.Failures)
	}
}

// TestDependentsGoFirst: Port keeps what something refers to.
func TestDependentsGoFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t, standard, nil)
	w.old("team", "a")
	w.catalog.put(ours, "task", ingest.Stored{Identifier: "t1", UpdatedAt: w.clock(), Relations: map[string]any{"team": "a"}})
	w.complete()
	if want := []string{"task/t1", "team/a"}; !slices.Equal(w.catalog.deletes, want) {
		t.Errorf("deleted %v, want %v", w.catalog.deletes, want)
	}
}

// TestNothingGoneIsNotListed: if a blueprint has as many entities as were brought,
// none of them can be gone.
func TestNothingGoneIsNotListed(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		before func(*world)
		listed bool
	}{
		"nothing else is there":  {func(*world) {}, false},
		"one is gone":            {func(w *world) { w.old("team", "gone") }, true},
		"one is somebody else's": {func(w *world) { w.catalog.put("somebody", "team", ingest.Stored{Identifier: "theirs"}) }, true},
		"one was refused": {func(w *world) {
			w.catalog.refuse = func(_, _, identifier string) error {
				if identifier == "b" {
					return errors.New("422")
				}
				return nil
			}
		}, true},
		"it cannot be counted": {func(w *world) {
			w.catalog.fail = func(method, _ string) error {
				if method == "Count" {
					return errors.New("404")
				}
				return nil
			}
		}, true},
	} {
		w := newWorld(t, standard, nil)
		w.readers["team"].put("", "a", map[string]any{"title": "A"})
		w.readers["team"].put("", "b", map[string]any{"title": "B"})
		test.before(w)
		fail, listed := w.catalog.fail, false
		w.catalog.fail = func(method, id string) error {
			listed = listed || method == "Owned"
			if fail != nil {
				return fail(method, id)
			}
			return nil
		}
		if w.run("team"); listed != test.listed || slices.Contains(w.catalog.ids("team"), "gone") {
			t.Errorf("%s: listed %t, left %v", name, listed, w.catalog.ids("team"))
		}
	}
}
