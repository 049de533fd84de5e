package kind_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"adoport/shared/ingest"
	simulator "adoport/shared/simulator/azuredevops"
)

// plain makes all numbers of decoded JSON float64.
func plain(v any) any {
	switch v := v.(type) {
	case int:
		return float64(v)
	case json.Number:
		f, err := v.Float64()
		if err != nil {
			return v
		}
		return f
	case map[string]any:
		object := map[string]any{}
		for k, inner := range v {
			object[k] = plain(inner)
		}
		return object
	default:
		return v
	}
}

func TestWorkItemItems(t *testing.T) {
	t.Parallel()
	for _, nasty := range []bool{false, true} {
		w := newWorld(t, simulator.Options{Projects: 12, WorkItemsPerProject: 5, Nasty: nasty})
		for _, p := range w.Projects() {
			if _, err := w.AddWorkItem(p.ID, map[string]any{"System.Title": "Added", "Custom.Score": 1.5}); err != nil {
				t.Fatal(err)
			}
		}
		want := map[string]any{}
		w.WorkItems(func(i simulator.WorkItem) bool {
			want[strconv.Itoa(i.ID)] = map[string]any{
				"id": float64(i.ID), "rev": float64(i.Rev), "url": i.URL, "fields": plain(i.Fields),
				"__organizationUrl": w.url, "__organizationName": w.url, "__projectId": i.ProjectID,
			}
			return true
		})
		got := map[string]any{}
		for _, item := range w.all(w.source("work-item", "expand: None")) {
			delete(item.Value, "__project") // see TestEnrichments
			got[item.Ref.ID] = plain(item.Value)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("nasty %t (-want +got):\n%s", nasty, diff)
		}
	}
}

func TestWorkItemExpand(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{Projects: 1, WorkItemsPerProject: 30})
	tests := map[string]struct{ links, relations bool }{
		"":                  {true, true}, // All is the default, as it is Ocean's
		"expand: All":       {true, true},
		"expand: None":      {false, false},
		"expand: Fields":    {false, false},
		"expand: Links":     {true, false},
		"expand: Relations": {false, true},
	}
	for selector, want := range tests {
		relations := 0
		for _, item := range w.all(w.source("work-item", selector)) {
			if _, got := item.Value["_links"]; got != want.links {
				t.Fatalf("%q: %s has _links: %t", selector, item.Ref, got)
			}
			if _, ok := item.Value["relations"]; ok {
				relations++
			}
		}
		if (relations > 0) != want.relations {
			t.Errorf("%q: %d work items have relations", selector, relations)
		}
	}
}

// numbered are work items without anything but what a reader needs.
func numbered(project string) tamper {
	return func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, "/workitemsbatch") {
			return false
		}
		var body struct{ IDs []int }
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil || len(body.IDs) > 200 {
			http.Error(w, `{"message":"more than 200"}`, http.StatusBadRequest)
			return true
		}
		var items []string
		for _, id := range body.IDs {
			items = append(items, fmt.Sprintf(`{"id":%d,"rev":1,"fields":{"System.TeamProject":%q}}`, id, project))
		}
		_, _ = fmt.Fprintf(w, `{"count":%d,"value":[%s]}`, len(items), strings.Join(items, ","))
		return true
	}
}

// TestWorkItemPages: a WIQL query lists at most 5,000, so the end of exactly as
// many is another, empty one.
func TestWorkItemPages(t *testing.T) {
	t.Parallel()
	for items, pages := range map[int]int{0: 1, 1: 1, 200: 1, 201: 1, 4999: 1, 5000: 2, 5001: 2, 10_000: 3} {
		t.Run(strconv.Itoa(items), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, simulator.Options{Projects: 1, WorkItemsPerProject: items})
			s := w.source("work-item", "expand: None")
			scope := w.scopes(s)[0]
			w.intercept(numbered(scope.ProjectName))
			got, err := w.walk(s, scope)
			if err != nil {
				t.Fatal(err)
			}
			unique := slices.CompactFunc(got.items, func(a, b ingest.Item) bool { return a.Ref == b.Ref })
			if len(unique) != items || len(got.items) != items || got.pages != pages || got.largest > 200 {
				t.Errorf("%d items, %d different, on %d pages, largest batch %d; want %d on %d pages",
					len(got.items), len(unique), got.pages, got.largest, items, pages)
			}
		})
	}
}

func TestWorkItemsOfForbiddenProject(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusForbidden, http.StatusNotFound} {
		w := newWorld(t, simulator.Options{Projects: 2, WorkItemsPerProject: 3, Nasty: true})
		s := w.source("work-item", "")
		scopes := w.scopes(s)
		w.must(w.Forbid(scopes[0].ProjectID, status))
		got, err := w.walk(s, scopes[0])
		mustBeScopeError(t, err, fmt.Sprintf("project %q", scopes[0].ProjectName))
		if len(got.items) != 0 {
			t.Errorf("%d items", len(got.items))
		}
		if got, err := w.walk(s, scopes[1]); err != nil || len(got.items) != 3 {
			t.Errorf("the other project: %d items, %v", len(got.items), err)
		}
	}
}

// TestProjectForbiddenBetweenListAndBatch: that is not "all items are gone".
func TestProjectForbiddenBetweenListAndBatch(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{Projects: 1, WorkItemsPerProject: 3})
	s := w.source("work-item", "")
	scope := w.scopes(s)[0]
	w.intercept(beforeBatch(func() { w.must(w.Forbid(scope.ProjectID, http.StatusForbidden)) }))
	_, err := w.walk(s, scope)
	mustBeScopeError(t, err, scope.ProjectName)
}

// beforeBatch runs do once, before the first batch of work items is answered.
func beforeBatch(do func()) tamper {
	var once sync.Once
	return func(_ http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, "/workitemsbatch") {
			once.Do(do)
		}
		return false
	}
}

// TestProjectRenamedAfterPlanning: the query is by the name that the run was
// planned with, so a renamed project seems to have no work items, at the
// beginning or beyond any page.
func TestProjectRenamedAfterPlanning(t *testing.T) {
	t.Parallel()
	for _, cursor := range []string{"", "3"} {
		w := newWorld(t, simulator.Options{Projects: 1, WorkItemsPerProject: 9})
		s := w.source("work-item", "")
		scope := w.scopes(s)[0]
		w.must(w.RenameProject(scope.ProjectID, "New 'name'"))
		_, err := s.Reader.Walk(t.Context(), scope, cursor, nil)
		mustBeScopeError(t, err, `"New 'name'"`)
	}
}

// TestProjectDeletedAfterPlanning: nothing is known of its work items.
func TestProjectDeletedAfterPlanning(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{Projects: 2, WorkItemsPerProject: 2})
	s := w.source("work-item", "")
	scope := w.scopes(s)[0]
	w.must(w.DeleteProject(scope.ProjectID))
	_, err := w.walk(s, scope)
	mustBeScopeError(t, err, scope.ProjectName)
}

func TestEmptyProject(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{})
	if _, err := w.AddProject("It's empty"); err != nil {
		t.Fatal(err)
	}
	if got := w.all(w.source("work-item", "")); len(got) != 0 {
		t.Errorf("%d items", len(got))
	}
}

// TestWorkItemThatMoved is one of its new project, with the same identity.
func TestWorkItemThatMoved(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{Projects: 2, WorkItemsPerProject: 3, Nasty: true})
	s := w.source("work-item", "")
	scopes := w.scopes(s)
	w.must(w.UpdateWorkItem(1, map[string]any{"System.TeamProject": scopes[1].ProjectName}))
	from, err := w.walk(s, scopes[0])
	w.must(err)
	to, err := w.walk(s, scopes[1])
	w.must(err)
	if len(from.items) != 2 || len(to.items) != 4 {
		t.Errorf("%d and %d items, want 2 and 4", len(from.items), len(to.items))
	}
	read, _, err := s.Reader.Read(t.Context(), []ingest.Ref{{Kind: "work-item", ID: "1", ProjectID: scopes[0].ProjectID}})
	if err != nil || len(read) != 1 || read[0].Ref.ProjectID != scopes[1].ProjectID || read[0].Value["__projectId"] != scopes[1].ProjectID {
		t.Errorf("read %v, error %v; want project %s", read, err, scopes[1].ProjectID)
	}
}

// TestWorkItemsThatLeaveWhileWalking come as null, and are no items; the others
// are.
func TestWorkItemsThatLeaveWhileWalking(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{Projects: 2, WorkItemsPerProject: 4})
	s := w.source("work-item", "")
	scopes := w.scopes(s)
	w.intercept(beforeBatch(func() {
		w.must(w.DeleteWorkItem(1))
		w.must(w.UpdateWorkItem(3, map[string]any{"System.TeamProject": scopes[1].ProjectName}))
	}))
	got, err := w.walk(s, scopes[0])
	if err != nil || len(got.items) != 2 {
		t.Errorf("%v, %v; want 5 and 7", refs(got.items), err)
	}
}

func TestWorkItemGone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{Projects: 2, WorkItemsPerProject: 300})
	s := w.source("work-item", "expand: None")
	items := w.all(s) // more than one batch of 200
	w.must(w.DeleteWorkItem(7))
	w.must(w.DeleteWorkItem(599))
	asked := append(refs(items), ingest.Ref{Kind: "work-item", ID: "100000"})
	left, gone, err := s.Reader.Read(t.Context(), asked)
	w.must(err)
	var numbers []string
	for _, ref := range gone {
		numbers = append(numbers, ref.ID)
	}
	slices.Sort(numbers)
	if want := []string{"100000", "599", "7"}; !slices.Equal(numbers, want) || len(left) != 598 {
		t.Errorf("gone %v, %d left; want %v, 598", numbers, len(left), want)
	}
	w.must(w.RestoreWorkItem(7))
	if left, _, err := s.Reader.Read(t.Context(), []ingest.Ref{{Kind: "work-item", ID: "7"}}); err != nil || len(left) != 1 {
		t.Errorf("restored: %v, %v", left, err)
	}
}

// TestGoneWorkItemKeepsItsRef: whoever asked finds it again.
func TestGoneWorkItemKeepsItsRef(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{Projects: 1})
	asked := []ingest.Ref{{Kind: "work-item", ID: "7", ProjectID: w.Projects()[0].ID}}
	_, gone, err := w.source("work-item", "").Reader.Read(t.Context(), asked)
	if err != nil || !slices.Equal(gone, asked) {
		t.Errorf("gone %+v, %v; want %+v", gone, err, asked)
	}
}

// TestReadOfWhatIsNoNumber: it can be no work item, so it is gone; the others MUST
// be read all the same.
func TestReadOfWhatIsNoNumber(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{Projects: 1, WorkItemsPerProject: 3})
	odd := []string{"seven", "", "0", "-1", "+2", "02", "1.0", "1e0", "0x2", "2147483648", "99999999999999999999"}
	asked := []ingest.Ref{{Kind: "work-item", ID: "2"}}
	for _, id := range odd {
		asked = append(asked, ingest.Ref{Kind: "work-item", ID: id})
	}
	items, gone, err := w.source("work-item", "").Reader.Read(t.Context(), asked)
	if err != nil || !slices.Equal(refs(items), []ingest.Ref{{Kind: "work-item", ID: "2", ProjectID: w.Projects()[0].ID}}) || !slices.Equal(gone, asked[1:]) {
		t.Errorf("read %v, gone %v, %v", refs(items), gone, err)
	}
}
