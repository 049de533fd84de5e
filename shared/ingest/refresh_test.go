package ingest_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"adoport/shared/ingest"
)

// knowing lets sources tell what is known of an item that is not read.
func knowing(o *ingest.Options) {
	for i := range o.Sources {
		o.Sources[i].Remnant = func(ref ingest.Ref) map[string]any {
			return map[string]any{"id": ref.ID, "project": ref.ProjectID}
		}
	}
}

// refresh hands one task to the engine.
func (w *world) refresh(refs ...ingest.Ref) error {
	return w.engine.Handle(w.t.Context(), ingest.Delivery{Task: ingest.Task{Version: 1, Type: ingest.Refresh, Refs: refs}, Attempt: 1})
}

func task(project, id string) ingest.Ref {
	return ingest.Ref{Kind: "task", ID: id, ProjectID: project}
}

func TestRefresh(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		// before is done after a first backfill of t01 and t02.
		before func(w *world)
		refs   []ingest.Ref
		want   []string // what is told
		tasks  []string // what the catalog has then
	}{
		"a new item": {
			func(w *world) { w.readers["task"].put("p1", "t09", map[string]any{"title": "New"}) },
			[]ingest.Ref{task("p1", "t09")},
			[]string{"create task/t09"},
			[]string{"t01", "t02", "t09"},
		},
		"a changed item, twice in one task": {
			func(w *world) { w.readers["task"].put("p1", "t01", map[string]any{"title": "Changed", "rev": 2}) },
			[]ingest.Ref{task("p1", "t01"), task("p1", "t01")},
			[]string{"update task/t01"},
			[]string{"t01", "t02"},
		},
		"an item that did not change": {
			func(*world) {}, []ingest.Ref{task("p1", "t01")}, nil, []string{"t01", "t02"},
		},
		"an item that is gone": {
			func(w *world) { w.readers["task"].drop("p1", "t01") },
			[]ingest.Ref{task("p1", "t01")},
			[]string{"delete task/t01"},
			[]string{"t02"},
		},
		"an item that never was": {
			func(*world) {}, []ingest.Ref{task("p1", "t77")}, nil, []string{"t01", "t02"},
		},
		"an item that the selector leaves out now": {
			func(w *world) { w.readers["task"].put("p1", "t01", map[string]any{"title": "One", "hidden": true}) },
			[]ingest.Ref{task("p1", "t01")},
			[]string{"delete task/t01"},
			[]string{"t02"},
		},
		"an item whose selector fails": {
			func(w *world) { w.readers["task"].put("p1", "t01", map[string]any{"title": []any{}, "hidden": "x"}) },
			[]ingest.Ref{task("p1", "t01")},
			[]string{"update task/t01"},
			[]string{"t01", "t02"},
		},
		"an item that is gone, but the entity is another's": {
			func(w *world) {
				w.readers["task"].drop("p1", "t01")
				w.catalog.put("somebody", "task", ingest.Stored{Identifier: "t01"})
			},
			[]ingest.Ref{task("p1", "t01")},
			nil,
			[]string{"t01", "t02"},
		},
		"a kind that is not mapped": {
			func(*world) {}, []ingest.Ref{{Kind: "board", ID: "1"}}, nil, []string{"t01", "t02"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, standard, knowing)
			w.readers["task"].put("p1", "t01", map[string]any{"title": "One", "rev": 1})
			w.readers["task"].put("p1", "t02", map[string]any{"title": "Two", "rev": 1})
			w.complete("task")
			w.told()
			test.before(w)
			if err := w.refresh(test.refs...); err != nil {
				t.Fatal(err)
			}
			if got := w.told(); !slices.Equal(got, test.want) {
				t.Errorf("told %v, want %v", got, test.want)
			}
			if got := w.catalog.ids("task"); !slices.Equal(got, test.tasks) {
				t.Errorf("tasks %v, want %v", got, test.tasks)
			}
		})
	}
}

// TestRefreshIfAbsent reads an item only if the catalog does not have it, and
// looks only once.
func TestRefreshIfAbsent(t *testing.T) {
	t.Parallel()
	w := newWorld(t, standard, knowing)
	w.readers["team"].put("", "known", map[string]any{"title": "Known"})
	w.complete("team")
	w.readers["team"].put("", "new", map[string]any{"title": "New"})
	w.told()
	for range 2 {
		for _, id := range []string{"known", "new"} {
			if err := w.refresh(ingest.Ref{Kind: "team", ID: id, IfAbsent: true}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if got, want := w.told(), []string{"create team/new"}; !slices.Equal(got, want) {
		t.Errorf("told %v, want %v", got, want)
	}
	for _, ref := range w.readers["team"].reads {
		if ref.ID == "known" {
			t.Error("an item that the catalog has was read again")
		}
	}
}

// TestRefreshIfAbsentIsTriedAgain: a project whose first refresh fails is still
// absent.
func TestRefreshIfAbsentIsTriedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, standard, knowing)
	w.readers["team"].put("", "new", map[string]any{"title": "New"})
	w.catalog.fail = func(method, _ string) error {
		if method == "Upsert" {
			return errors.New("503")
		}
		return nil
	}
	ref := ingest.Ref{Kind: "team", ID: "new", IfAbsent: true}
	if err := w.refresh(ref); err == nil {
		t.Error("the failure is not told")
	}
	w.catalog.fail = nil
	if err := w.refresh(ref); err != nil || len(w.catalog.ids("team")) != 1 {
		t.Errorf("%v, teams %v", err, w.catalog.ids("team"))
	}
}

// TestRefreshOfTwoSources: an entity stays while any source makes it, and goes
// from the blueprint whose resource leaves the item out.
func TestRefreshOfTwoSources(t *testing.T) {
	t.Parallel()
	w := newWorld(t, `
resources:
  - kind: task
    selector: {query: .type == "Story", view: stories}
    port: {entity: {mappings: {identifier: .id, title: .title, blueprint: '"team"'}}}
  - kind: task
    selector: {query: .type == "Bug"}
    port: {entity: {mappings: {identifier: .id, title: .title, blueprint: '"task"'}}}
  - kind: task
    selector: {query: .type != "Bug"}
    port: {entity: {mappings: {identifier: .id, title: .title, blueprint: '"task"'}}}
`, knowing)
	w.readers["task"].put("p1", "t01", map[string]any{"title": "One", "type": "Story"})
	w.complete()
	w.told()
	w.readers["task"].put("p1", "t01", map[string]any{"title": "One", "type": "Bug"})
	if err := w.refresh(task("p1", "t01")); err != nil {
		t.Fatal(err)
	}
	if got, want := w.told(), []string{"delete team/t01"}; !slices.Equal(got, want) {
		t.Errorf("told %v, want %v", got, want)
	}
}

// slow is a reader that does something between reading items and handing them on.
type slow struct {
	*fakeReader
	meanwhile func()
}

func (r *slow) Walk(ctx context.Context, scope ingest.Scope, cursor string, yield func(context.Context, []ingest.Item) error) (string, error) {
	return r.fakeReader.Walk(ctx, scope, cursor, func(ctx context.Context, items []ingest.Item) error {
		r.meanwhile()
		return yield(ctx, items)
	})
}

// TestAPageThatAnEventOvertakes: an item that is deleted, event and all, while a
// page with it is on its way does not come back.
func TestAPageThatAnEventOvertakes(t *testing.T) {
	t.Parallel()
	reader := &slow{}
	w := newWorld(t, standard, func(o *ingest.Options) {
		knowing(o)
		for i := range o.Sources {
			if s := &o.Sources[i]; s.Kind == "task" {
				reader.fakeReader = s.Reader.(*fakeReader)
				s.Reader = reader
			}
		}
	})
	reader.put("p1", "t01", map[string]any{"title": "One"})
	reader.meanwhile = func() {
		reader.drop("p1", "t01")
		if err := w.refresh(task("p1", "t01")); err != nil {
			t.Error(err)
		}
	}
	w.complete("task")
	if got := w.catalog.ids("task"); len(got) > 0 {
		t.Errorf("tasks %v came back", got)
	}
}

// TestRefreshFails gives the task back: an event is not settled while its change
// is not in the catalog.
func TestRefreshFails(t *testing.T) {
	t.Parallel()
	w := newWorld(t, standard, knowing)
	w.readers["task"].put("p1", "t01", map[string]any{"title": "One"})
	refused := errors.New("503")
	w.catalog.fail = func(method, _ string) error {
		if method == "Upsert" {
			return refused
		}
		return nil
	}
	if err := w.refresh(task("p1", "t01")); !errors.Is(err, refused) {
		t.Errorf("error %v", err)
	}
	w.catalog.fail = nil
	if err := w.refresh(task("p1", "t01")); err != nil || len(w.catalog.ids("task")) != 1 {
		t.Errorf("the second try: %v, %v", err, w.catalog.ids("task"))
	}
}
