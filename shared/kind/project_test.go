package kind_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"adoport/shared/ingest"
	simulator "adoport/shared/simulator/azuredevops"
)

func number(n int) json.Number { return json.Number(strconv.Itoa(n)) }

// listedProject is a project as the list of projects has it.
func listedProject(p simulator.Project) map[string]any {
	object := map[string]any{
		"id": p.ID, "name": p.Name, "url": p.URL, "state": p.State, "revision": number(p.Revision),
		"visibility": p.Visibility, "lastUpdateTime": p.LastUpdateTime,
	}
	if p.Description != "" {
		object["description"] = p.Description
	}
	return object
}

func TestProjectItems(t *testing.T) {
	t.Parallel()
	for _, nasty := range []bool{false, true} {
		w := newWorld(t, simulator.Options{Projects: 14, Nasty: nasty})
		var want []ingest.Item
		for _, p := range w.Projects() {
			value := listedProject(p)
			value["__organizationUrl"], value["__organizationName"] = w.url, w.url
			want = append(want, ingest.Item{Ref: ingest.Ref{Kind: "project", ID: p.ID}, Value: value})
		}
		slices.SortFunc(want, func(a, b ingest.Item) int { return strings.Compare(a.Ref.ID, b.Ref.ID) })
		if diff := cmp.Diff(want, w.all(w.source("project", ""))); diff != "" {
			t.Errorf("nasty %t (-want +got):\n%s", nasty, diff)
		}
	}
}

func TestProjectDefaultTeam(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{Projects: 3})
	for i, item := range w.all(w.source("project", "defaultTeam: true")) {
		p := w.Projects()[slices.IndexFunc(w.Projects(), func(p simulator.Project) bool { return p.ID == item.Ref.ID })]
		team, _ := item.Value["defaultTeam"].(map[string]any)
		if team["id"] != p.TeamID || team["name"] != p.TeamName {
			t.Errorf("project %d: default team %v, want %s %s", i, team, p.TeamID, p.TeamName)
		}
		if item.Value["name"] != p.Name || item.Value["visibility"] != p.Visibility {
			t.Errorf("project %d lacks what the list has: %v", i, item.Value)
		}
	}
	if got := w.Requests()["GET _apis/projects/{id}"]; got != 3 {
		t.Errorf("%d reads of projects, want one each", got)
	}
}

func TestProjectPages(t *testing.T) {
	t.Parallel()
	for projects, pages := range map[int]int{0: 1, 1: 1, 101: 1, 500: 1, 501: 2, 1001: 3} {
		w := newWorld(t, simulator.Options{Projects: projects})
		got, err := w.walk(w.source("project", ""), ingest.Scope{})
		if err != nil {
			t.Fatal(err)
		}
		if len(got.items) != projects || got.pages != pages || len(w.scopes(w.source("pipeline", ""))) != projects {
			t.Errorf("%d projects: %d items on %d pages, want %d pages", projects, len(got.items), got.pages, pages)
		}
		if got.largest > 200 {
			t.Errorf("a batch of %d items", got.largest)
		}
		unique := slices.CompactFunc(got.items, func(a, b ingest.Item) bool { return a.Ref == b.Ref })
		if len(unique) != projects {
			t.Errorf("%d different items, want %d", len(unique), projects)
		}
	}
}

func TestProjectNotWellFormed(t *testing.T) {
	t.Parallel()
	for _, state := range []string{"new", "createPending", "deleting"} {
		w := newWorld(t, simulator.Options{Projects: 3})
		odd := w.Projects()[1].ID
		w.must(w.SetProjectState(odd, state))
		for _, selector := range []string{"", "defaultTeam: true"} {
			items := w.all(w.source("project", selector))
			if len(items) != 2 || slices.ContainsFunc(items, func(i ingest.Item) bool { return i.Ref.ID == odd }) {
				t.Errorf("%s %s: %v", state, selector, refs(items))
			}
		}
	}
}

func TestProjectGone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{Projects: 3, Nasty: true})
	for _, selector := range []string{"", "defaultTeam: true"} {
		s := w.source("project", selector)
		items := w.all(s)
		deleted := items[1].Ref
		w.must(w.DeleteProject(deleted.ID))
		left, gone, err := s.Reader.Read(t.Context(), refs(items))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]ingest.Ref{deleted}, gone); diff != "" {
			t.Error(diff)
		}
		if want := slices.Delete(slices.Clone(refs(items)), 1, 2); !slices.Equal(refs(left), want) {
			t.Errorf("left %v, want %v", refs(left), want)
		}
	}
}

// TestProjectThatCannotBeReadAlone: it fails alone, and it is named.
func TestProjectThatCannotBeReadAlone(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusForbidden, http.StatusNotFound} {
		t.Run(strconv.Itoa(status), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, simulator.Options{Projects: 4, Nasty: true})
			forbidden := w.Projects()[2]
			w.must(w.Forbid(forbidden.ID, status))
			got, err := w.walk(w.source("project", "defaultTeam: true"), ingest.Scope{})
			mustBeScopeError(t, err, fmt.Sprintf("project %q", forbidden.Name))
			if len(got.items) != 3 {
				t.Errorf("%d of the other 3 projects were read", len(got.items))
			}
			if items, err := w.walk(w.source("project", ""), ingest.Scope{}); err != nil || len(items.items) != 4 {
				t.Errorf("the list alone: %d items, %v; want 4", len(items.items), err)
			}
		})
	}
}

// mustBeScopeError checks that err fails a scope alone and names what it is
// about.
func mustBeScopeError(t *testing.T, err error, mention string) {
	t.Helper()
	var scoped *ingest.ScopeError
	var auth *ingest.AuthError
	if !errors.As(err, &scoped) || errors.As(err, &auth) {
		t.Fatalf("got %v, want a ScopeError", err)
	}
	if !strings.Contains(err.Error(), mention) {
		t.Errorf("%v: does not mention %s", err, mention)
	}
}
