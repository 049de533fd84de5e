package azuretable

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"adoport/shared/ingest"
	"adoport/shared/ledger/record"
	"adoport/shared/versioned"
)

// readAtOnce is how many runs are read side by side.
const readAtOnce = 4

// Create stores a new run. ErrExists if its ID is taken. Before that it drops
// what is too long ago; a failure there is told to the log.
func (l *Ledger) Create(ctx context.Context, r ingest.Run) error {
	if err := l.create(ctx, r); err != nil {
		return fmt.Errorf("creating run %q: %w", r.ID, err)
	}
	return nil
}

// create lists the run before it makes it: what is listed and not there is
// passed over, but what is there and not listed would never be dropped.
func (l *Ledger) create(ctx context.Context, r ingest.Run) error {
	data, err := record.EncodeRun(r)
	if err != nil {
		return err
	}
	l.tidy(ctx)
	listed, err := indexEntity(r)
	if err != nil {
		return err
	}
	// Not a plain insert: it may be there from an attempt that came no further.
	if err := l.table.submit(ctx, mergeOrInsert(listed)); err != nil {
		return err
	}
	head, err := l.stage(ctx, runPartition(r.ID), recordRow, data, maxRow)
	if err != nil {
		return err
	}
	state := newEntity(runPartition(r.ID), stateRow)
	state[totalProperty], state[doneProperty] = r.Scopes, 0
	created, err := l.insert(ctx, head, state)
	if err != nil || created {
		return err
	}
	return errors.Join(ingest.ErrExists, l.unlist(ctx, r))
}

// unlist takes a run off the list that was not created because its ID is taken,
// unless the one that took it is listed under the very same key.
func (l *Ledger) unlist(ctx context.Context, r ingest.Run) error {
	there, err := l.readRun(ctx, r.ID)
	if err != nil {
		return err
	}
	if there.StartedAt.Equal(r.StartedAt) {
		return nil
	}
	return l.removeRow(ctx, newEntity(runsPartition, indexRow(r.ID, r.StartedAt)))
}

// Runs returns the runs that started last, the last one first, at most limit.
func (l *Ledger) Runs(ctx context.Context, limit int) ([]ingest.Run, error) {
	list := []ingest.Run{}
	if limit <= 0 {
		return list, ctx.Err()
	}
	next, stop := iter.Pull2(l.index(ctx, int32(min(limit, maxListed)))) //nolint:gosec // at most 1,000
	defer stop()
	for more := true; more && len(list) < limit; {
		var batch []listing
		for more && len(list)+len(batch) < limit {
			var e listing
			var err error
			if e, err, more = next(); err != nil {
				return nil, fmt.Errorf("listing the runs: %w", err)
			}
			if more {
				batch = append(batch, e)
			}
		}
		found, err := l.readListed(ctx, batch)
		if err != nil {
			return nil, err
		}
		list = append(list, found...)
	}
	slices.SortStableFunc(list, func(a, b ingest.Run) int {
		return cmp.Or(b.StartedAt.Compare(a.StartedAt), cmp.Compare(b.ID, a.ID))
	})
	return list, nil
}

// readListed returns those of the listed runs that are there.
func (l *Ledger) readListed(ctx context.Context, batch []listing) ([]ingest.Run, error) {
	found := make([]*ingest.Run, len(batch))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(readAtOnce)
	for i, e := range batch {
		g.Go(func() error {
			r, err := l.readRun(ctx, e.id)
			if errors.Is(err, ingest.ErrNotFound) || err == nil && !e.lists(r) {
				return nil
			}
			if err != nil {
				return fmt.Errorf("run %q: %w", e.id, err)
			}
			found[i] = &r
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	var list []ingest.Run
	for _, r := range found {
		if r != nil {
			list = append(list, *r)
		}
	}
	return list, nil
}

// Finish ends a run that is not ended yet and reports whether it did.
// ErrNotFound if the run is not there.
func (l *Ledger) Finish(ctx context.Context, id string, status ingest.Status, reason string, at time.Time) (bool, error) {
	ended, err := l.finish(ctx, id, endRecord{status, reason, at})
	if err != nil {
		return false, fmt.Errorf("ending run %q: %w", id, err)
	}
	return ended, nil
}

func (l *Ledger) finish(ctx context.Context, id string, end endRecord) (bool, error) {
	r, err := l.readRun(ctx, id)
	if err != nil || hasEnded(r.Status) {
		return false, err
	}
	data, err := versioned.Encode(record.Version, end)
	if err != nil {
		return false, err
	}
	head, err := l.stage(ctx, runPartition(id), endRow, data, maxRow)
	if err != nil {
		return false, err
	}
	ended, err := l.insert(ctx, head)
	if err != nil || !ended {
		return false, err
	}
	// tidy would find out by itself, but needs to read the run for that.
	if err := l.noteEnd(ctx, indexRow(id, r.StartedAt), end.FinishedAt); err != nil {
		l.logger.LogAttrs(ctx, slog.LevelWarn, "end of a run could not be noted in the list of runs", slog.String("run", id), slog.Any("error", err))
	}
	return true, nil
}
