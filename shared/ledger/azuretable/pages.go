package azuretable

import (
	"context"
	"fmt"
	"iter"

	"adoport/shared/ingest"
	"adoport/shared/ledger/record"
)

const (
	// maxInline is how many bytes a page has in the row that is listed; a bigger
	// one is read from rows of its own, one page at a time.
	maxInline = 48 << 10
	// pagesAtOnce is how many pages are listed at once: 4 MiB at most.
	pagesAtOnce = 64
)

// SavePage stores a page if it is not there yet and reports whether it stored
// it. ErrNotFound if the run is not there or its pages were dropped. It makes
// two requests, and one more for each 720 KiB of a page that has more than 32.
func (l *Ledger) SavePage(ctx context.Context, p ingest.Page) (bool, error) {
	data, err := record.EncodePage(p)
	if err != nil {
		return false, err
	}
	if _, err := l.openState(ctx, p.Run); err != nil {
		return false, err
	}
	head, err := l.stage(ctx, runPartition(p.Run), pageRow(p.PageKey), data, maxInline)
	if err != nil {
		return false, err
	}
	return l.insert(ctx, head)
}

// Page returns one saved page, ErrNotFound if there is none.
func (l *Ledger) Page(ctx context.Context, key ingest.PageKey) (ingest.Page, error) {
	head, err := l.table.get(ctx, runPartition(key.Run), pageRow(key))
	if err != nil {
		return ingest.Page{}, err
	}
	if head == nil {
		return ingest.Page{}, fmt.Errorf("page %d of source %q, scope %q of run %q: %w",
			key.Number, key.Source, key.Scope, key.Run, ingest.ErrNotFound)
	}
	return l.loadPage(ctx, key.Run, head)
}

// loadPage returns the page of a row that was read. ErrNotFound if the pages of
// the run are being dropped and it is no longer whole.
func (l *Ledger) loadPage(ctx context.Context, run string, head entity) (ingest.Page, error) {
	data, err := l.load(ctx, head)
	if err != nil {
		if _, gone := l.openState(ctx, run); gone != nil {
			return ingest.Page{}, gone
		}
		return ingest.Page{}, err
	}
	return record.DecodePage(run, data)
}

// Pages yields the pages of a run, the pages of a scope in order, or an error:
// ErrNotFound if the run is not there or its pages were dropped, also meanwhile.
// It reads up to 64 pages at once, at most 4 MiB, and a page of more than 48
// KiB by itself. A page that is saved meanwhile may be among them or not.
func (l *Ledger) Pages(ctx context.Context, run string) iter.Seq2[ingest.Page, error] {
	return func(yield func(ingest.Page, error) bool) {
		fail := func(err error) { yield(ingest.Page{}, err) }
		if _, err := l.openState(ctx, run); err != nil {
			fail(err)
			return
		}
		for head, err := range l.table.list(ctx, runPartition(run), pageRows, pagesAtOnce, "") {
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				fail(err)
				return
			}
			p, err := l.loadPage(ctx, run, head)
			if !yield(p, err) || err != nil {
				return
			}
		}
		// Pages are dropped only after the state says so: if it does not, none was
		// missing from the list.
		if _, err := l.openState(ctx, run); err != nil {
			fail(err)
		}
	}
}

// openState returns the state of a run whose pages are there, or ErrNotFound.
func (l *Ledger) openState(ctx context.Context, run string) (entity, error) {
	state, err := l.state(ctx, run)
	if err != nil {
		return nil, err
	}
	if state.is(droppedProperty) {
		return nil, fmt.Errorf("pages of run %q, which has ended before others: %w", run, ingest.ErrNotFound)
	}
	return state, nil
}

// state returns the state of a run, or ErrNotFound.
func (l *Ledger) state(ctx context.Context, run string) (entity, error) {
	state, err := l.table.get(ctx, runPartition(run), stateRow)
	if err != nil {
		return nil, err
	}
	if state == nil {
		return nil, fmt.Errorf("run %q: %w", run, ingest.ErrNotFound)
	}
	return state, nil
}
