package bolt

import (
	"bytes"
	"context"

	"go.etcd.io/bbolt"

	"adoport/shared/ingest"
	"adoport/shared/ledger/record"
)

// FinishScope marks a scope as ended, whatever the page's number, and returns
// how many of the run's scopes are not ended yet. ErrNotFound if the run is not
// there or its pages were dropped.
func (l *Ledger) FinishScope(ctx context.Context, key ingest.PageKey) (remaining int, _ error) {
	scope := scopeKey(key)
	// Not remaining itself: see boltfile.File.Update for when ctx ends first.
	left := 0
	err := l.file.Update(ctx, func(tx *bbolt.Tx) (bool, error) {
		run, _, err := findPages(tx, key.Run)
		if err != nil {
			return false, err
		}
		r, err := record.DecodeRun(run.Get(runKey))
		if err != nil {
			return false, err
		}
		scopes := run.Bucket(scopesBucket)
		again := scopes.Get(scope) != nil
		if !again {
			if _, err := scopes.NextSequence(); err != nil {
				return false, err
			}
			if err := scopes.Put(scope, []byte{record.Version}); err != nil {
				return false, err
			}
		}
		left = max(r.Scopes-int(scopes.Sequence()), 0) //nolint:gosec // counts keys
		return !again, nil
	})
	if err != nil {
		return 0, err
	}
	return left, nil
}

// SavePrune stores the outcome of a prune; the last one saved wins. ErrNotFound
// if the run is not there.
func (l *Ledger) SavePrune(ctx context.Context, run string, p ingest.PruneOutcome) error {
	data, err := record.EncodePrune(p)
	if err != nil {
		return err
	}
	return l.file.Update(ctx, func(tx *bbolt.Tx) (bool, error) {
		b, err := findRun(tx, run)
		if err != nil {
			return false, err
		}
		return true, b.Bucket(prunesBucket).Put(text(p.Blueprint), data)
	})
}

// Prunes returns the saved outcomes by blueprint. ErrNotFound if the run is not
// there.
func (l *Ledger) Prunes(ctx context.Context, run string) (map[string]ingest.PruneOutcome, error) {
	var records [][]byte
	err := l.view(ctx, func(tx *bbolt.Tx) error {
		b, err := findRun(tx, run)
		if err != nil {
			return err
		}
		return b.Bucket(prunesBucket).ForEach(func(_, data []byte) error {
			records = append(records, bytes.Clone(data))
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	list := make(map[string]ingest.PruneOutcome, len(records))
	for _, data := range records {
		p, err := record.DecodePrune(data)
		if err != nil {
			return nil, err
		}
		list[p.Blueprint] = p
	}
	return list, nil
}
