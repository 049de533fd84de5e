package ingest_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"adoport/shared/ingest"
)

// TestRun: pages follow each other, and everything arrives.
func TestRun(t *testing.T) {
	t.Parallel()
	w := newWorld(t, standard, nil)
	w.readers["team"].put("", "a", map[string]any{"title": "A", "size": 5})
	w.tasks(10)
	w.readers["task"].page = 4
	w.readers["task"].put("p2", "u1", map[string]any{"title": "Other", "team": "a"})
	w.readers["task"].put("p2", "u2", map[string]any{"title": "Hidden", "hidden": true})
	r := w.complete()
	if got := w.catalog.ids("task"); len(got) != 11 || slices.Contains(got, "u2") {
		t.Errorf("tasks %v", got)
	}
	if got := w.catalog.get("task", "t03"); got.Title != "Task 3" || got.Relations["team"] != "a" {
		t.Errorf("t03 is %+v", got)
	}
	if want := []string{"p1 ", "p2 ", "p1 t04", "p1 t08"}; !slices.Equal(w.readers["task"].walks, want) {
		t.Errorf("pages %q, want %q", w.readers["task"].walks, want)
	}
	if k := kindOf(r, "task"); k.Read != 12 || k.Skipped != 1 || k.Scopes != 2 || k.ScopesFailed != 0 {
		t.Errorf("report %+v", k)
	}
}

// TestScopeErrorFailsAlone: the other scopes go on, and the report says why.
func TestScopeErrorFailsAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, standard, nil)
	w.tasks(2)
	w.readers["task"].put("p2", "u1", map[string]any{})
	w.readers["task"].before = func(scope ingest.Scope, _ string) error {
		if scope.ProjectID == "p1" {
			return &ingest.ScopeError{Scope: scope, Err: errors.New("403 Forbidden")}
		}
		return nil
	}
	w.readers["team"].put("", "a", map[string]any{"title": "A"})
	r := w.run()
	if r.Status != ingest.Incomplete || !strings.Contains(r.Reason, "1 scopes could not be read") {
		t.Errorf("%s: %s", r.Status, r.Reason)
	}
	if !mentions(r, "task", `project "One"`, "403 Forbidden") {
		t.Errorf("failures %v", r.Failures)
	}
	if k := kindOf(r, "task"); k.Scopes != 2 || k.ScopesFailed != 1 {
		t.Errorf("report %+v", k)
	}
	if !slices.Equal(w.catalog.ids("task"), []string{"u1"}) || !slices.Equal(w.catalog.ids("team"), []string{"a"}) {
		t.Errorf("tasks %v, teams %v", w.catalog.ids("task"), w.catalog.ids("team"))
	}
}

// TestScopeErrorInTheMiddle keeps what was read before it.
func TestScopeErrorInTheMiddle(t *testing.T) {
	t.Parallel()
	w := newWorld(t, standard, nil)
	w.tasks(9)
	w.readers["task"].page = 3
	w.readers["task"].after = func(scope ingest.Scope, cursor string) error {
		if cursor == "t03" {
			return &ingest.ScopeError{Scope: scope, Err: errors.New("gone meanwhile")}
		}
		return nil
	}
	r := w.run("task")
	if r.Status != ingest.Incomplete || len(w.catalog.ids("task")) != 6 || kindOf(r, "task").Read != 6 {
		t.Errorf("%s, tasks %v", r.Status, w.catalog.ids("task"))
	}
}

// TestFailureIsTriedAgain, and when it was tried often enough the scope fails.
func TestFailureIsTriedAgain(t *testing.T) {
	t.Parallel()
	for _, failures := range []int{1, ingest.MaxAttempts - 1, ingest.MaxAttempts, 100} {
		w := newWorld(t, standard, nil)
		w.tasks(1)
		left := failures
		w.readers["task"].before = func(scope ingest.Scope, _ string) error {
			if left--; left >= 0 && scope.ProjectID == "p1" {
				return errors.New("connection reset")
			}
			return nil
		}
		w.projects.list = w.projects.list[:1]
		r := w.run("task")
		want := ingest.Complete
		if failures >= ingest.MaxAttempts {
			want = ingest.Incomplete
			if !mentions(r, "connection reset") {
				t.Errorf("failures %v", r.Failures)
			}
		}
		if r.Status != want {
			t.Errorf("%d failures: %s, want %s", failures, r.Status, want)
		}
	}
}

// TestCatalogFailureIsTriedAgain: the page counts only when all was written.
func TestCatalogFailureIsTriedAgain(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"Find", "Upsert"} {
		w := newWorld(t, standard, nil)
		w.tasks(6)
		failures := 2
		w.catalog.fail = func(m, _ string) error {
			if failures > 0 && m == method {
				failures--
				return errors.New("503 Service Unavailable")
			}
			return nil
		}
		r := w.run("task")
		// What the failed deliveries wrote is unchanged for the last one.
		if b := blueprint(r, "task"); r.Status != ingest.Complete || b.Created+b.Unchanged != 6 || kindOf(r, "task").Read != 6 {
			t.Errorf("%s: %s, %+v", method, r.Status, b)
		}
	}
}

// TestThrottlingSpendsNothing: no number of them makes the scope fail.
func TestThrottlingSpendsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, standard, nil)
	w.tasks(1)
	w.plan("task")
	throttled := &ingest.ThrottledError{System: "Azure DevOps", After: time.Hour}
	w.readers["task"].before = func(ingest.Scope, string) error { return throttled }
	d, _ := w.receive()
	d.Attempt = ingest.MaxAttempts + 1
	err := w.engine.Handle(t.Context(), d)
	var got *ingest.ThrottledError
	if !errors.As(err, &got) || got.After != time.Hour {
		t.Fatalf("got %v, want the wait of an hour", err)
	}
	w.settle(d, err)
	w.readers["task"].before = nil
	w.work()
	if r := w.report(); r.Status != ingest.Complete {
		t.Errorf("%s %v", r.Status, r.Failures)
	}
}

// TestEndedContextFailsNothing: a process that has to stop says nothing about a
// scope, at whatever attempt.
func TestEndedContextFailsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, standard, nil)
	w.tasks(1)
	w.plan("task")
	d, _ := w.receive()
	d.Attempt = ingest.MaxAttempts
	ctx, cancel := context.WithCancel(t.Context())
	w.readers["task"].before = func(ingest.Scope, string) error {
		cancel()
		return ctx.Err()
	}
	if err := w.engine.Handle(ctx, d); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	key := ingest.PageKey{Run: d.Task.Run, Source: "task", Scope: "p1"}
	if _, err := w.ledger.Page(t.Context(), key); !errors.Is(err, ingest.ErrNotFound) {
		t.Errorf("the page was saved: %v", err)
	}
}

// TestListingThatStandsStill ends its scope; it would never end by itself.
func TestListingThatStandsStill(t *testing.T) {
	t.Parallel()
	w := newWorld(t, standard, nil)
	w.plan("task")
	still := ingest.Source{ID: "task", Kind: "task", PerProject: true, Reader: stillReader{}, Resources: w.options.Sources[1].Resources}
	w.options.Sources = []ingest.Source{w.options.Sources[0], still}
	w.engine = ingest.New(w.options)
	w.work()
	if r := w.report(); r.Status != ingest.Incomplete || !mentions(r, "does not advance") {
		t.Errorf("%s %v", r.Status, r.Failures)
	}
}

// stillReader gives the same cursor for ever.
type stillReader struct{ ingest.Reader }

func (stillReader) Walk(context.Context, ingest.Scope, string, func(context.Context, []ingest.Item) error) (string, error) {
	return "here", nil
}

// TestManyBatchesAtOnce: items that are yielded side by side are all counted.
func TestManyBatchesAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, standard, nil)
	w.plan("task")
	w.options.Sources[1].Reader = crowdReader{}
	w.engine = ingest.New(w.options)
	w.work()
	if r := w.report(); kindOf(r, "task").Read != 2*500 || blueprint(r, "task").Created != 2*500 {
		t.Errorf("%+v %+v", r.Kinds, r.Blueprints)
	}
}

// crowdReader yields 500 items from as many goroutines.
type crowdReader struct{ ingest.Reader }

func (crowdReader) Walk(ctx context.Context, scope ingest.Scope, _ string, yield func(context.Context, []ingest.Item) error) (string, error) {
	var all sync.WaitGroup
	errs := make([]error, 500)
	for i := range errs {
		all.Go(func() {
			id := scope.ProjectID + strings.Repeat("x", i)
			errs[i] = yield(ctx, []ingest.Item{{Ref: ingest.Ref{Kind: "task", ID: id}, Value: map[string]any{"id": id}}})
		})
	}
	all.Wait()
	return "", errors.Join(errs...)
}

// TestMappingStopsWithTheWalk: a batch that cannot be written stops the reading
// of the rest.
func TestMappingStopsWithTheWalk(t *testing.T) {
	t.Parallel()
	w := newWorld(t, standard, nil)
	failure := errors.New("500 Internal Server Error")
	w.catalog.fail = func(method, _ string) error {
		if method == "Upsert" {
			return failure
		}
		return nil
	}
	w.plan("task")
	w.options.Sources[1].Reader = endlessReader{}
	w.engine = ingest.New(w.options)
	d, _ := w.receive()
	if err := w.engine.Handle(t.Context(), d); !errors.Is(err, failure) {
		t.Errorf("got %v, want %v", err, failure)
	}
}

// endlessReader yields until it is told to stop.
type endlessReader struct{ ingest.Reader }

func (endlessReader) Walk(ctx context.Context, _ ingest.Scope, _ string, yield func(context.Context, []ingest.Item) error) (string, error) {
	for ctx.Err() == nil {
		if err := yield(ctx, []ingest.Item{{Ref: ingest.Ref{Kind: "task", ID: "1"}, Value: map[string]any{"id": "1"}}}); err != nil {
			return "", err
		}
	}
	return "", ctx.Err()
}
