package record

import (
	"fmt"
	"time"

	"adoport/shared/ingest"
	"adoport/shared/versioned"
)

// run is an ingest.Run as JSON.
type run struct {
	ID          string        `json:"id"`
	StartedAt   time.Time     `json:"startedAt"`
	PruneBefore time.Time     `json:"pruneBefore"`
	Mapping     string        `json:"mapping"`
	Sources     []string      `json:"sources,omitempty"`
	Scopes      int           `json:"scopes"`
	Created     []string      `json:"created,omitempty"`
	Skipped     []skipped     `json:"skipped,omitempty"`
	Status      ingest.Status `json:"status"`
	Reason      string        `json:"reason,omitempty"`
	FinishedAt  time.Time     `json:"finishedAt,omitzero"`
}

type skipped struct {
	Source string       `json:"source"`
	Scope  ingest.Scope `json:"scope"`
	Reason string       `json:"reason"`
}

// EncodeRun returns the record of a run: JSON after the version.
func EncodeRun(r ingest.Run) ([]byte, error) {
	value := run{
		ID: r.ID, StartedAt: r.StartedAt, PruneBefore: r.PruneBefore, Mapping: r.Mapping, Sources: r.Sources, Scopes: r.Scopes,
		Created: r.Created, Status: r.Status, Reason: r.Reason, FinishedAt: r.FinishedAt,
	}
	for _, s := range r.Skipped {
		value.Skipped = append(value.Skipped, skipped(s))
	}
	b, err := versioned.Encode(Version, value)
	if err != nil {
		return nil, fmt.Errorf("encoding run %q: %w", r.ID, err)
	}
	return b, nil
}

// DecodeRun reads a record of EncodeRun. An error if it is none, or of another
// version.
func DecodeRun(b []byte) (ingest.Run, error) {
	var value run
	if err := versioned.Decode(Version, b, &value); err != nil {
		return ingest.Run{}, fmt.Errorf("decoding a run: %w", err)
	}
	r := ingest.Run{
		ID: value.ID, StartedAt: value.StartedAt, PruneBefore: value.PruneBefore, Mapping: value.Mapping, Sources: value.Sources,
		Scopes: value.Scopes, Created: value.Created, Status: value.Status, Reason: value.Reason, FinishedAt: value.FinishedAt,
	}
	for _, s := range value.Skipped {
		r.Skipped = append(r.Skipped, ingest.SkippedScope(s))
	}
	return r, nil
}
