// Package memory is a ledger that lives in one process and dies with it. It is
// for commands that run to an end, and for tests.
package memory

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"adoport/shared/ingest"
)

const (
	// keptRuns is how many ended runs are kept, those that ended last.
	keptRuns = 20
	// keptPages is how many of them keep their pages: the one that just ended,
	// for whoever reports on it, and one more, if two end at the same time.
	keptPages = 2
)

// Ledger is an ingest.Ledger and ingest.Notes in memory. It is safe for concurrent use; make one
// with New.
//
// A fingerprint costs 8 bytes, so a run over 1,000,000 items costs about 8 MB
// for each blueprint that keeps them, plus about 1 KB a page. A run that has
// not ended is kept as it is. Of the ended ones, the 20 that ended last are
// kept with their prunes, and the last 2 with their pages too. All methods that
// need the pages of another one return ErrNotFound: they MUST NOT make it look
// as if the run had seen nothing.
type Ledger struct {
	mu   sync.RWMutex
	runs map[string]*run
	// ended are the IDs of the ended runs, the last one last.
	ended []string
	notes map[string][]byte
}

// run is one run and what belongs to it.
type run struct {
	ingest.Run
	// pages is nil once they were dropped. What it points at MUST NOT change.
	pages map[pageKey]*page
	// scopes are those that have ended; nil once the pages were dropped.
	scopes map[scopeKey]struct{}
	prunes map[string]ingest.PruneOutcome
}

var (
	_ ingest.Ledger = (*Ledger)(nil)
	_ ingest.Notes  = (*Ledger)(nil)
)

// New returns an empty ledger.
func New() *Ledger { return &Ledger{runs: map[string]*run{}, notes: map[string][]byte{}} }

// Create stores a new run. ErrExists if its ID is taken.
func (l *Ledger) Create(ctx context.Context, r ingest.Run) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, ok := l.runs[r.ID]; ok {
		return fmt.Errorf("creating run %q: %w", r.ID, ingest.ErrExists)
	}
	l.runs[r.ID] = &run{
		Run:    cloneRun(r),
		pages:  map[pageKey]*page{},
		scopes: map[scopeKey]struct{}{},
		prunes: map[string]ingest.PruneOutcome{},
	}
	return nil
}

// Run returns a run, ErrNotFound if there is none or it is too long ago.
func (l *Ledger) Run(ctx context.Context, id string) (ingest.Run, error) {
	if err := ctx.Err(); err != nil {
		return ingest.Run{}, err
	}
	l.mu.RLock()
	defer l.mu.RUnlock()
	r, err := l.find(id)
	if err != nil {
		return ingest.Run{}, err
	}
	return cloneRun(r.Run), nil
}

// Runs returns the runs that started last, the last one first, at most limit.
func (l *Ledger) Runs(ctx context.Context, limit int) ([]ingest.Run, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	l.mu.RLock()
	defer l.mu.RUnlock()
	runs := slices.SortedFunc(maps.Values(l.runs), func(a, b *run) int {
		return cmp.Or(b.StartedAt.Compare(a.StartedAt), cmp.Compare(b.ID, a.ID))
	})
	runs = runs[:min(max(limit, 0), len(runs))]
	list := make([]ingest.Run, len(runs))
	for i, r := range runs {
		list[i] = cloneRun(r.Run)
	}
	return list, nil
}

// Finish ends a run that is not ended yet and reports whether it did. It drops
// what is too long ago.
func (l *Ledger) Finish(ctx context.Context, id string, status ingest.Status, reason string, at time.Time) (bool, error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	r, err := l.find(id)
	if err != nil {
		return false, err
	}
	if hasEnded(r.Status) {
		return false, nil
	}
	r.Status, r.Reason, r.FinishedAt = status, reason, at
	l.ended = append(l.ended, id)
	l.drop()
	return true, nil
}

func hasEnded(s ingest.Status) bool {
	return s == ingest.Complete || s == ingest.Incomplete || s == ingest.Failed
}

// drop forgets the ended runs and the pages that are not kept. l.mu MUST be
// held.
func (l *Ledger) drop() {
	if n := len(l.ended) - keptPages; n > 0 {
		r := l.runs[l.ended[n-1]]
		r.pages, r.scopes = nil, nil
	}
	if n := len(l.ended) - keptRuns; n > 0 {
		delete(l.runs, l.ended[0])
		l.ended = slices.Delete(l.ended, 0, 1)
	}
}

// find returns a run or ErrNotFound. l.mu MUST be held.
func (l *Ledger) find(id string) (*run, error) {
	r, ok := l.runs[id]
	if !ok {
		return nil, fmt.Errorf("run %q: %w", id, ingest.ErrNotFound)
	}
	return r, nil
}

// findPages returns a run whose pages are there, or ErrNotFound. l.mu MUST be
// held.
func (l *Ledger) findPages(id string) (*run, error) {
	r, err := l.find(id)
	if err != nil {
		return nil, err
	}
	if r.pages == nil {
		return nil, fmt.Errorf("pages of run %q, which has ended before others: %w", id, ingest.ErrNotFound)
	}
	return r, nil
}

// cloneRun returns a run that shares no memory that can change with r.
func cloneRun(r ingest.Run) ingest.Run {
	r.Sources = slices.Clone(r.Sources)
	r.Created = slices.Clone(r.Created)
	r.Skipped = slices.Clone(r.Skipped)
	return r
}
