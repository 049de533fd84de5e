package ingest_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"adoport/shared/ingest"
)

// TestOnlyDifferencesAreWritten.
func TestOnlyDifferencesAreWritten(t *testing.T) {
	t.Parallel()
	w := newWorld(t, standard, nil)
	w.tasks(9)
	w.complete("task")
	w.catalog.forget()
	w.told()
	w.readers["task"].put("p1", "t03", map[string]any{"title": "New title", "rev": 2, "team": "a"})
	w.readers["task"].put("p1", "t05", map[string]any{"title": "Task 5", "rev": 1, "team": nil})
	w.readers["task"].put("p2", "u1", map[string]any{"title": "Another"})
	r := w.complete("task")
	slices.Sort(w.catalog.upserts)
	if want := []string{"task/t03", "task/t05", "task/u1"}; !slices.Equal(w.catalog.upserts, want) {
		t.Errorf("written %v, want %v", w.catalog.upserts, want)
	}
	if b := blueprint(r, "task"); b.Created != 1 || b.Updated != 2 || b.Unchanged != 7 {
		t.Errorf("%+v", b)
	}
	if told, want := w.told(), []string{"create task/u1", "update task/t03", "update task/t05"}; !slices.Equal(told, want) {
		t.Errorf("told %v, want %v", told, want)
	}
	if got := w.catalog.get("task", "t05"); got.Relations["team"] != nil {
		t.Errorf("the team was not cleared: %v", got.Relations)
	}
}

// TestNothingChanged: no write, and one search for the items of a batch.
func TestNothingChanged(t *testing.T) {
	t.Parallel()
	w := newWorld(t, standard, nil)
	w.tasks(9)
	w.complete()
	w.catalog.forget()
	w.told()
	r := w.complete()
	if told := w.told(); len(w.catalog.upserts)+len(w.catalog.deletes)+len(told) > 0 || blueprint(r, "task").Unchanged != 9 {
		t.Errorf("written %v, deleted %v, told %v, %+v", w.catalog.upserts, w.catalog.deletes, told, r.Blueprints)
	}
	if len(w.catalog.finds) != 3 { // batches of 3
		t.Errorf("%d searches", len(w.catalog.finds))
	}
}

// TestForeignFieldsAreLeftAlone: what the mapping does not set is not ours.
func TestForeignFieldsAreLeftAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, standard, nil)
	w.readers["team"].put("", "a", map[string]any{"title": "A", "size": 1})
	w.catalog.put("somebody", "team", ingest.Stored{
		Identifier: "a", Icon: "Git", Properties: map[string]any{"size": json.Number("1"), "note": "by hand"}, Title: "Wrong",
	})
	w.complete("team")
	got := w.catalog.get("team", "a")
	if got.Title != "A" || got.Icon != "Git" || got.Properties["note"] != "by hand" {
		t.Errorf("%+v", got)
	}
}

// TestPlaceholderCountsAsCreated: it is what Port made of a relation's missing
// target.
func TestPlaceholderCountsAsCreated(t *testing.T) {
	t.Parallel()
	w := newWorld(t, standard, nil)
	w.tasks(2)
	w.complete("task")
	w.told()
	w.readers["team"].put("", "a", map[string]any{"title": "A", "size": 1})
	r := w.complete("team")
	if b := blueprint(r, "team"); b.Created != 1 || b.Updated != 0 {
		t.Errorf("%+v", b)
	}
	if told := w.told(); !slices.Equal(told, []string{"create team/a"}) {
		t.Errorf("told %v", told)
	}
}

// TestStoredRevisionIsNewer: the item is read once more, and that is believed:
// either an event was faster than the page, or the catalog is wrong.
func TestStoredRevisionIsNewer(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		// second is what the second read gives, nil if the item is gone.
		second map[string]any
		title  string
		rev    any
	}{
		"an event was faster":  {map[string]any{"title": "Newest", "rev": 6}, "Newest", json.Number("6")},
		"the catalog is wrong": {map[string]any{"title": "First", "rev": 1}, "First", json.Number("1")},
		"the item is gone":     {nil, "Stored", json.Number("5")},
	}
	for name, test := range tests {
		w := newWorld(t, standard, nil)
		w.readers["task"].put("p1", "t1", map[string]any{"title": "First", "rev": 1})
		w.catalog.put(ours, "task", ingest.Stored{
			Identifier: "t1", Title: "Stored", UpdatedAt: w.clock(), Properties: map[string]any{"rev": json.Number("5")}, Relations: map[string]any{},
		})
		listed := false
		w.catalog.fail = func(method, _ string) error {
			if method == "Find" && !listed { // it was listed, and changes before it is read again
				listed = true
				w.readers["task"].drop("p1", "t1")
				if test.second != nil {
					w.readers["task"].put("p1", "t1", test.second)
				}
			}
			return nil
		}
		r := w.complete("task")
		got := w.catalog.get("task", "t1")
		if got.Title != test.title || got.Properties["rev"] != test.rev {
			t.Errorf("%s: the catalog has %v, revision %v; want %s, %v", name, got.Title, got.Properties["rev"], test.title, test.rev)
		}
		if len(w.readers["task"].reads) != 1 || kindOf(r, "task").Read != 1 {
			t.Errorf("%s: read again %v, report %+v", name, w.readers["task"].reads, r.Kinds)
		}
	}
}

// TestEqualAndNewerIsUnchanged: a revision alone is no reason to read again.
func TestEqualAndNewerIsUnchanged(t *testing.T) {
	t.Parallel()
	w := newWorld(t, standard, nil)
	w.tasks(3)
	w.complete("task")
	w.pass(time.Hour)
	r := w.complete("task")
	if len(w.readers["task"].reads) != 0 || blueprint(r, "task").Unchanged != 3 {
		t.Errorf("read again %v, %+v", w.readers["task"].reads, r.Blueprints)
	}
}

// TestItemIsReadAgainOnce, although several of its entities are newer.
func TestItemIsReadAgainOnce(t *testing.T) {
	t.Parallel()
	two := strings.Replace(standard, "mappings: {identifier: .id, title: .title, blueprint: '\"task\"'",
		"mappings: [{identifier: '.id + \"b\"', title: .title, blueprint: '\"task\"', properties: {rev: .rev}}, {identifier: .id, title: .title, blueprint: '\"task\"'", 1)
	two = strings.Replace(two, "relations: {team: .team}}", "relations: {team: .team}}]", 1)
	w := newWorld(t, two, nil)
	w.tasks(1)
	for _, id := range []string{"t01", "t01b"} {
		w.catalog.put(ours, "task", ingest.Stored{Identifier: id, UpdatedAt: w.clock(), Properties: map[string]any{"rev": json.Number("9")}, Relations: map[string]any{}})
	}
	r := w.complete("task")
	if len(w.readers["task"].reads) != 1 || blueprint(r, "task").Updated != 2 {
		t.Errorf("read again %v, %+v", w.readers["task"].reads, r.Blueprints)
	}
}

// TestTwoResourcesOntoOneEntity merge, the later one winning field by field.
func TestTwoResourcesOntoOneEntity(t *testing.T) {
	t.Parallel()
	const second = `
  - kind: task
    selector: {query: .size != null}
    port: {entity: {mappings: {identifier: .id, title: '.title + "!"', blueprint: '"task"', properties: {size: '.size * 2'}}}}
`
	w := newWorld(t, standard+second, nil)
	w.readers["task"].put("p1", "t1", map[string]any{"title": "One", "rev": 1, "size": 3, "team": "a"})
	w.readers["task"].put("p1", "t2", map[string]any{"title": "Two", "rev": 1})
	r := w.complete("task")
	one, two := w.catalog.get("task", "t1"), w.catalog.get("task", "t2")
	if one.Title != "One!" || one.Properties["size"] != json.Number("6") || one.Properties["rev"] != json.Number("1") || one.Relations["team"] != "a" {
		t.Errorf("t1 is %+v", one)
	}
	if two.Title != "Two" || two.Properties["size"] != nil {
		t.Errorf("t2 is %+v", two)
	}
	if b := blueprint(r, "task"); b.Created != 2 || len(w.catalog.upserts) != 2 {
		t.Errorf("%+v, written %v", b, w.catalog.upserts)
	}
}

// TestTwoSourcesOntoOneEntity: each looks at its own fields, so they do not write
// over each other for ever.
func TestTwoSourcesOntoOneEntity(t *testing.T) {
	t.Parallel()
	const second = `
  - kind: task
    selector: {query: "true", view: other}
    port: {entity: {mappings: {identifier: .id, blueprint: '"task"', properties: {size: .size}}}}
`
	first := strings.Replace(standard, "properties: {rev: .rev, size: .size}", "properties: {rev: .rev}", 1)
	w := newWorld(t, first+second, nil)
	w.readers["task"].put("p1", "t1", map[string]any{"title": "One", "rev": 1, "size": 3})
	w.complete("task")
	if got := w.catalog.get("task", "t1"); got.Title != "One" || got.Properties["size"] != json.Number("3") {
		t.Errorf("%+v", got)
	}
	w.catalog.forget()
	w.complete("task")
	if len(w.catalog.upserts) > 0 {
		t.Errorf("the second run wrote %v", w.catalog.upserts)
	}
}

// TestInvalidIdentifierFailsAlone: Port would refuse the whole request for it.
func TestInvalidIdentifierFailsAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, standard, nil)
	w.tasks(2)
	w.readers["task"].put("p1", "has space", map[string]any{"title": "Bad"})
	w.readers["task"].put("p1", "t9", map[string]any{"title": "Bad relation", "team": "no team"})
	w.old("task", "has space", "t9", "gone")
	r := w.run("task")
	if b := blueprint(r, "task"); r.Status != ingest.Incomplete || b.Failed != 2 || b.Created != 2 || b.Deleted != 1 {
		t.Errorf("%s %+v", r.Status, b)
	}
	if !mentions(r, "task/has space", "identifier") || !mentions(r, "task/t9", "relations.team") {
		t.Errorf("failures %v", r.Failures)
	}
	// What was seen is not pruned, whatever became of it.
	if got := w.catalog.ids("task"); !slices.Equal(got, []string{"has space", "t01", "t02", "t9"}) {
		t.Errorf("tasks %v", got)
	}
	for _, find := range w.catalog.finds {
		if slices.Contains(find, "has space") {
			t.Error("Port was asked for an identifier that it refuses")
		}
	}
}

// TestRefusedEntities fail alone, with Port's words.
func TestRefusedEntities(t *testing.T) {
	t.Parallel()
	w := newWorld(t, standard, nil)
	w.tasks(30)
	w.catalog.refuse = func(method, _, identifier string) error {
		if method == "Upsert" && strings.HasSuffix(identifier, "0") {
			return fmt.Errorf("422 invalid_request: %s is bad", identifier)
		}
		return nil
	}
	r := w.run("task")
	if b := blueprint(r, "task"); r.Status != ingest.Incomplete || b.Failed != 3 || b.Created != 27 {
		t.Errorf("%s %+v", r.Status, b)
	}
	if !mentions(r, "task/t20", "t20 is bad") || !strings.Contains(r.Reason, "3 entities failed") {
		t.Errorf("%s %v", r.Reason, r.Failures)
	}
	if told := w.told(); len(told) != 27 {
		t.Errorf("%d changes were told", len(told))
	}
}

// TestSamplesAreFew: a mapping that fails on every item MUST NOT fill the ledger.
func TestSamplesAreFew(t *testing.T) {
	t.Parallel()
	w := newWorld(t, standard, nil)
	w.tasks(60)
	w.catalog.refuse = func(method, _, _ string) error {
		if method == "Upsert" {
			return errors.New("refused")
		}
		return nil
	}
	r := w.run("task")
	if len(r.Failures) == 0 || len(r.Failures) > 10 || blueprint(r, "task").Failed != 60 {
		t.Errorf("%d samples of %d failures", len(r.Failures), blueprint(r, "task").Failed)
	}
}

// TestItemWithoutIdentifier is left out and counted.
func TestItemWithoutIdentifier(t *testing.T) {
	t.Parallel()
	w := newWorld(t, strings.Replace(standard, "identifier: .id, title: .title, blueprint: '\"task\"'", "identifier: .key, title: .title, blueprint: '\"task\"'", 1), nil)
	w.readers["task"].put("p1", "t1", map[string]any{"key": "k1"})
	w.readers["task"].put("p1", "t2", map[string]any{})
	w.readers["task"].put("p1", "t3", map[string]any{"key": ""})
	r := w.complete("task")
	if k := kindOf(r, "task"); k.Read != 3 || k.Skipped != 2 || !slices.Equal(w.catalog.ids("task"), []string{"k1"}) {
		t.Errorf("%+v, tasks %v", k, w.catalog.ids("task"))
	}
}

// TestPlaceholderMadeMeanwhile: another page made it while this one was read. It
// holds nothing that could be newer, so nothing is read again for it.
func TestPlaceholderMadeMeanwhile(t *testing.T) {
	t.Parallel()
	w := newWorld(t, standard, nil)
	w.readers["team"].put("", "a", map[string]any{"title": "A"})
	w.readers["team"].before = func(ingest.Scope, string) error {
		w.pass(time.Second)
		w.catalog.put(ours, "team", ingest.Stored{Identifier: "a", Title: "a", UpdatedAt: w.clock()})
		return nil
	}
	r := w.complete("team")
	if len(w.readers["team"].reads) > 0 || blueprint(r, "team").Created != 1 {
		t.Errorf("read again %v, %+v", w.readers["team"].reads, r.Blueprints)
	}
}

// TestWrittenAfterItWasRead: an event may have brought something newer, so the
// item is read again; what was read before that would be a step back.
func TestWrittenAfterItWasRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t, standard, nil)
	w.readers["team"].put("", "a", map[string]any{"title": "Before"})
	w.catalog.fail = func(method, _ string) error {
		if method == "Find" && len(w.readers["team"].reads) == 0 && w.catalog.entities["team"] == nil {
			w.pass(time.Second)
			w.readers["team"].put("", "a", map[string]any{"title": "After"})
			w.catalog.shelf("team")["a"] = &record{owner: ours, Stored: ingest.Stored{Identifier: "a", Title: "After", UpdatedAt: w.clock()}}
		}
		return nil
	}
	r := w.complete("team")
	if got := w.catalog.get("team", "a").Title; got != "After" || len(w.catalog.upserts) > 0 || blueprint(r, "team").Unchanged != 1 {
		t.Errorf("the title is %v, written %v, %+v", got, w.catalog.upserts, r.Blueprints)
	}
}
