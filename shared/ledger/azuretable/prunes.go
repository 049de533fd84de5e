package azuretable

import (
	"context"

	"adoport/shared/ingest"
	"adoport/shared/ledger/record"
)

// SavePrune stores the outcome of a prune; the last one saved wins. ErrNotFound
// if the run is not there.
func (l *Ledger) SavePrune(ctx context.Context, run string, p ingest.PruneOutcome) error {
	data, err := record.EncodePrune(p)
	if err != nil {
		return err
	}
	if _, err := l.state(ctx, run); err != nil {
		return err
	}
	// The parts of the one before stay, for whoever is reading it, and go with
	// the run.
	head, err := l.stage(ctx, runPartition(run), pruneRow(p.Blueprint), data, maxInline)
	if err != nil {
		return err
	}
	return l.table.submit(ctx, replace(head))
}

// Prunes returns the saved outcomes by blueprint. ErrNotFound if the run is not
// there.
func (l *Ledger) Prunes(ctx context.Context, run string) (map[string]ingest.PruneOutcome, error) {
	if _, err := l.state(ctx, run); err != nil {
		return nil, err
	}
	list := map[string]ingest.PruneOutcome{}
	for head, err := range l.table.list(ctx, runPartition(run), pruneRows, pagesAtOnce, "") {
		if err != nil {
			return nil, err
		}
		data, err := l.load(ctx, head)
		if err != nil {
			return nil, err
		}
		p, err := record.DecodePrune(data)
		if err != nil {
			return nil, err
		}
		list[p.Blueprint] = p
	}
	return list, nil
}
