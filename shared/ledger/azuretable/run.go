package azuretable

import (
	"context"
	"fmt"
	"time"

	"adoport/shared/ingest"
)

// runRecord is an ingest.Run as JSON, as it was created.
type runRecord struct {
	ID          string          `json:"id"`
	StartedAt   time.Time       `json:"startedAt"`
	PruneBefore time.Time       `json:"pruneBefore"`
	Mapping     string          `json:"mapping"`
	Sources     []string        `json:"sources,omitempty"`
	Scopes      int             `json:"scopes"`
	Created     []string        `json:"created,omitempty"`
	Skipped     []skippedRecord `json:"skipped,omitempty"`
	endRecord
}

// endRecord is how a run stands.
type endRecord struct {
	Status     ingest.Status `json:"status"`
	Reason     string        `json:"reason,omitempty"`
	FinishedAt time.Time     `json:"finishedAt,omitzero"`
}

type skippedRecord struct {
	Source string       `json:"source"`
	Scope  ingest.Scope `json:"scope"`
	Reason string       `json:"reason"`
}

func encodeRun(r ingest.Run) ([]byte, error) {
	record := runRecord{
		ID: r.ID, StartedAt: r.StartedAt, PruneBefore: r.PruneBefore, Mapping: r.Mapping, Sources: r.Sources, Scopes: r.Scopes,
		Created: r.Created, endRecord: endRecord{r.Status, r.Reason, r.FinishedAt},
	}
	for _, s := range r.Skipped {
		record.Skipped = append(record.Skipped, skippedRecord(s))
	}
	b, err := encodeRecord(record)
	if err != nil {
		return nil, fmt.Errorf("encoding run %q: %w", r.ID, err)
	}
	return b, nil
}

func decodeRun(b []byte) (ingest.Run, error) {
	var record runRecord
	if err := decodeRecord(b, &record); err != nil {
		return ingest.Run{}, fmt.Errorf("decoding a run: %w", err)
	}
	r := ingest.Run{
		ID: record.ID, StartedAt: record.StartedAt, PruneBefore: record.PruneBefore, Mapping: record.Mapping, Sources: record.Sources,
		Scopes: record.Scopes, Created: record.Created, Status: record.Status, Reason: record.Reason, FinishedAt: record.FinishedAt,
	}
	for _, s := range record.Skipped {
		r.Skipped = append(r.Skipped, ingest.SkippedScope(s))
	}
	return r, nil
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
	record, err := l.load(ctx, rows[recordRow])
	if err != nil {
		return ingest.Run{}, err
	}
	r, err := decodeRun(record)
	if err != nil {
		return ingest.Run{}, err
	}
	if rows[endRow] != nil {
		if record, err = l.load(ctx, rows[endRow]); err != nil {
			return ingest.Run{}, err
		}
		var end endRecord
		if err := decodeRecord(record, &end); err != nil {
			return ingest.Run{}, fmt.Errorf("decoding the end of a run: %w", err)
		}
		r.Status, r.Reason, r.FinishedAt = end.Status, end.Reason, end.FinishedAt
	}
	return r, nil
}

func hasEnded(s ingest.Status) bool {
	return s == ingest.Complete || s == ingest.Incomplete || s == ingest.Failed
}
