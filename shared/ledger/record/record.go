// Package record writes and reads what a ledger keeps, for drivers that store
// bytes. It is pure: where a record is, is up to the driver.
package record

import (
	"fmt"

	"adoport/shared/ingest"
	"adoport/shared/versioned"
)

// Version is the first byte of every record.
const Version = 1

// EncodePrune returns the record of a prune's outcome: JSON after the version.
func EncodePrune(p ingest.PruneOutcome) ([]byte, error) {
	b, err := versioned.Encode(Version, p)
	if err != nil {
		return nil, fmt.Errorf("encoding the prune of %s: %w", p.Blueprint, err)
	}
	return b, nil
}

// DecodePrune reads a record of EncodePrune. An error if it is none, or of
// another version.
func DecodePrune(b []byte) (p ingest.PruneOutcome, _ error) {
	if err := versioned.Decode(Version, b, &p); err != nil {
		return ingest.PruneOutcome{}, fmt.Errorf("decoding a prune: %w", err)
	}
	return p, nil
}
