package azuretable

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/data/aztables"

	"adoport/shared/ingest"
)

const (
	// keptRuns is how many ended runs are kept, those that ended last.
	keptRuns = 100
	// keptPages is how many of them keep their pages: the one that just ended,
	// for whoever reports on it, and a few more to look back at.
	keptPages = 5
	// tidyTimeout is how long whoever creates a run waits for what is too long ago
	// to be dropped; the next one goes on with it.
	tidyTimeout = 20 * time.Second
	// maxChanges is how many rows a transaction changes at most (Learn,
	// "Performing entity group transactions").
	maxChanges = 100
)

// tidy drops what is too long ago. It is done before a run is created, when
// nobody has to do anything after it: were it done when a run ends and the
// process ended meanwhile, nobody would tell of that end.
func (l *Ledger) tidy(ctx context.Context) {
	limited, cancel := context.WithTimeout(ctx, tidyTimeout)
	defer cancel()
	if err := l.dropOld(limited); err != nil && ctx.Err() == nil {
		l.logger.LogAttrs(ctx, slog.LevelWarn, "what is left of old runs could not be dropped; the next run tries again", slog.Any("error", err))
	}
}

// dropOld drops what is too long ago. What fails does not keep it from the rest.
func (l *Ledger) dropOld(ctx context.Context) error {
	ended, errs := l.listEnded(ctx)
	slices.SortStableFunc(ended, func(a, b listing) int {
		return cmp.Or(b.ended.Compare(a.ended), cmp.Compare(a.row, b.row))
	})
	for i, e := range ended {
		switch {
		case i >= l.keptRuns:
			if err := l.dropRun(ctx, e); err != nil {
				errs = append(errs, fmt.Errorf("dropping run %q: %w", e.id, err))
			}
		case i >= keptPages && !e.dropped:
			if err := l.dropPages(ctx, e); err != nil {
				errs = append(errs, fmt.Errorf("dropping the pages of run %q: %w", e.id, err))
			}
		}
	}
	return errors.Join(errs...)
}

// listEnded lists the runs that have ended. It drops listings that are stale.
func (l *Ledger) listEnded(ctx context.Context) (ended []listing, errs []error) {
	place := 0
	for e, err := range l.index(ctx, maxListed) {
		if err != nil {
			return ended, append(errs, fmt.Errorf("listing the runs: %w", err))
		}
		stale, err := l.findEnd(ctx, &e)
		if stale && place >= l.keptRuns {
			// Its run may have been on its way, but not for so long.
			err = l.dropStale(ctx, e)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("run %q: %w", e.id, err))
		}
		if e.hasEnded {
			ended = append(ended, e)
		}
		place++
	}
	return ended, errs
}

// findEnd sees to it that a listing says whether its run has ended. It is stale
// if that run is not there, or is another one of the same ID.
func (l *Ledger) findEnd(ctx context.Context, e *listing) (stale bool, _ error) {
	if e.hasEnded {
		return false, nil
	}
	r, err := l.readRun(ctx, e.id)
	if errors.Is(err, ingest.ErrNotFound) || err == nil && !e.lists(r) {
		return true, nil
	}
	if err != nil || !hasEnded(r.Status) {
		return false, err
	}
	e.ended, e.hasEnded = r.FinishedAt, true
	return false, l.noteEnd(ctx, e.row, r.FinishedAt)
}

// dropStale drops a listing of a run that was not created, with what may be left
// of the attempt. A run that another attempt created under that ID stays.
func (l *Ledger) dropStale(ctx context.Context, e listing) error {
	_, err := l.readRun(ctx, e.id)
	if errors.Is(err, ingest.ErrNotFound) {
		return l.dropRun(ctx, e)
	}
	if err != nil {
		return err
	}
	return l.removeRow(ctx, newEntity(runsPartition, e.row))
}

// dropPages drops the pages and the ended scopes of a run. From the first step
// on nobody finds any of them.
func (l *Ledger) dropPages(ctx context.Context, e listing) error {
	state := newEntity(runPartition(e.id), stateRow)
	state[droppedProperty] = true
	err := l.table.submit(ctx, merge(state, azcore.ETagAny))
	if err != nil && !hasCode(err, aztables.ResourceNotFound) {
		return err
	}
	for _, rows := range []span{pageAndPartRows, scopeRows} {
		if err := l.deleteRows(ctx, runPartition(e.id), rows); err != nil {
			return err
		}
	}
	return l.noteDropped(ctx, e.row)
}

// dropRun drops all that is left of a run, and takes it off the list last.
func (l *Ledger) dropRun(ctx context.Context, e listing) error {
	// Its state goes first, and with it the run.
	if err := l.deleteRows(ctx, runPartition(e.id), runRows); err != nil {
		return err
	}
	if err := l.deleteRows(ctx, runPartition(e.id), allRows); err != nil {
		return err
	}
	return l.removeRow(ctx, newEntity(runsPartition, e.row))
}

// deleteRows deletes the rows of a span.
func (l *Ledger) deleteRows(ctx context.Context, partition string, rows span) error {
	var batch []change
	for e, err := range l.table.list(ctx, partition, rows, maxListed, "PartitionKey,RowKey") {
		if err != nil {
			return err
		}
		if batch = append(batch, remove(newEntity(e.partition(), e.row()))); len(batch) == maxChanges {
			if err := l.deleteBatch(ctx, batch); err != nil {
				return err
			}
			batch = nil
		}
	}
	return l.deleteBatch(ctx, batch)
}

// deleteBatch deletes rows at once, or one by one if another process has
// deleted some of them.
func (l *Ledger) deleteBatch(ctx context.Context, batch []change) error {
	if len(batch) == 0 {
		return nil
	}
	err := l.table.submit(ctx, batch...)
	if !hasCode(err, aztables.ResourceNotFound) {
		return err
	}
	for _, c := range batch {
		if err := l.removeRow(ctx, c.entity); err != nil {
			return err
		}
	}
	return nil
}

// removeRow deletes a row if it is there.
func (l *Ledger) removeRow(ctx context.Context, e entity) error {
	err := l.table.submit(ctx, remove(e))
	if hasCode(err, aztables.ResourceNotFound) {
		return nil
	}
	return err
}
