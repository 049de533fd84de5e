package bolt

import (
	"fmt"
	"time"

	"adoport/shared/boltfile"
	"adoport/shared/ingest"
)

// recordVersion is the first byte of every record.
const recordVersion = 1

// runRecord is an ingest.Run as JSON.
type runRecord struct {
	ID          string          `json:"id"`
	StartedAt   time.Time       `json:"startedAt"`
	PruneBefore time.Time       `json:"pruneBefore"`
	Mapping     string          `json:"mapping"`
	Sources     []string        `json:"sources,omitempty"`
	Scopes      int             `json:"scopes"`
	Created     []string        `json:"created,omitempty"`
	Skipped     []skippedRecord `json:"skipped,omitempty"`
	Status      ingest.Status   `json:"status"`
	Reason      string          `json:"reason,omitempty"`
	FinishedAt  time.Time       `json:"finishedAt,omitzero"`
}

type skippedRecord struct {
	Source string       `json:"source"`
	Scope  ingest.Scope `json:"scope"`
	Reason string       `json:"reason"`
}

func encodeRun(r ingest.Run) ([]byte, error) {
	record := runRecord{
		ID: r.ID, StartedAt: r.StartedAt, PruneBefore: r.PruneBefore, Mapping: r.Mapping, Sources: r.Sources, Scopes: r.Scopes,
		Created: r.Created, Status: r.Status, Reason: r.Reason, FinishedAt: r.FinishedAt,
	}
	for _, s := range r.Skipped {
		record.Skipped = append(record.Skipped, skippedRecord(s))
	}
	b, err := boltfile.Encode(recordVersion, record)
	if err != nil {
		return nil, fmt.Errorf("encoding run %q: %w", r.ID, err)
	}
	return b, nil
}

func decodeRun(b []byte) (ingest.Run, error) {
	var record runRecord
	if err := boltfile.Decode(recordVersion, b, &record); err != nil {
		return ingest.Run{}, fmt.Errorf("decoding a run: %w", err)
	}
	r := ingest.Run{
		ID: record.ID, StartedAt: record.StartedAt, PruneBefore: record.PruneBefore, Mapping: record.Mapping, Sources: record.Sources, Scopes: record.Scopes,
		Created: record.Created, Status: record.Status, Reason: record.Reason, FinishedAt: record.FinishedAt,
	}
	for _, s := range record.Skipped {
		r.Skipped = append(r.Skipped, ingest.SkippedScope(s))
	}
	return r, nil
}
