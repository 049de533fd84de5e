package ingest_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"adoport/shared/ingest"
	ledger "adoport/shared/ledger/memory"
	"adoport/shared/mapping"
	queue "adoport/shared/queue/memory"
)

// tester is testing.TB, of which rapid has only a part.
type tester interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
	Errorf(format string, args ...any)
	Context() context.Context
}

// kinds of the fake organization: teams are listed once for the organization,
// tasks in every project.
var kinds = []mapping.Kind{
	{Name: "team"},
	{Name: "task", Options: []mapping.Option{{Name: "view", Type: mapping.String, Default: ""}}},
}

// standard is a mapping of both kinds.
const standard = `
resources:
  - kind: team
    selector: {query: "true"}
    port: {entity: {mappings: {identifier: .id, title: .title, blueprint: '"team"', properties: {size: .size}}}}
  - kind: task
    selector: {query: .hidden != true}
    port: {entity: {mappings: {identifier: .id, title: .title, blueprint: '"task"', properties: {rev: .rev, size: .size}, relations: {team: .team}}}}
`

var (
	teamBlueprint = ingest.Blueprint{
		Identifier: "team",
		Schema:     ingest.BlueprintSchema{Properties: map[string]ingest.Property{"size": {Type: "number"}}},
		Relations:  map[string]ingest.Relation{},
	}
	taskBlueprint = ingest.Blueprint{
		Identifier: "task",
		Schema:     ingest.BlueprintSchema{Properties: map[string]ingest.Property{"rev": {Type: "number"}, "size": {Type: "number"}}},
		Relations:  map[string]ingest.Relation{"team": {Target: "team"}},
	}
)

// projects is a list of projects, or an error.
type projects struct {
	list []ingest.Project
	err  error
}

func (p *projects) Projects(context.Context) ([]ingest.Project, error) { return p.list, p.err }

// world is an engine among fakes, whose queue is worked on by hand.
type world struct {
	t        tester
	catalog  *fakeCatalog
	readers  map[string]*fakeReader
	projects *projects
	queue    *queue.Queue
	ledger   *ledger.Ledger
	options  ingest.Options
	engine   *ingest.Engine
	// planned is the last run.
	planned ingest.Run

	mu      sync.Mutex
	now     time.Time
	changes []string
}

// newWorld has two projects, p1 and p2, and both blueprints. change may be nil.
func newWorld(t tester, mappingText string, change func(*ingest.Options)) *world {
	t.Helper()
	w := &world{
		t: t, queue: queue.New(nil), ledger: ledger.New(),
		readers:  map[string]*fakeReader{"team": newFakeReader("team"), "task": newFakeReader("task")},
		projects: &projects{list: []ingest.Project{{ID: "p1", Name: "One", State: "wellFormed"}, {ID: "p2", Name: "Two", State: "wellFormed"}}},
		now:      time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC),
	}
	w.catalog = newFakeCatalog(w.clock, teamBlueprint, taskBlueprint)
	w.options = ingest.Options{
		Projects: w.projects, Sources: w.sources(mappingText), Mapping: "fingerprint",
		Catalog: w.catalog, Queue: w.queue, Ledger: w.ledger, PruneMaxPercent: 20,
		Logger: slog.New(slog.DiscardHandler), Now: w.clock, OnChange: w.changed,
	}
	if change != nil {
		change(&w.options)
	}
	w.engine = ingest.New(w.options)
	return w
}

// sources makes one source of the resources with the same kind and view.
func (w *world) sources(text string) []ingest.Source {
	w.t.Helper()
	c, err := mapping.Load("mapping.yaml", []byte(text), kinds)
	if err != nil {
		w.t.Fatal(err)
	}
	var sources []ingest.Source
	for _, r := range c.Resources {
		id := r.Kind
		if view, _ := r.Options["view"].(string); view != "" {
			id += "-" + view
		}
		if i := slices.IndexFunc(sources, func(s ingest.Source) bool { return s.ID == id }); i >= 0 {
			sources[i].Resources = append(sources[i].Resources, r)
			continue
		}
		s := ingest.Source{ID: id, Kind: r.Kind, PerProject: r.Kind == "task", Reader: w.readers[r.Kind], Resources: []*mapping.Resource{r}}
		if s.PerProject {
			s.Revision = ".rev"
		}
		sources = append(sources, s)
	}
	return sources
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

func (w *world) changed(c ingest.Change) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.changes = append(w.changes, string(c.Action)+" "+c.Blueprint+"/"+c.Identifier)
}

// told are the changes since it was last asked, sorted.
func (w *world) told() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	told := w.changes
	w.changes = nil
	slices.Sort(told)
	return told
}

// tasks puts tasks t01 to tNN into project p1.
func (w *world) tasks(n int) {
	for i := 1; i <= n; i++ {
		w.readers["task"].put("p1", fmt.Sprintf("t%02d", i), map[string]any{"title": fmt.Sprint("Task ", i), "rev": 1, "team": "a"})
	}
}

// old puts entities of an earlier run into the catalog.
func (w *world) old(blueprint string, ids ...string) {
	for _, id := range ids {
		w.catalog.put(ours, blueprint, ingest.Stored{
			Identifier: id, Title: "Old " + id, UpdatedAt: w.clock(), Properties: map[string]any{}, Relations: map[string]any{},
		})
	}
}

// plan begins a run an hour after all that was before.
func (w *world) plan(kinds ...string) {
	w.t.Helper()
	w.pass(time.Hour)
	run, err := w.engine.Plan(w.t.Context(), kinds...)
	if err != nil {
		w.t.Fatalf("planning: %v", err)
	}
	w.planned = run
}

// receive takes the next delivery; false if the queue is empty.
func (w *world) receive() (ingest.Delivery, bool) {
	w.t.Helper()
	n, err := w.queue.Len(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	if n == 0 {
		return ingest.Delivery{}, false
	}
	d, err := w.queue.Receive(w.t.Context(), 1, time.Hour)
	if err != nil {
		w.t.Fatal(err)
	}
	return d[0], true
}

// settle does with a delivery what a host does.
func (w *world) settle(d ingest.Delivery, failure error) {
	w.t.Helper()
	var throttled *ingest.ThrottledError
	var err error
	switch {
	case failure == nil:
		err = w.queue.Done(w.t.Context(), d)
	case errors.As(failure, &throttled):
		err = w.queue.Return(w.t.Context(), d, 0)
	case d.Attempt >= ingest.MaxAttempts:
		err = w.queue.Poison(w.t.Context(), d, failure.Error())
	default:
		err = w.queue.Retry(w.t.Context(), d, 0)
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

// work handles what is queued until nothing is left.
func (w *world) work() {
	w.t.Helper()
	for {
		d, ok := w.receive()
		if !ok {
			return
		}
		w.settle(d, w.engine.Handle(w.t.Context(), d))
	}
}

func (w *world) report() ingest.Report {
	w.t.Helper()
	r, err := w.engine.Report(w.t.Context(), w.planned.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// run does a whole run.
func (w *world) run(kinds ...string) ingest.Report {
	w.t.Helper()
	w.plan(kinds...)
	w.work()
	return w.report()
}

// complete does a run that must end well.
func (w *world) complete(kinds ...string) ingest.Report {
	w.t.Helper()
	r := w.run(kinds...)
	if r.Status != ingest.Complete {
		w.t.Fatalf("the run is %s: %s %+v", r.Status, r.Reason, r.Failures)
	}
	return r
}

// blueprint is a blueprint's part of a report.
func blueprint(r ingest.Report, id string) ingest.BlueprintReport {
	for _, b := range r.Blueprints {
		if b.Blueprint == id {
			return b
		}
	}
	return ingest.BlueprintReport{}
}

func kindOf(r ingest.Report, kind string) ingest.KindReport {
	for _, k := range r.Kinds {
		if k.Kind == kind {
			return k
		}
	}
	return ingest.KindReport{}
}

// mentions reports whether a failure of the report has all of the words.
func mentions(r ingest.Report, words ...string) bool {
	return slices.ContainsFunc(r.Failures, func(s ingest.Sample) bool {
		text := s.Item + " " + s.Where + " " + s.Error
		return !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(text, word) })
	})
}
