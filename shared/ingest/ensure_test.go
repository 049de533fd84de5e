package ingest_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"adoport/shared/ingest"
)

// bare is a world without blueprints, in which both are known.
func bare(t *testing.T, mappingText string, change func(*ingest.Options)) *world {
	t.Helper()
	w := newWorld(t, mappingText, func(o *ingest.Options) {
		o.Known, o.Extend = []ingest.Blueprint{taskBlueprint, teamBlueprint}, true
		if change != nil {
			change(o)
		}
	})
	clear(w.catalog.blueprints)
	return w
}

// TestMissingBlueprintsAreCreated, targets of relations first, and only those
// that the run needs.
func TestMissingBlueprintsAreCreated(t *testing.T) {
	t.Parallel()
	for kinds, want := range map[string][]string{"": {"team", "task"}, "team": {"team"}, "task": {"team", "task"}} {
		w := bare(t, standard, nil)
		w.tasks(1)
		w.readers["team"].put("", "a", map[string]any{"title": "A"})
		w.complete(slices.DeleteFunc([]string{kinds}, func(k string) bool { return k == "" })...)
		if !slices.Equal(w.catalog.created, want) {
			t.Errorf("kinds %q: created %v, want %v", kinds, w.catalog.created, want)
		}
	}
}

// TestCreatedBlueprint is what was known, and is not pruned by its first run.
func TestCreatedBlueprint(t *testing.T) {
	t.Parallel()
	w := bare(t, standard, nil)
	w.tasks(12)
	r := w.complete()
	if diff := cmp.Diff(map[string]ingest.Blueprint{"task": taskBlueprint, "team": teamBlueprint}, w.catalog.blueprints); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(w.catalog.extended) > 0 || blueprint(r, "task").Created != 12 || blueprint(r, "task").PruneSkipped != "" {
		t.Errorf("extended %v, report %+v", w.catalog.extended, r.Blueprints)
	}
	w.catalog.forget()
	w.complete()
	if len(w.catalog.created)+len(w.catalog.upserts) > 0 {
		t.Errorf("the second run created %v and wrote %v", w.catalog.created, w.catalog.upserts)
	}
}

// TestExistingBlueprintGainsWhatItLacks and loses or changes nothing.
func TestExistingBlueprintGainsWhatItLacks(t *testing.T) {
	t.Parallel()
	mine := ingest.Blueprint{
		Identifier: "task", Title: "My own title",
		Schema: ingest.BlueprintSchema{
			Properties: map[string]ingest.Property{"rev": {Type: "number", Title: "My revision"}, "mine": {Type: "string"}},
			Required:   []string{"mine"},
		},
		Relations: map[string]ingest.Relation{},
	}
	for _, extend := range []bool{true, false} {
		w := bare(t, standard, func(o *ingest.Options) { o.Extend = extend })
		w.catalog.blueprints = map[string]ingest.Blueprint{"team": teamBlueprint, "task": mine}
		w.complete()
		got := w.catalog.blueprints["task"]
		if got.Title != mine.Title || !slices.Equal(got.Schema.Required, mine.Schema.Required) {
			t.Errorf("changed: %+v", got)
		}
		for name, p := range mine.Schema.Properties {
			if got.Schema.Properties[name] != p {
				t.Errorf("property %s became %+v", name, got.Schema.Properties[name])
			}
		}
		gained := slices.Sorted(maps.Keys(got.Schema.Properties))
		want := []string{"mine", "rev"}
		if extend {
			want = append(want, "size")
		}
		if !slices.Equal(gained, want) || (len(got.Relations) == 1) != extend || len(w.catalog.created) > 0 {
			t.Errorf("extend %t: properties %v, relations %v", extend, gained, got.Relations)
		}
	}
}

// TestUnknownBlueprintFailsAlone: nobody may create it, so its entities fail, and
// nothing else does.
func TestUnknownBlueprintFailsAlone(t *testing.T) {
	t.Parallel()
	mapped := strings.Replace(standard, "blueprint: '\"task\"'", "blueprint: 'if .id == \"t02\" then \"board\" else \"task\" end'", 1)
	w := bare(t, mapped, func(o *ingest.Options) { o.Known = o.Known[1:] })
	w.catalog.blueprints = map[string]ingest.Blueprint{"task": taskBlueprint}
	w.tasks(3)
	w.readers["team"].put("", "a", map[string]any{"title": "A"})
	r := w.run()
	if b := blueprint(r, "board"); r.Status != ingest.Incomplete || b.Failed != 1 || !mentions(r, "board/t02", "does not exist in Port") {
		t.Errorf("%s %+v %v", r.Status, b, r.Failures)
	}
	if !slices.Equal(w.catalog.ids("task"), []string{"t01", "t03"}) || !slices.Equal(w.catalog.ids("team"), []string{"a"}) {
		t.Errorf("tasks %v, teams %v", w.catalog.ids("task"), w.catalog.ids("team"))
	}
}

// TestBlueprintThatSomebodyElseCreates at the same time is as good.
func TestBlueprintThatSomebodyElseCreates(t *testing.T) {
	t.Parallel()
	w := bare(t, standard, nil)
	w.catalog.fail = func(method, id string) error {
		if method == "CreateBlueprint" && id == "team" {
			w.catalog.blueprints[id] = teamBlueprint
			return ingest.ErrExists
		}
		return nil
	}
	w.tasks(1)
	w.complete()
	if !slices.Equal(w.catalog.created, []string{"task"}) || len(w.catalog.ids("task")) != 1 {
		t.Errorf("created %v, tasks %v", w.catalog.created, w.catalog.ids("task"))
	}
}

// TestBlueprintThatIsDeletedMeanwhile fails alone too.
func TestBlueprintThatIsDeletedMeanwhile(t *testing.T) {
	t.Parallel()
	w := newWorld(t, standard, nil)
	w.tasks(1)
	w.readers["team"].put("", "a", map[string]any{"title": "A"})
	w.catalog.fail = func(method, id string) error {
		if id == "task" && method == "Find" {
			return errors.Join(errors.New("no such blueprint"), ingest.ErrNotFound)
		}
		return nil
	}
	r := w.run()
	if blueprint(r, "task").Failed != 1 || !mentions(r, "task/t01", "no such blueprint") || blueprint(r, "team").Created != 1 {
		t.Errorf("%+v %v", r.Blueprints, r.Failures)
	}
}

// TestBlueprintCannotBeCreated: then there is no run.
func TestBlueprintCannotBeCreated(t *testing.T) {
	t.Parallel()
	w := bare(t, standard, nil)
	failure := errors.New("403 Forbidden")
	w.catalog.fail = func(method, id string) error {
		if method == "CreateBlueprint" && id == "task" {
			return failure
		}
		return nil
	}
	if _, err := w.engine.Plan(t.Context()); !errors.Is(err, failure) || !strings.Contains(err.Error(), "task") {
		t.Errorf("got %v", err)
	}
}
