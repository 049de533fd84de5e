package azuredevops

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestOracle reads everything as a client would and compares it with what the
// oracle says, field by field.
func TestOracle(t *testing.T) {
	t.Parallel()
	for _, nasty := range []bool{false, true} {
		s := newTestServer(t, Options{Projects: 3, RepositoriesPerProject: 2, WorkItemsPerProject: 130, Seed: 7, Nasty: nasty})
		p := s.Projects()
		must(s.AddWorkItem(p[0].ID, map[string]any{"Custom.Score": 2.0, "System.AssignedTo": "Ada Example"}))
		check(t, s.UpdateWorkItem(4, map[string]any{"System.Tags": "x", "Custom.Flag": true}))
		check(t, s.UpdateWorkItem(5, map[string]any{"System.TeamProject": p[0].Name}))
		check(t, s.DeleteWorkItem(6))
		check(t, s.Forbid(p[2].ID, 403))

		var got []WorkItem
		for from := 1; from < 400; from += 200 {
			for _, w := range s.batch("/_apis/wit/workitemsbatch", map[string]any{"ids": idRange(from, from+199), "errorPolicy": "omit"}) {
				if w != nil {
					got = append(got, workItemOf(t, p, w))
				}
			}
		}
		want := slices.Collect(s.WorkItems)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("nasty %t: %.3000s", nasty, diff)
		}
	}
}

// workItemOf turns a decoded work item into the oracle's form.
func workItemOf(t *testing.T, projects []Project, w map[string]any) WorkItem {
	fields := w["fields"].(map[string]any)
	for name, v := range fields {
		n, ok := v.(json.Number)
		if !ok {
			continue
		}
		if i, err := n.Int64(); err == nil {
			fields[name] = int(i)
		} else {
			fields[name] = must(n.Float64())
		}
	}
	out := WorkItem{ID: integer(t, w["id"]), Rev: integer(t, w["rev"]), URL: w["url"].(string), Fields: fields}
	for _, p := range projects {
		if p.Name == fields["System.TeamProject"] {
			out.ProjectID, out.ProjectName = p.ID, p.Name
		}
	}
	return out
}

func TestSameOptionsSameData(t *testing.T) {
	t.Parallel()
	o := Options{Projects: 2, RepositoriesPerProject: 2, PipelinesPerProject: 2, WorkItemsPerProject: 20, Seed: 3}
	a, b := newTestServer(t, o), newTestServer(t, o)
	o.Seed = 4
	other := newTestServer(t, o)
	for _, path := range []string{"/_apis/projects", "/_apis/git/repositories", "/_apis/wit/workitems?ids=1,2,3,4"} {
		first := a.send("GET", path, "").Body.String()
		if second := b.send("GET", path, "").Body.String(); first != second {
			t.Errorf("%s differs", path)
		}
		if third := other.send("GET", path, "").Body.String(); first == third {
			t.Errorf("%s does not depend on the seed", path)
		}
	}
}

func TestUniqueIDs(t *testing.T) {
	t.Parallel()
	s := newTestServer(t, Options{Projects: 50, RepositoriesPerProject: 50, Seed: 1})
	seen := map[string]bool{}
	for _, r := range s.Repositories() {
		seen[r.ID] = true
	}
	for _, p := range s.Projects() {
		seen[p.ID], seen[p.TeamID] = true, true
	}
	if len(seen) != 2600 {
		t.Errorf("%d distinct IDs, want 2600", len(seen))
	}
}

func TestBaseURL(t *testing.T) {
	t.Parallel()
	s := newTestServer(t, Options{Projects: 1, BaseURL: func() string { return "https://other.test" }})
	want := fmt.Sprintf("https://other.test/fabrikam/_apis/projects/%s", s.Projects()[0].ID)
	if got := values(t, s.get("/_apis/projects"))[0]["url"]; got != want || s.Projects()[0].URL != want {
		t.Errorf("url %v, oracle %s, want %s", got, s.Projects()[0].URL, want)
	}
}
