package memory

import (
	"context"
	"fmt"
	"iter"

	"adoport/shared/ingest"
)

// SavePage stores a page if it is not there yet and reports whether it stored
// it. ErrNotFound if the run is not there or its pages were dropped.
func (l *Ledger) SavePage(ctx context.Context, p ingest.Page) (bool, error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	packed := pack(p)
	l.mu.Lock()
	defer l.mu.Unlock()
	r, err := l.findPages(p.Run)
	if err != nil {
		return false, err
	}
	key := keyOf(p.PageKey)
	if _, ok := r.pages[key]; ok {
		return false, nil
	}
	r.pages[key] = packed
	return true, nil
}

// Page returns one saved page, ErrNotFound if there is none.
func (l *Ledger) Page(ctx context.Context, key ingest.PageKey) (ingest.Page, error) {
	if err := ctx.Err(); err != nil {
		return ingest.Page{}, err
	}
	l.mu.RLock()
	defer l.mu.RUnlock()
	r, err := l.findPages(key.Run)
	if err != nil {
		return ingest.Page{}, err
	}
	p, ok := r.pages[keyOf(key)]
	if !ok {
		return ingest.Page{}, fmt.Errorf("page %d of source %q, scope %q of run %q: %w",
			key.Number, key.Source, key.Scope, key.Run, ingest.ErrNotFound)
	}
	return p.unpack(key), nil
}

// Pages yields the pages that a run has when it is called, in no particular
// order, or an error: ErrNotFound if the run is not there or its pages were
// dropped. The ledger is not locked while the caller looks at a page.
func (l *Ledger) Pages(ctx context.Context, run string) iter.Seq2[ingest.Page, error] {
	return func(yield func(ingest.Page, error) bool) {
		pages, err := l.snapshot(run)
		if err != nil {
			yield(ingest.Page{}, err)
			return
		}
		for _, s := range pages {
			if err := ctx.Err(); err != nil {
				yield(ingest.Page{}, err)
				return
			}
			key := ingest.PageKey{Run: run, Source: s.key.source, Scope: s.key.scope, Number: s.key.number}
			if !yield(s.page.unpack(key), nil) {
				return
			}
		}
	}
}

// saved is a page and its key.
type saved struct {
	key  pageKey
	page *page
}

// snapshot returns the pages that a run has now.
func (l *Ledger) snapshot(run string) ([]saved, error) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	r, err := l.findPages(run)
	if err != nil {
		return nil, err
	}
	pages := make([]saved, 0, len(r.pages))
	for key, p := range r.pages {
		pages = append(pages, saved{key, p})
	}
	return pages, nil
}

// FinishScope marks a scope as ended, whatever the page's number, and returns
// how many of the run's scopes are not ended yet. ErrNotFound if the run is not
// there or its pages were dropped.
func (l *Ledger) FinishScope(ctx context.Context, key ingest.PageKey) (remaining int, err error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	r, err := l.findPages(key.Run)
	if err != nil {
		return 0, err
	}
	r.scopes[scopeOf(key)] = struct{}{}
	return max(r.Scopes-len(r.scopes), 0), nil
}

// SavePrune stores the outcome of a prune; the last one saved wins. ErrNotFound
// if the run is not there.
func (l *Ledger) SavePrune(ctx context.Context, run string, p ingest.PruneOutcome) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	r, err := l.find(run)
	if err != nil {
		return err
	}
	r.prunes[p.Blueprint] = clonePrune(p)
	return nil
}

// Prunes returns the saved outcomes by blueprint. ErrNotFound if the run is not
// there.
func (l *Ledger) Prunes(ctx context.Context, run string) (map[string]ingest.PruneOutcome, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	l.mu.RLock()
	defer l.mu.RUnlock()
	r, err := l.find(run)
	if err != nil {
		return nil, err
	}
	return clonePrunes(r.prunes), nil
}
