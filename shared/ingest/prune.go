package ingest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"
)

const (
	// pruneAlways is how many entities the guard lets go whatever their share:
	// in a small blueprint every deletion is a large share.
	pruneAlways = 10
	// pruneBatch is how many entities are looked at again and deleted at once.
	pruneBatch = 100
	// pruneInFlight is how many batches are under way at once.
	pruneInFlight = 4
)

// prune deletes the entities of one blueprint that a complete run did not see,
// and queues the next prune of the run.
func (e *Engine) prune(ctx context.Context, d Delivery) error {
	t := d.Task
	run, active, err := e.activeRun(ctx, t.Run)
	if err != nil || !active || len(t.Blueprints) == 0 {
		return err
	}
	saved, err := e.o.Ledger.Prunes(ctx, run.ID)
	if err != nil {
		return fmt.Errorf("reading the prunes of run %s: %w", run.ID, err)
	}
	if _, done := saved[t.Blueprints[0]]; done {
		// A second delivery. Only what comes after it may have been lost.
		return e.queuePrunes(ctx, run, t.Blueprints[1:])
	}
	outcome, err := e.pruneBlueprint(ctx, run, t.Blueprints[0])
	if err != nil && !givenUp(ctx, err, d.Attempt) {
		return fmt.Errorf("pruning %s: %w", t.Blueprints[0], err)
	}
	if err != nil {
		outcome.Skipped = err.Error()
	}
	if outcome.Skipped != "" {
		e.o.Logger.LogAttrs(ctx, slog.LevelWarn, "nothing pruned", slog.String("blueprint", outcome.Blueprint), slog.String("reason", outcome.Skipped))
	}
	if err := e.o.Ledger.SavePrune(ctx, run.ID, outcome); err != nil {
		return fmt.Errorf("saving the prune of %s: %w", outcome.Blueprint, err)
	}
	return e.queuePrunes(ctx, run, t.Blueprints[1:])
}

func (e *Engine) pruneBlueprint(ctx context.Context, run Run, blueprint string) (PruneOutcome, error) {
	out := PruneOutcome{Blueprint: blueprint}
	keep, brought, obstacle, err := e.seen(ctx, run, blueprint)
	if err != nil {
		return out, err
	}
	if obstacle != "" {
		out.Skipped = obstacle
		return out, nil
	}
	if none, err := e.nothingElse(ctx, blueprint, keep, brought); err != nil || none {
		out.Owned = len(keep)
		return out, err
	}
	gone, err := e.unseen(ctx, run, &out, keep)
	if err != nil {
		return out, err
	}
	if len(gone) > pruneAlways && float64(len(gone))*100 > float64(out.Owned)*e.o.PruneMaxPercent {
		out.Refused = true
		out.Skipped = fmt.Sprintf("%d of its %d entities would be deleted, which is more than %g %%; if that is right, set PRUNE_MAX_PERCENT higher and run again",
			len(gone), out.Owned, e.o.PruneMaxPercent)
		return out, nil
	}
	err = e.deleteAll(ctx, run, &out, gone)
	return out, err
}

// nothingElse reports whether a blueprint has nothing but what the run brought
// there: then nothing can be gone, and its entities need not be listed. That is so
// if it has as many entities as the run brought, each once, and all that must stay
// is among those. If the count cannot be had, the list can.
func (e *Engine) nothingElse(ctx context.Context, blueprint string, keep fingerprints, brought int) (bool, error) {
	if brought != len(keep) {
		return false, nil
	}
	n, err := e.o.Catalog.Count(ctx, blueprint)
	if err != nil && (beyondTask(err) || ctx.Err() != nil) {
		return false, err
	}
	return err == nil && n == len(keep), nil
}

// seen collects what must stay of a blueprint, and counts the entities that the
// run brought there. An obstacle is why the run cannot tell what is gone: some
// scope that feeds the blueprint is not wholly known.
func (e *Engine) seen(ctx context.Context, run Run, blueprint string) (keep fingerprints, brought int, obstacle string, _ error) {
	for _, s := range run.Skipped {
		if source, ok := e.sources[s.Source]; ok && feeds(source, blueprint) {
			return nil, 0, fmt.Sprintf("%s of %s could not be read: %s", source.Kind, s.Scope, s.Reason), nil
		}
	}
	var all []uint64
	for page, err := range e.o.Ledger.Pages(ctx, run.ID) {
		if err != nil {
			return nil, 0, "", fmt.Errorf("reading the pages of run %s: %w", run.ID, err)
		}
		all = append(all, page.Keep[blueprint]...)
		c := page.Counts[blueprint]
		brought += c.Created + c.Updated + c.Unchanged
		source, ok := e.sources[page.Source]
		if !ok || !feeds(source, blueprint) {
			continue
		}
		if page.Error != "" {
			return nil, 0, fmt.Sprintf("%s could not be read completely: %s", source.Kind, page.Error), nil
		}
		if page.Unmapped > 0 {
			return nil, 0, fmt.Sprintf("an expression failed that tells which entity an item of kind %s is", source.Kind), nil
		}
	}
	return newFingerprints(all), brought, "", nil
}

// unseen lists this instance's entities that the run did not see.
func (e *Engine) unseen(ctx context.Context, run Run, out *PruneOutcome, keep fingerprints) ([]string, error) {
	var gone []string
	for page, err := range e.o.Catalog.Owned(ctx, out.Blueprint) {
		if err != nil {
			return nil, fmt.Errorf("listing our entities: %w", err)
		}
		out.Owned += len(page)
		for _, s := range page {
			if !keep.has(s.Identifier) && (s.UpdatedAt.IsZero() || s.UpdatedAt.Before(run.PruneBefore)) {
				gone = append(gone, s.Identifier)
			}
		}
	}
	return gone, nil
}

// deleteAll looks at every entity once more just before it deletes it.
func (e *Engine) deleteAll(ctx context.Context, run Run, out *PruneOutcome, gone []string) error {
	var mu sync.Mutex
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(pruneInFlight)
	for start := 0; start < len(gone); start += pruneBatch {
		batch := gone[start:min(start+pruneBatch, len(gone))]
		g.Go(func() error {
			part, err := e.deleteBatch(ctx, run, out.Blueprint, batch)
			mu.Lock()
			defer mu.Unlock()
			out.Deleted += part.Deleted
			out.Failed += part.Failed
			out.Samples = append(out.Samples, part.Samples[:min(len(part.Samples), maxSamples-min(maxSamples, len(out.Samples)))]...)
			return err
		})
	}
	return g.Wait()
}

func (e *Engine) deleteBatch(ctx context.Context, run Run, blueprint string, batch []string) (out PruneOutcome, _ error) {
	stored, err := e.o.Catalog.FindOwned(ctx, blueprint, batch)
	if err != nil {
		return out, fmt.Errorf("looking at %d entities again: %w", len(batch), err)
	}
	var old []string
	for _, id := range batch {
		s, exists := stored[id]
		switch {
		case !exists: // gone, or somebody else's by now
		case s.UpdatedAt.IsZero():
			out.fail(blueprint, id, errors.New("Port does not say when it was updated, so it is left alone"))
		case s.UpdatedAt.Before(run.PruneBefore):
			old = append(old, id)
		}
	}
	alive, err := e.stillThere(ctx, run, blueprint, stored)
	if err != nil {
		return out, err
	}
	old = slices.DeleteFunc(old, func(id string) bool {
		if alive[id] {
			out.fail(blueprint, id, errors.New("the lists of Azure DevOps left its item out, but the item is there; it is left alone"))
		}
		return alive[id]
	})
	if len(old) == 0 {
		return out, nil
	}
	outcomes, err := e.o.Catalog.Delete(ctx, blueprint, old)
	if err != nil {
		return out, fmt.Errorf("deleting %d entities: %w", len(old), err)
	}
	for i, o := range outcomes {
		if o.Err != nil {
			out.fail(blueprint, old[i], o.Err)
			continue
		}
		out.Deleted++
		e.o.OnChange(Change{Action: Delete, Blueprint: blueprint, Identifier: old[i]})
	}
	return out, nil
}

func (p *PruneOutcome) fail(blueprint, identifier string, err error) {
	p.Failed++
	p.Samples = append(p.Samples, Sample{Item: blueprint + "/" + identifier, Where: "delete", Error: strings.TrimSpace(err.Error())})
}
