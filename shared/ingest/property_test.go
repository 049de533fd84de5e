package ingest_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"adoport/shared/ingest"
)

// TestCatalogEqualsItems: whatever the items are and however they change between
// runs, and however tasks are delivered twice, late, out of order or by workers
// that die, the catalog equals the items when a run has ended.
func TestCatalogEqualsItems(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t, standard, func(o *ingest.Options) { o.PruneMaxPercent = 100 })
		w.readers["task"].page = rapid.IntRange(1, 4).Draw(t, "page")
		w.readers["team"].page = rapid.IntRange(1, 4).Draw(t, "page of teams")
		if rapid.Bool().Draw(t, "somebody else writes too") {
			w.catalog.put("somebody", "task", ingest.Stored{Identifier: "theirs", Title: "Theirs"})
		}
		for range rapid.IntRange(1, 4).Draw(t, "runs") {
			w.mutate(t)
			w.plan()
			w.workBadly(t)
			r := w.report()
			if r.Status != ingest.Complete {
				t.Fatalf("%s: %s %+v", r.Status, r.Reason, r.Failures)
			}
			if diff := cmp.Diff(w.wanted(), w.actual()); diff != "" {
				t.Fatalf("after a run (-items +catalog):\n%s", diff)
			}
			if read := kindOf(r, "task").Read + kindOf(r, "team").Read; read != w.count() {
				t.Fatalf("the report says that %d items were read, there are %d", read, w.count())
			}
		}
		w.catalog.forget()
		w.complete()
		if n := len(w.catalog.upserts) + len(w.catalog.deletes); n > 0 {
			t.Fatalf("nothing changed, and there were %d writes", n)
		}
	})
}

// mutate adds, changes and removes some items.
func (w *world) mutate(t *rapid.T) {
	team := rapid.SampledFrom([]any{nil, "a", "b", "c", "d"})
	for range rapid.IntRange(0, 12).Draw(t, "changes") {
		project := rapid.SampledFrom([]string{"p1", "p2"}).Draw(t, "project")
		number := rapid.IntRange(0, 7).Draw(t, "number")
		switch rapid.SampledFrom([]string{"task", "task", "task", "team", "drop task", "drop team"}).Draw(t, "change") {
		case "task":
			w.readers["task"].put(project, fmt.Sprint(project, "-", number), map[string]any{
				"title": rapid.SampledFrom([]any{nil, "One", "Two"}).Draw(t, "title"),
				"size":  rapid.SampledFrom([]any{nil, 0, 1.5}).Draw(t, "size"),
				"rev":   rapid.IntRange(1, 9).Draw(t, "rev"),
				"team":  team.Draw(t, "team"), "hidden": rapid.Bool().Draw(t, "hidden"),
			})
		case "team":
			w.readers["team"].put("", string(rune('a'+number%4)), map[string]any{"title": rapid.SampledFrom([]any{"A", "B"}).Draw(t, "title")})
		case "drop task":
			w.readers["task"].drop(project, fmt.Sprint(project, "-", number))
		case "drop team":
			w.readers["team"].drop("", string(rune('a'+number%4)))
		}
	}
}

// workBadly handles what is queued in any order, with every mishap that a queue
// and a process can have.
func (w *world) workBadly(t *rapid.T) {
	// Few enough for a run to end.
	mishaps := rapid.IntRange(0, 12).Draw(t, "mishaps")
	mishap := func(name string) bool {
		if mishaps == 0 || !rapid.Bool().Draw(t, name) {
			return false
		}
		mishaps--
		return true
	}
	var held, done []ingest.Delivery
	for {
		for d, ok := w.visible(len(held)); ok; d, ok = w.visible(len(held)) {
			held = append(held, d)
		}
		if len(held) == 0 {
			return
		}
		i := rapid.IntRange(0, len(held)-1).Draw(t, "which")
		if mishap("a request fails") {
			w.failAt(rapid.SampledFrom([]string{"before", "after", "Find", "Upsert", "Owned", "FindOwned", "Delete"}).Draw(t, "where"))
		}
		d := held[i]
		d.Attempt = 1 // a scope that is given up is not the point
		err := w.handle(d, mishap("two workers have it at once"))
		w.failAt("")
		w.pass(time.Second)
		done = append(done, d)
		if err != nil || mishap("the worker dies before it settles") {
			continue // it is delivered again
		}
		w.settle(held[i], nil)
		held = slices.Delete(held, i, i+1)
		if mishap("an old task comes once more") {
			if err := w.engine.Handle(w.t.Context(), rapid.SampledFrom(done).Draw(t, "old")); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// handle handles a delivery, by two workers at once if twice is set. The error is
// that of the last one.
func (w *world) handle(d ingest.Delivery, twice bool) error {
	var other sync.WaitGroup
	if twice {
		other.Go(func() { _ = w.engine.Handle(w.t.Context(), d) }) // it is not the last one
	}
	err := w.engine.Handle(w.t.Context(), d)
	other.Wait()
	return err
}

// failAt makes one sort of request fail, "" none.
func (w *world) failAt(where string) {
	failure := func(at string) error {
		if at != where {
			return nil
		}
		return errors.New("connection reset")
	}
	w.catalog.fail = func(method, _ string) error { return failure(method) }
	for _, r := range w.readers {
		r.before = func(ingest.Scope, string) error { return failure("before") }
		r.after = func(ingest.Scope, string) error { return failure("after") }
	}
}

// visible receives a delivery if more are queued than are held.
func (w *world) visible(held int) (ingest.Delivery, bool) {
	w.t.Helper()
	n, err := w.queue.Len(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	if n <= held {
		return ingest.Delivery{}, false
	}
	return w.receive()
}

// entity is what the property is about.
type entity struct{ Title, Size, Rev, Team any }

// wanted is what the items should become: their entities, and the teams that they
// refer to.
func (w *world) wanted() map[string]entity {
	want := map[string]entity{}
	if w.catalog.get("task", "theirs").Title != nil {
		want["task/theirs"] = entity{Title: "Theirs"}
	}
	for ref, v := range w.readers["task"].items {
		if v["hidden"] == true {
			continue
		}
		want["task/"+ref.ID] = entity{v["title"], asJSON(v["size"]), asJSON(v["rev"]), v["team"]}
		if team, ok := v["team"].(string); ok && want["team/"+team] == (entity{}) {
			want["team/"+team] = entity{Title: team} // a placeholder
		}
	}
	for ref, v := range w.readers["team"].items {
		want["team/"+ref.ID] = entity{Title: v["title"]}
	}
	return want
}

func (w *world) actual() map[string]entity {
	got := map[string]entity{}
	for _, b := range []string{"task", "team"} {
		for _, id := range w.catalog.ids(b) {
			s := w.catalog.get(b, id)
			got[b+"/"+id] = entity{s.Title, s.Properties["size"], s.Properties["rev"], s.Relations["team"]}
		}
	}
	// A team that is gone, and that something refers to, keeps what it had.
	for id := range maps.Keys(got) {
		if want := w.wanted()[id]; id[:5] == "team/" && want.Title == id[5:] {
			got[id] = want
		}
	}
	return got
}

func (w *world) count() int { return len(w.readers["task"].items) + len(w.readers["team"].items) }
