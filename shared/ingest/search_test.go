package ingest_test

import (
	"slices"
	"strings"
	"testing"

	"adoport/shared/ingest"
)

// TestEntityNamedBySearch: only Port knows which one it is, so it is not looked
// for, but always written, as an update.
func TestEntityNamedBySearch(t *testing.T) {
	t.Parallel()
	const search = `{combinator: '"and"', rules: [{property: '"key"', operator: '"="', value: .id}]}`
	w := newWorld(t, strings.Replace(standard, "identifier: .id, title: .title, blueprint: '\"task\"'", "identifier: "+search+", title: .title, blueprint: '\"task\"'", 1), nil)
	w.tasks(2)
	for range 2 {
		w.catalog.forget()
		w.catalog.refuse = nil
		r := w.complete("task")
		if b := blueprint(r, "task"); b.Updated != 2 || b.Created != 0 || len(w.catalog.finds) > 0 {
			t.Errorf("%+v, searches %v", b, w.catalog.finds)
		}
	}
}

// TestRelationNamedBySearch: only Port knows what it finds, so the entity is
// written every time; its relation keeps nothing from being pruned.
func TestRelationNamedBySearch(t *testing.T) {
	t.Parallel()
	const search = `{combinator: '"and"', rules: [{property: '"title"', operator: '"="', value: .team}]}`
	w := newWorld(t, strings.Replace(standard, "relations: {team: .team}", "relations: {team: "+search+"}", 1), nil)
	w.tasks(1)
	w.complete("task")
	w.catalog.forget()
	r := w.complete("task")
	if b := blueprint(r, "task"); b.Updated != 1 || !slices.Equal(w.catalog.upserts, []string{"task/t01"}) {
		t.Errorf("%+v, written %v", b, w.catalog.upserts)
	}
	if b := blueprint(r, "task"); b.Failed > 0 || r.Status != ingest.Complete {
		t.Errorf("%s %+v", r.Status, b)
	}
}
