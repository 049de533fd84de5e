package ingest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"adoport/shared/mapping"
)

// Source is one way in which a kind is listed: the kind with one set of selector
// options. Resources of the mapping that differ only in their expressions share
// a source, so the kind is read once for all of them.
type Source struct {
	// ID is stable as long as the mapping is.
	ID   string
	Kind string
	// PerProject says whether the scopes are the projects or the organization.
	PerProject bool
	// NeedsProject says whether an item can be read again only by its project too.
	NeedsProject bool
	Reader       Reader
	Resources    []*mapping.Resource
	// Revision is the jq expression of the number that grows with every change
	// of an item, "" if the kind has none.
	Revision string
	// Remnant is what is known of an item without reading it: enough for an
	// identifier that is made of its own number or ID, and of its project.
	Remnant func(Ref) map[string]any
}

// Options of an Engine.
type Options struct {
	Projects Projects
	Sources  []Source
	// Mapping is the fingerprint of the configuration that Sources were made of.
	Mapping string
	Catalog Catalog
	Queue   Queue
	Ledger  Ledger
	// Known are the blueprints that may be created when they are missing.
	Known []Blueprint
	// Extend also adds to existing blueprints what they lack of Known.
	Extend bool
	// PruneMaxPercent refuses a prune of more than this share of a blueprint's
	// entities, and of more than pruneAlways of them.
	PruneMaxPercent float64
	Logger          *slog.Logger
	// OnProgress and OnChange tell a person what happens; nil is nobody. They
	// are called by many goroutines at once.
	OnProgress func(Progress)
	OnChange   func(Change)
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// batchesInFlight is how many batches of entities are compared and written at
// once: enough to fill the requests to Port, few enough to bound the memory.
const batchesInFlight = 48

// Engine brings items to the catalog, one task at a time. It is safe for
// concurrent use and keeps no state that another process would miss.
type Engine struct {
	o       Options
	sources map[string]*Source
	// settling holds one place for each batch that is compared and written.
	settling chan struct{}

	// reading holds one place: who reads the blueprints. It is apart from mu, so
	// that what needs no blueprints does not wait for Port.
	reading chan struct{}

	mu         sync.Mutex
	blueprints map[string]Blueprint
	readAt     time.Time // of the blueprints
	coalescers map[string]*coalescer
	known      map[Ref]bool // refs that are in the catalog
	touches    map[touched]time.Time
}

// New returns an engine.
func New(o Options) *Engine {
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.OnProgress == nil {
		o.OnProgress = func(Progress) {}
	}
	if o.OnChange == nil {
		o.OnChange = func(Change) {}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	e := &Engine{o: o, coalescers: map[string]*coalescer{}, known: map[Ref]bool{}, touches: map[touched]time.Time{}, reading: make(chan struct{}, 1), sources: make(map[string]*Source, len(o.Sources)), settling: make(chan struct{}, batchesInFlight)}
	for i := range o.Sources {
		e.sources[o.Sources[i].ID] = &o.Sources[i]
	}
	return e
}

// Handle does one task. A nil error means that the task is settled: done, or
// recorded as failed where `Report` shows it. An error means that it should be
// delivered again; *ThrottledError says after how long.
func (e *Engine) Handle(ctx context.Context, d Delivery) error {
	var err error
	switch d.Task.Type {
	case Walk:
		err = e.walk(ctx, d)
	case Prune:
		err = e.prune(ctx, d)
	case Refresh:
		return e.refresh(ctx, d.Task)
	default:
		return fmt.Errorf("%s tasks are not handled here", d.Task.Type)
	}
	var auth *AuthError
	if !errors.As(err, &auth) {
		return err
	}
	if err := e.endTask(ctx, d.Task.Run, auth); err != nil {
		return fmt.Errorf("stopping run %s after %w: %w", d.Task.Run, auth, err)
	}
	return nil
}

// coalescer returns the one of a kind.
func (e *Engine) coalescer(kind string) *coalescer {
	e.mu.Lock()
	defer e.mu.Unlock()
	c, ok := e.coalescers[kind]
	if !ok {
		c = newCoalescer(coalesceWindow, func(ctx context.Context, refs []Ref) error { return e.refreshKind(ctx, kind, refs) })
		e.coalescers[kind] = c
	}
	return c
}

// activeRun returns the run of a task, and false if the task has nothing to do
// because the run is over.
func (e *Engine) activeRun(ctx context.Context, id string) (Run, bool, error) {
	run, err := e.o.Ledger.Run(ctx, id)
	if errors.Is(err, ErrNotFound) {
		e.o.Logger.LogAttrs(ctx, slog.LevelWarn, "task of an unknown run", slog.String("run", id))
		return Run{}, false, nil
	}
	if err != nil {
		return Run{}, false, fmt.Errorf("reading run %s: %w", id, err)
	}
	if run.Status != Running {
		return run, false, nil
	}
	if run.Mapping != e.o.Mapping {
		return run, false, e.end(ctx, run, Failed, "the mapping was changed while the run was going on; start another")
	}
	return run, true, nil
}

// missingFor is how long a blueprint that Port did not have is believed to be
// missing.
const missingFor = time.Minute

// blueprint returns a blueprint as Port has it. They are read once; one that is
// missing is looked for again after a while. The second result is false if Port
// does not have it.
func (e *Engine) blueprint(ctx context.Context, id string) (Blueprint, bool, error) {
	if b, exists, known := e.rememberedBlueprint(id); known {
		return b, exists, nil
	}
	select {
	case e.reading <- struct{}{}:
		defer func() { <-e.reading }()
	case <-ctx.Done():
		return Blueprint{}, false, context.Cause(ctx)
	}
	if b, exists, known := e.rememberedBlueprint(id); known {
		return b, exists, nil // somebody else read them meanwhile
	}
	all, err := e.o.Catalog.Blueprints(ctx)
	if err != nil {
		return Blueprint{}, false, fmt.Errorf("reading the blueprints: %w", err)
	}
	e.rememberBlueprints(all)
	b, exists := all[id]
	return b, exists, nil
}

func (e *Engine) rememberedBlueprint(id string) (b Blueprint, exists, known bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	b, exists = e.blueprints[id]
	return b, exists, exists || e.blueprints != nil && e.o.Now().Sub(e.readAt) < missingFor
}

func (e *Engine) rememberBlueprints(all map[string]Blueprint) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.blueprints, e.readAt = all, e.o.Now()
}
