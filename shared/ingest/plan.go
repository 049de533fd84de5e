package ingest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"
)

// queueBatch is how many tasks go to a queue in one call.
const queueBatch = 100

// Plan begins a run: it makes sure of the blueprints, lists the projects, stores
// the run in the ledger and queues the first page of every scope. kinds limits
// the run to some kinds; none is all of them.
func (e *Engine) Plan(ctx context.Context, kinds ...string) (Run, error) {
	sources := e.sourcesOf(kinds)
	if len(sources) == 0 {
		return Run{}, fmt.Errorf("no resource of the mapping is of kind %q", kinds)
	}
	// Before the first answer that counts. Azure DevOps comes first: credentials
	// that it refuses must not have changed anything in Port.
	start := e.o.Now()
	projects, err := e.o.Projects.Projects(ctx)
	if err != nil {
		return Run{}, err
	}
	created, err := e.ensureBlueprints(ctx, sources)
	if err != nil {
		return Run{}, err
	}
	run := Run{
		ID:          newRunID(start),
		StartedAt:   start,
		PruneBefore: start.Add(e.o.Catalog.Clock()),
		Mapping:     e.o.Mapping,
		Created:     created,
		Status:      Running,
	}
	tasks, skipped := planScopes(run.ID, sources, projects)
	for _, s := range sources {
		run.Sources = append(run.Sources, s.ID)
	}
	run.Scopes, run.Skipped = len(tasks), skipped
	if err := e.o.Ledger.Create(ctx, run); err != nil {
		return Run{}, fmt.Errorf("storing run %s: %w", run.ID, err)
	}
	e.o.Logger.LogAttrs(ctx, slog.LevelInfo, "backfill planned", slog.String("run", run.ID),
		slog.Int("projects", len(projects)), slog.Int("scopes", run.Scopes), slog.Int("skipped", len(skipped)))
	for _, t := range tasks {
		e.o.OnProgress(Progress{Kind: e.sources[t.Source].Kind, Scopes: 1})
	}
	for part := range slices.Chunk(tasks, queueBatch) {
		if err := e.o.Queue.Send(ctx, 0, part...); err != nil {
			return run, e.abandon(ctx, run, fmt.Errorf("queueing run %s: %w", run.ID, err))
		}
	}
	if len(tasks) == 0 {
		return run, e.endScopes(ctx, run)
	}
	return run, nil
}

// abandon ends a run that cannot be queued as a whole: it would go on for ever.
func (e *Engine) abandon(ctx context.Context, run Run, reason error) error {
	return errors.Join(reason, e.end(context.WithoutCancel(ctx), run, Failed, reason.Error()))
}

// newRunID sorts by time and does not repeat.
func newRunID(at time.Time) string {
	return at.UTC().Format("20060102T150405Z") + "-" + rand.Text()[:6]
}

func (e *Engine) sourcesOf(kinds []string) []*Source {
	var chosen []*Source
	for i := range e.o.Sources {
		s := &e.o.Sources[i]
		if len(kinds) == 0 || slices.Contains(kinds, s.Kind) {
			chosen = append(chosen, s)
		}
	}
	return chosen
}

// planScopes makes the first walk task of every scope. A project that is not
// wellFormed cannot be read: it is left out, and nothing of it is pruned.
func planScopes(run string, sources []*Source, projects []Project) (tasks []Task, skipped []SkippedScope) {
	walk := func(s *Source, scope Scope) {
		tasks = append(tasks, Task{Version: TaskVersion, Type: Walk, Run: run, Source: s.ID, Scope: scope})
	}
	for _, s := range sources {
		if !s.PerProject {
			walk(s, Scope{})
		}
	}
	// One source after the other: pages of one blueprint that are walked side by
	// side share requests.
	for _, s := range sources {
		for _, p := range projects {
			scope := Scope{ProjectID: p.ID, ProjectName: p.Name}
			switch {
			case !p.Readable():
				skipped = append(skipped, SkippedScope{Source: s.ID, Scope: scope, Reason: "its state is " + p.State})
			case s.PerProject:
				walk(s, scope)
			}
		}
	}
	if len(projects) == 0 {
		// An identity that lost its access sees no project either.
		for _, s := range sources {
			skipped = append(skipped, SkippedScope{Source: s.ID, Reason: "no project is visible to these credentials"})
		}
	}
	return tasks, skipped
}
