package kind_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"adoport/shared/ingest"
	simulator "adoport/shared/simulator/azuredevops"
)

// variants are all ways to read every kind.
var variants = []struct {
	kind, selector string
	mentions       []string
}{
	{kind: "project"},
	{kind: "project", selector: "defaultTeam: true"},
	{kind: "repository"},
	{kind: "pipeline"},
	{kind: "pipeline", selector: "includeRepo: true"},
	{kind: "pipeline", mentions: []string{".configuration.path"}},
	{kind: "pipeline", selector: "includeRepo: 'true'", mentions: []string{".configuration.path"}},
	{kind: "work-item"},
	{kind: "work-item", selector: "expand: None"},
	{kind: "work-item", selector: "expand: Fields"},
	{kind: "work-item", selector: "expand: Relations"},
	{kind: "work-item", selector: "expand: Links"},
	{kind: "work-item", selector: "wiql: \"[System.State] <> 'Closed'\""},
}

// TestReadGivesWhatWalkGives: the mapping of a refreshed item MUST see the very
// JSON that the backfill saw.
func TestReadGivesWhatWalkGives(t *testing.T) {
	t.Parallel()
	for _, nasty := range []bool{false, true} {
		w := newWorld(t, simulator.Options{Projects: 5, RepositoriesPerProject: 6, PipelinesPerProject: 7, WorkItemsPerProject: 15, Nasty: nasty})
		for _, v := range variants {
			t.Run(fmt.Sprintf("%s %s %s nasty %t", v.kind, v.selector, v.mentions, nasty), func(t *testing.T) {
				s := w.source(v.kind, v.selector, v.mentions...)
				items := w.all(s)
				if len(items) == 0 {
					t.Fatal("nothing was listed")
				}
				again, gone, err := s.Reader.Read(t.Context(), refs(items))
				if err != nil || len(gone) > 0 {
					t.Fatalf("reading again: %v gone, %v", gone, err)
				}
				slices.SortFunc(again, func(a, b ingest.Item) int { return strings.Compare(a.Ref.ID, b.Ref.ID) })
				if !reflect.DeepEqual(items, again) { // cmp.Diff takes seconds to find nothing
					t.Errorf("(-walk +read):\n%s", cmp.Diff(items, again))
				}
			})
		}
	}
}

// TestReadAloneIsEnriched: a live event reads an item before anything was
// listed.
func TestReadAloneIsEnriched(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{Projects: 2, RepositoriesPerProject: 2, PipelinesPerProject: 2, WorkItemsPerProject: 3, Nasty: true})
	for _, v := range variants {
		s := w.source(v.kind, v.selector, v.mentions...)
		items := w.all(s)
		fresh := newReader(t, w, v.kind, v.selector, v.mentions...)
		again, _, err := fresh.Read(t.Context(), refs(items[:1]))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(items[:1], again); diff != "" {
			t.Errorf("%s %s (-walk +read):\n%s", v.kind, v.selector, diff)
		}
	}
}

// TestItemsAreNotShared: jq programs may write into an item, so two items MUST
// NOT have a part in common.
func TestItemsAreNotShared(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{Projects: 2, RepositoriesPerProject: 3, PipelinesPerProject: 3, WorkItemsPerProject: 3})
	for _, v := range variants {
		s := w.source(v.kind, v.selector, v.mentions...)
		want := w.all(s)
		for _, item := range w.all(s) {
			spoil(item.Value)
		}
		if diff := cmp.Diff(want, w.all(s)); diff != "" {
			t.Errorf("%s %s: what was written into the items of one walk is in those of another:\n%s", v.kind, v.selector, diff)
		}
		items := w.all(s)
		spoil(items[0].Value)
		if diff := cmp.Diff(want[1:], items[1:]); diff != "" {
			t.Errorf("%s %s: what was written into one item is in others:\n%s", v.kind, v.selector, diff)
		}
	}
}

// spoil overwrites everything in a decoded JSON object.
func spoil(object map[string]any) {
	for k, v := range object {
		if inner, ok := v.(map[string]any); ok {
			spoil(inner)
			continue
		}
		object[k] = "spoilt"
	}
}
