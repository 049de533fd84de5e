package ingest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"

	"golang.org/x/sync/errgroup"

	"adoport/shared/mapping"
)

// refresh reads the items of a task again and makes the catalog equal to them.
// It returns when that is done, together with whatever other tasks wanted at the
// same time.
func (e *Engine) refresh(ctx context.Context, t Task) error {
	wanted := map[string][]Ref{}
	for _, ref := range t.Refs {
		wanted[ref.Kind] = append(wanted[ref.Kind], ref)
	}
	g, ctx := errgroup.WithContext(ctx)
	for kind, refs := range wanted {
		g.Go(func() error { return e.coalescer(kind).do(ctx, refs) })
	}
	return g.Wait()
}

// refreshKind reads items of one kind again, once for each of its sources, and
// writes what became of them. An entity goes only when no source makes it any
// more.
func (e *Engine) refreshKind(ctx context.Context, kind string, refs []Ref) error {
	e.touch(refs)
	defer e.touch(refs)
	made := map[entityKey]bool{}
	var left []remnant
	for i := range e.o.Sources {
		source := &e.o.Sources[i]
		if source.Kind != kind {
			continue
		}
		wanted, err := e.absent(ctx, source, refs)
		if err == nil && len(wanted) > 0 {
			var more []remnant
			more, err = e.refreshSource(ctx, source, wanted, made)
			left = append(left, more...)
		}
		if err != nil {
			return fmt.Errorf("refreshing %d items of kind %s: %w", len(refs), kind, err)
		}
	}
	return e.deleteLeft(ctx, left, made)
}

// entityKey names an entity.
type entityKey struct{ blueprint, identifier string }

// remnant is an item of which a resource makes no entity any more, or what is
// still known of one that is gone.
type remnant struct {
	resource *mapping.Resource
	item     map[string]any
}

// refreshSource brings items to the catalog. It adds their entities to made, and
// returns what may have left some behind.
func (e *Engine) refreshSource(ctx context.Context, source *Source, refs []Ref, made map[entityKey]bool) ([]remnant, error) {
	readAt := e.o.Now()
	items, gone, err := source.Reader.Read(ctx, refs)
	if err != nil {
		return nil, err
	}
	t := newTally()
	var left []remnant
	unselected := func(r remnant) { left = append(left, r) }
	b := batch{source: source, tally: t, entities: e.mapItems(ctx, source, items, t, unselected), readAt: readAt}
	if err := e.settle(ctx, b); err != nil {
		return nil, err
	}
	for blueprint, candidates := range b.entities {
		for _, c := range candidates {
			made[entityKey{blueprint, c.entity.Identifier}] = true
		}
	}
	// Of an item that is read by its project, "not found" says only that it is
	// not in the project that the event named.
	if !source.NeedsProject {
		for _, ref := range gone {
			for _, r := range source.Resources {
				left = append(left, remnant{r, source.Remnant(ref)})
			}
		}
	}
	e.told(ctx, source, t, len(items), len(gone))
	return left, t.passing
}

// told puts the failures of a refresh into the log, for there is no report that
// would show them.
func (e *Engine) told(ctx context.Context, source *Source, t *tally, read, gone int) {
	for _, s := range t.samples {
		e.o.Logger.LogAttrs(ctx, slog.LevelWarn, "refresh", slog.String("item", s.Item), slog.String("where", s.Where), slog.String("error", s.Error))
	}
	e.o.Logger.LogAttrs(ctx, slog.LevelDebug, "refreshed", slog.String("kind", source.Kind), slog.Int("read", read), slog.Int("gone", gone))
}

// deleteLeft deletes the entities that were left behind, if they are ours and
// nothing makes them any more.
func (e *Engine) deleteLeft(ctx context.Context, left []remnant, made map[entityKey]bool) error {
	doomed := map[string]map[string]bool{}
	for _, l := range left {
		blueprint, identifier, err := l.resource.Identify(ctx, l.item)
		if err != nil {
			e.o.Logger.LogAttrs(ctx, slog.LevelInfo, "an item is gone, but its entity cannot be told; the next backfill will delete it", slog.Any("error", err))
			continue
		}
		if !made[entityKey{blueprint, identifier}] && e.o.Catalog.CheckIdentifier(identifier) == nil {
			doomed[blueprint] = merged(doomed[blueprint], map[string]bool{identifier: true})
		}
	}
	errs := make([]error, 0, len(doomed))
	for _, blueprint := range slices.Sorted(maps.Keys(doomed)) {
		errs = append(errs, e.deleteEntities(ctx, blueprint, slices.Sorted(maps.Keys(doomed[blueprint]))))
	}
	return errors.Join(errs...)
}

func (e *Engine) deleteEntities(ctx context.Context, blueprint string, identifiers []string) error {
	for part := range slices.Chunk(identifiers, pruneBatch) {
		owned, err := e.o.Catalog.FindOwned(ctx, blueprint, part)
		if err != nil {
			return fmt.Errorf("finding %d entities of %s that are gone: %w", len(part), blueprint, err)
		}
		ids := slices.Sorted(maps.Keys(owned))
		if len(ids) == 0 {
			continue
		}
		outcomes, err := e.o.Catalog.Delete(ctx, blueprint, ids)
		if err != nil {
			return fmt.Errorf("deleting %d entities of %s: %w", len(ids), blueprint, err)
		}
		for i, o := range outcomes {
			switch {
			case o.Err == nil:
				e.o.OnChange(Change{Action: Delete, Blueprint: blueprint, Identifier: ids[i]})
			case isPassing(o.Err):
				return fmt.Errorf("deleting %s/%s: %w", blueprint, ids[i], o.Err)
			default: // Something still refers to it. The next backfill tries again.
				e.o.Logger.LogAttrs(ctx, slog.LevelWarn, "entity not deleted", slog.String("entity", blueprint+"/"+ids[i]), slog.Any("error", o.Err))
			}
		}
	}
	return nil
}

// absent drops the refs that need a refresh only if the catalog does not have
// them, and has them.
func (e *Engine) absent(ctx context.Context, source *Source, refs []Ref) ([]Ref, error) {
	var wanted []Ref
	asked := map[string]Ref{}
	for _, ref := range refs {
		switch {
		case !ref.IfAbsent:
			wanted = append(wanted, ref)
		case !e.isKnown(ref):
			asked[ref.ID] = ref
		}
	}
	if len(asked) == 0 {
		return wanted, nil
	}
	found, err := e.inCatalog(ctx, source, slices.Collect(maps.Values(asked)))
	if err != nil {
		return nil, err
	}
	for id, ref := range asked {
		if found[id] {
			e.know(ref)
			continue
		}
		ref.IfAbsent = false
		wanted = append(wanted, ref)
	}
	slices.SortFunc(wanted, func(a, b Ref) int { return cmp.Compare(a.ID, b.ID) })
	return slices.Compact(wanted), nil
}

// inCatalog says which of the items have an entity that is more than a
// placeholder. One whose entity cannot be told counts as not there.
func (e *Engine) inCatalog(ctx context.Context, source *Source, refs []Ref) (map[string]bool, error) {
	byEntity := map[string]map[string]string{}
	for _, ref := range refs {
		for _, r := range source.Resources {
			if blueprint, identifier, err := r.Identify(ctx, source.Remnant(ref)); err == nil {
				byEntity[blueprint] = merged(byEntity[blueprint], map[string]string{identifier: ref.ID})
			}
		}
	}
	found := map[string]bool{}
	for blueprint, entities := range byEntity {
		stored, err := e.o.Catalog.Find(ctx, blueprint, slices.Sorted(maps.Keys(entities)), e.fieldsOf(blueprint))
		if err != nil && !errors.Is(err, ErrNotFound) {
			return nil, fmt.Errorf("finding entities of %s: %w", blueprint, err)
		}
		for identifier, s := range stored {
			if !placeholder(s) {
				found[entities[identifier]] = true
			}
		}
	}
	return found, nil
}

// maxKnown bounds what an engine remembers of refs that need no second look. It
// is emptied when it is full: looking again is cheap.
const maxKnown = 10_000

func (e *Engine) isKnown(ref Ref) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.known[ref]
}

func (e *Engine) know(ref Ref) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.known) >= maxKnown {
		clear(e.known)
	}
	e.known[ref] = true
}
