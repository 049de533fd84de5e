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

// refreshKind reads items of one kind again, once for each of its sources.
func (e *Engine) refreshKind(ctx context.Context, kind string, refs []Ref) error {
	for i := range e.o.Sources {
		source := &e.o.Sources[i]
		if source.Kind != kind {
			continue
		}
		wanted, err := e.absent(ctx, source, refs)
		if err != nil {
			return err
		}
		if len(wanted) == 0 {
			continue
		}
		if err := e.refreshSource(ctx, source, wanted); err != nil {
			return fmt.Errorf("refreshing %d items of kind %s: %w", len(wanted), kind, err)
		}
	}
	return nil
}

func (e *Engine) refreshSource(ctx context.Context, source *Source, refs []Ref) error {
	readAt := e.o.Now()
	items, gone, err := source.Reader.Read(ctx, refs)
	if err != nil {
		return err
	}
	tally := newTally()
	unselected := e.unselected(ctx, source, items)
	b := batch{source: source, tally: tally, entities: e.mapItems(ctx, source, items, tally), readAt: readAt}
	if err := e.settle(ctx, b); err != nil {
		return err
	}
	deleted, err := e.deleteItems(ctx, source, b, slices.Concat(e.remnants(source, gone), unselected))
	if err != nil {
		return err
	}
	e.told(ctx, source, tally, len(items), len(gone), deleted)
	return nil
}

// told puts the failures of a refresh into the log, for there is no report that
// would show them.
func (e *Engine) told(ctx context.Context, source *Source, t *tally, read, gone, deleted int) {
	for _, s := range t.samples {
		e.o.Logger.LogAttrs(ctx, slog.LevelWarn, "refresh", slog.String("item", s.Item), slog.String("where", s.Where), slog.String("error", s.Error))
	}
	e.o.Logger.LogAttrs(ctx, slog.LevelDebug, "refreshed", slog.String("kind", source.Kind),
		slog.Int("read", read), slog.Int("gone", gone), slog.Int("deleted", deleted))
}

// unselected returns copies of the items of which no resource makes an entity,
// because its selector is false. Their entities have to go.
func (e *Engine) unselected(ctx context.Context, source *Source, items []Item) []map[string]any {
	var all []map[string]any
	for _, item := range items {
		made := false
		for _, r := range source.Resources {
			result := r.Map(ctx, item.Value)
			// A failure says nothing about the selector: the entity stays.
			made = made || len(result.Entities) > 0 || len(result.Failures) > 0
		}
		if !made {
			all = append(all, item.Value)
		}
	}
	return all
}

// remnants are what is still known of items that are gone.
func (e *Engine) remnants(source *Source, gone []Ref) []map[string]any {
	all := make([]map[string]any, 0, len(gone))
	for _, ref := range gone {
		all = append(all, source.Remnant(ref))
	}
	return all
}

// deleteItems deletes the entities of items that are gone or no longer selected,
// if they are ours and were not made by another item of the same batch.
func (e *Engine) deleteItems(ctx context.Context, source *Source, made batch, items []map[string]any) (deleted int, _ error) {
	doomed := map[string]map[string]bool{}
	for _, item := range items {
		for _, r := range source.Resources {
			blueprint, identifier, err := r.Identify(ctx, item)
			if err != nil {
				e.o.Logger.LogAttrs(ctx, slog.LevelInfo, "an item is gone, but its entity cannot be told; the next backfill will delete it", slog.Any("error", err))
				continue
			}
			if !made.makes(blueprint, identifier) && e.o.Catalog.CheckIdentifier(identifier) == nil {
				doomed[blueprint] = merged(doomed[blueprint], map[string]bool{identifier: true})
			}
		}
	}
	errs := make([]error, 0, len(doomed))
	for _, blueprint := range slices.Sorted(maps.Keys(doomed)) {
		n, err := e.deleteEntities(ctx, blueprint, slices.Sorted(maps.Keys(doomed[blueprint])))
		deleted += n
		errs = append(errs, err)
	}
	return deleted, errors.Join(errs...)
}

// makes reports whether a batch has an entity.
func (b batch) makes(blueprint, identifier string) bool {
	return slices.ContainsFunc(b.entities[blueprint], func(c *candidate) bool { return c.entity.Identifier == identifier })
}

func (e *Engine) deleteEntities(ctx context.Context, blueprint string, identifiers []string) (deleted int, _ error) {
	for part := range slices.Chunk(identifiers, pruneBatch) {
		owned, err := e.o.Catalog.FindOwned(ctx, blueprint, part)
		if err != nil {
			return deleted, fmt.Errorf("finding %d entities of %s that are gone: %w", len(part), blueprint, err)
		}
		ids := slices.Sorted(maps.Keys(owned))
		if len(ids) == 0 {
			continue
		}
		outcomes, err := e.o.Catalog.Delete(ctx, blueprint, ids)
		if err != nil {
			return deleted, fmt.Errorf("deleting %d entities of %s: %w", len(ids), blueprint, err)
		}
		for i, o := range outcomes {
			if o.Err != nil {
				// Something still refers to it. The next backfill tries again.
				e.o.Logger.LogAttrs(ctx, slog.LevelWarn, "entity not deleted", slog.String("entity", blueprint+"/"+ids[i]), slog.Any("error", o.Err))
				continue
			}
			deleted++
			e.o.OnChange(Change{Action: Delete, Blueprint: blueprint, Identifier: ids[i]})
		}
	}
	return deleted, nil
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
		e.know(ref)
		if !found[id] {
			ref.IfAbsent = false
			wanted = append(wanted, ref)
		}
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
