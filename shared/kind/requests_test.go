package kind_test

import (
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"

	simulator "adoport/shared/simulator/azuredevops"
)

func (w *world) requests() int {
	total := 0
	for _, n := range w.Requests() {
		total += n
	}
	return total
}

// TestRequestsOfWorkItems: 200 a request is what Azure DevOps allows; beside
// that there is one query for 5,000, and a look at the name of a project that
// has nothing (more).
func TestRequestsOfWorkItems(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 199, 200, 201, 1000, 5000} {
		w := newWorld(t, simulator.Options{Projects: 1, WorkItemsPerProject: n})
		s := w.source("work-item", "expand: None")
		scope := w.scopes(s)[0]
		w.Reset()
		var batches atomic.Int64 // the simulator does not see them
		fake := numbered(scope.ProjectName)
		w.intercept(func(rw http.ResponseWriter, r *http.Request) bool {
			answered := fake(rw, r)
			if answered {
				batches.Add(1)
			}
			return answered
		})
		if _, err := w.walk(s, scope); err != nil {
			t.Fatal(err)
		}
		// The budget of the design, N/190 + 2 a project.
		if got := w.requests() + int(batches.Load()); float64(got) > float64(n)/190+2 {
			t.Errorf("%d work items cost %d requests", n, got)
		}
	}
}

// TestRequestsOfOtherKinds: what is not asked for costs nothing.
func TestRequestsOfOtherKinds(t *testing.T) {
	t.Parallel()
	const projects, each = 7, 30
	tests := []struct {
		kind, selector string
		mentions       []string
		want           int
	}{
		{kind: "project", want: 1},
		{kind: "project", selector: "defaultTeam: true", want: 1 + projects},
		{kind: "repository", want: 3}, // the projects too, in both lists, to know those that are hidden
		{kind: "pipeline", want: projects},
		{kind: "pipeline", selector: "includeRepo: true", want: 2 * projects},
		{kind: "pipeline", mentions: []string{".configuration"}, want: projects * (1 + each)},
	}
	for _, test := range tests {
		w := newWorld(t, simulator.Options{Projects: projects, RepositoriesPerProject: each, PipelinesPerProject: each})
		s := w.source(test.kind, test.selector, test.mentions...)
		scopes := w.scopes(s)
		w.Reset()
		for _, scope := range scopes {
			if _, err := w.walk(s, scope); err != nil {
				t.Fatal(err)
			}
		}
		if got := w.requests(); got != test.want {
			t.Errorf("%s: %d requests, want %d", fmt.Sprint(test.kind, " ", test.selector, test.mentions), got, test.want)
		}
	}
}

// TestNothingIsWritten: all requests are reads, POSTs included.
func TestNothingIsWritten(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{Projects: 2, RepositoriesPerProject: 2, PipelinesPerProject: 2, WorkItemsPerProject: 2})
	for _, v := range variants {
		w.all(w.source(v.kind, v.selector, v.mentions...))
	}
	if n := w.Writes(); n != 0 {
		t.Errorf("%d requests that are no reads: %v", n, w.Requests())
	}
}
