package azuretable

import (
	"context"
	"fmt"
	"time"

	"adoport/shared/ingest"
	"adoport/shared/ledger/record"
	"adoport/shared/versioned"
)

// endRecord is how a run has ended, as JSON. The record of the run is as it was
// created.
type endRecord struct {
	Status     ingest.Status `json:"status"`
	Reason     string        `json:"reason,omitempty"`
	FinishedAt time.Time     `json:"finishedAt,omitzero"`
}

// Run returns a run, ErrNotFound if there is none or it is too long ago. It
// makes one request, and one more for each 720 KiB of a bigger run.
func (l *Ledger) Run(ctx context.Context, id string) (ingest.Run, error) {
	r, err := l.readRun(ctx, id)
	if err != nil {
		return ingest.Run{}, fmt.Errorf("run %q: %w", id, err)
	}
	return r, nil
}

// readRun returns a run, or ErrNotFound.
func (l *Ledger) readRun(ctx context.Context, id string) (ingest.Run, error) {
	rows := map[string]entity{}
	for e, err := range l.table.list(ctx, runPartition(id), runRows, 3, "") {
		if err != nil {
			return ingest.Run{}, err
		}
		rows[e.row()] = e
	}
	if rows[recordRow] == nil || rows[stateRow] == nil {
		return ingest.Run{}, ingest.ErrNotFound
	}
	data, err := l.load(ctx, rows[recordRow])
	if err != nil {
		return ingest.Run{}, err
	}
	r, err := record.DecodeRun(data)
	if err != nil {
		return ingest.Run{}, err
	}
	if rows[endRow] != nil {
		if data, err = l.load(ctx, rows[endRow]); err != nil {
			return ingest.Run{}, err
		}
		var end endRecord
		if err := versioned.Decode(record.Version, data, &end); err != nil {
			return ingest.Run{}, fmt.Errorf("decoding the end of a run: %w", err)
		}
		r.Status, r.Reason, r.FinishedAt = end.Status, end.Reason, end.FinishedAt
	}
	return r, nil
}

func hasEnded(s ingest.Status) bool {
	return s == ingest.Complete || s == ingest.Incomplete || s == ingest.Failed
}
