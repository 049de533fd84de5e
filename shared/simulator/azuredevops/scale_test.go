package azuredevops

import (
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"testing"
)

// TestMillion pages over one project of an organization with a million work
// items.
func TestMillion(t *testing.T) {
	t.Parallel()
	s := newTestServer(t, Options{Projects: 20, WorkItemsPerProject: 50_000})
	p := s.Projects()[2]
	last, total := 0, 0
	for {
		query := fmt.Sprintf("SELECT [System.Id] FROM WorkItems WHERE [System.TeamProject] = @project AND [System.Id] > %d ORDER BY [System.Id]", last)
		ids := s.wiql("/"+p.ID+"/_apis/wit/wiql?$top=19999", query)
		for _, id := range ids {
			if id <= last || id%20 != 3 {
				t.Fatalf("id %d after %d", id, last)
			}
			last = id
		}
		total += len(ids)
		if len(ids) < 19_999 {
			break
		}
	}
	if total != 50_000 {
		t.Errorf("%d work items, want 50000", total)
	}
	if got := s.batch("/_apis/wit/workitemsbatch", map[string]any{"ids": idRange(999_801, 1_000_000)}); len(got) != 200 {
		t.Errorf("%d in the last batch, want 200", len(got))
	}
}

// TestBoundsAreNarrow checks that a page does not scan the organization.
func TestBoundsAreNarrow(t *testing.T) {
	t.Parallel()
	s := newTestServer(t, Options{Projects: 4, WorkItemsPerProject: 250_000})
	text := "SELECT [System.Id] FROM WorkItems WHERE ([System.TeamProject] = 'tailspin' AND [System.Id] > 500000) AND [System.Id] <= 500400"
	q := must((&wiqlParser{server: s.Server, text: text}).parse())
	n := 0
	for id := range s.ids(boundsOf(q.where, 1_000_000), false) {
		if id%4 != 2 || id <= 500_000 || id > 500_400 {
			t.Fatalf("id %d is looked at", id)
		}
		n++
	}
	if n != 100 {
		t.Errorf("%d ids looked at, want 100", n)
	}
}

// TestConcurrentChanges runs readers beside changes, for the race detector.
func TestConcurrentChanges(t *testing.T) {
	t.Parallel()
	s := newTestServer(t, Options{Projects: 3, RepositoriesPerProject: 3, PipelinesPerProject: 3, WorkItemsPerProject: 100})
	p := s.Projects()
	var group sync.WaitGroup
	group.Go(func() {
		for i := range 50 {
			check(t, s.UpdateWorkItem(1+i, map[string]any{"System.Title": strconv.Itoa(i), "Custom.N": i}))
			check(t, s.RenameProject(p[0].ID, fmt.Sprint("name ", i)))
			line := must(s.AddPipeline(p[1].ID, "x"))
			check(t, s.DeletePipeline(line))
			repository := must(s.AddRepository(p[1].ID, "x"))
			check(t, s.DeleteRepository(repository))
		}
	})
	for range 2 {
		group.Go(func() {
			for range 20 {
				s.send(http.MethodGet, "/_apis/projects", "")
				s.send(http.MethodGet, "/_apis/git/repositories", "")
				s.send(http.MethodGet, "/"+p[1].ID+"/_apis/pipelines", "")
				s.send(http.MethodPost, "/_apis/wit/workitemsbatch", `{"ids":[1,2,3],"errorPolicy":"omit"}`)
				s.wiql("/_apis/wit/wiql", "SELECT [System.Id] FROM WorkItems WHERE [System.Title] = '3'")
			}
		})
	}
	group.Go(func() {
		for range s.WorkItems {
			s.Requests()
		}
	})
	group.Wait()
}

func BenchmarkNewMillion(b *testing.B) {
	for b.Loop() {
		New(Options{Projects: 20, RepositoriesPerProject: 10, PipelinesPerProject: 10, WorkItemsPerProject: 50_000})
	}
}

func BenchmarkBatch(b *testing.B) {
	s := New(Options{Projects: 20, WorkItemsPerProject: 50_000})
	c := &call{base: "https://dev.azure.com/fabrikam"}
	wanted := selection{ids: idRange(500_001, 500_200)}
	for b.Loop() {
		s.itemsReply(c, wanted)
	}
}
