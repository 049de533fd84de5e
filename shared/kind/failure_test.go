package kind_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"adoport/shared/ingest"
	simulator "adoport/shared/simulator/azuredevops"
)

// outcome is what the engine makes of an error.
type outcome string

const (
	fine      outcome = "no error"
	scoped    outcome = "the scope fails"
	refused   outcome = "the run ends"
	throttled outcome = "it comes back later"
	again     outcome = "it is tried again"
)

func outcomeOf(err error) outcome {
	var auth *ingest.AuthError
	var wait *ingest.ThrottledError
	var scope *ingest.ScopeError
	switch {
	case err == nil:
		return fine
	case errors.As(err, &auth):
		return refused
	case errors.As(err, &wait):
		return throttled
	case errors.As(err, &scope):
		return scoped
	default:
		return again
	}
}

// failing answers all requests to paths with the given part with a status.
func failing(part string, status int) tamper {
	return func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.Contains(r.URL.Path, part) {
			return false
		}
		if status == http.StatusTooManyRequests {
			w.Header().Set("Retry-After", "3600")
		}
		w.WriteHeader(status)
		return true
	}
}

// TestFailures: every request that a walk makes may fail in every way.
func TestFailures(t *testing.T) {
	t.Parallel()
	outcomes := map[int]outcome{
		http.StatusNonAuthoritativeInfo: refused, http.StatusUnauthorized: refused, http.StatusFound: refused,
		http.StatusBadRequest: scoped, http.StatusForbidden: scoped, http.StatusNotFound: scoped,
		http.StatusTooManyRequests: throttled, http.StatusInternalServerError: again, http.StatusRequestTimeout: again,
	}
	requests := []struct {
		kind, selector, mention, part string
	}{
		{"project", "", ".id", "/_apis/projects"},
		{"project", "defaultTeam: true", ".id", "/_apis/projects/"},
		{"repository", "", ".id", "fabrikam/_apis/git/repositories"},
		{"pipeline", "", ".id", "/_apis/pipelines"},
		{"pipeline", "includeRepo: true", ".id", "/_apis/build/definitions"},
		{"work-item", "", ".id", "/_apis/wit/wiql"},
		{"work-item", "", ".id", "/_apis/wit/workitemsbatch"},
	}
	for _, request := range requests {
		for status, want := range outcomes {
			w := newWorld(t, simulator.Options{Projects: 1, RepositoriesPerProject: 1, PipelinesPerProject: 1, WorkItemsPerProject: 1})
			s := w.source(request.kind, request.selector, request.mention)
			scope := w.scopes(s)[0]
			w.intercept(failing(request.part, status))
			got, err := w.walk(s, scope)
			if outcomeOf(err) != want || len(got.items) > 0 {
				t.Errorf("%s, %d of %s: %d items, %s (%v), want: %s", request.kind, status, request.part, len(got.items), outcomeOf(err), err, want)
			}
		}
	}
}

// TestSlowQueryIsTriedAgain: what takes too long may be faster later; any other bad
// query stays bad.
func TestSlowQueryIsTriedAgain(t *testing.T) {
	t.Parallel()
	for message, want := range map[string]outcome{
		"VS402335: The timeout period (30 seconds) elapsed prior to completion of the query or the server is not responding.": again,
		"TF51005: The query references a field that does not exist: VS402335.":                                                scoped,
	} {
		w := newWorld(t, simulator.Options{Projects: 1, WorkItemsPerProject: 1})
		s := w.source("work-item", "")
		scope := w.scopes(s)[0]
		w.intercept(func(rw http.ResponseWriter, r *http.Request) bool {
			if !strings.Contains(r.URL.Path, "/_apis/wit/wiql") {
				return false
			}
			rw.Header().Set("Content-Type", "application/json")
			rw.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(rw, `{"message":"`+message+`","typeKey":"FabrikamQueryException","errorCode":0}`)
			return true
		})
		if _, err := w.walk(s, scope); outcomeOf(err) != want {
			t.Errorf("%s: %s (%v), want: %s", message, outcomeOf(err), err, want)
		}
	}
}

// TestFailuresOfReads: only 404 says that an item is gone. What is only about
// these items says so, that they can be read apart.
func TestFailuresOfReads(t *testing.T) {
	t.Parallel()
	outcomes := map[int]outcome{
		http.StatusNonAuthoritativeInfo: refused, http.StatusUnauthorized: refused,
		http.StatusBadRequest: scoped, http.StatusForbidden: scoped, http.StatusInternalServerError: again,
		http.StatusTooManyRequests: throttled,
	}
	for _, v := range variants {
		for status, want := range outcomes {
			w := newWorld(t, simulator.Options{Projects: 1, RepositoriesPerProject: 1, PipelinesPerProject: 1, WorkItemsPerProject: 1})
			w.must(w.UpdateWorkItem(1, map[string]any{"System.State": "New"})) // all variants list it
			s := w.source(v.kind, v.selector, v.mentions...)
			asked := refs(w.all(s))
			w.intercept(failing("/_apis/", status))
			items, gone, err := s.Reader.Read(t.Context(), asked)
			if outcomeOf(err) != want || len(items)+len(gone) > 0 {
				t.Errorf("%s %s, %d: %s, %v (%v), want: %s", v.kind, v.selector, status, refs(items), gone, err, want)
			}
		}
	}
}

// TestProjectForbiddenWhileItsPipelinesAreRead: 404 for each of them does not
// mean that they were deleted.
func TestProjectForbiddenWhileItsPipelinesAreRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{Projects: 1, PipelinesPerProject: 3})
	s := w.source("pipeline", "", ".configuration.path")
	scope := w.scopes(s)[0]
	w.intercept(func(_ http.ResponseWriter, r *http.Request) bool {
		if strings.Contains(r.URL.Path, "/_apis/pipelines/") {
			w.must(w.Forbid(scope.ProjectID, http.StatusNotFound))
		}
		return false
	})
	got, err := w.walk(s, scope)
	if outcomeOf(err) != scoped || len(got.items) > 0 {
		t.Errorf("%d items, %v", len(got.items), err)
	}
}

// TestYieldFails: what the engine says goes back to it as it is.
func TestYieldFails(t *testing.T) {
	t.Parallel()
	failure := errors.New("the catalog is away")
	w := newWorld(t, simulator.Options{Projects: 1, RepositoriesPerProject: 1, PipelinesPerProject: 1, WorkItemsPerProject: 1})
	for _, kindName := range []string{"project", "repository", "pipeline", "work-item"} {
		s := w.source(kindName, "")
		next, err := s.Reader.Walk(t.Context(), w.scopes(s)[0], "", func(context.Context, []ingest.Item) error { return failure })
		if !errors.Is(err, failure) || outcomeOf(err) != again || next != "" {
			t.Errorf("%s: next %q, %v", kindName, next, err)
		}
	}
}
