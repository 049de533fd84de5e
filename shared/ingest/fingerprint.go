package ingest

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
)

// Fingerprint is a fixed-size stand-in for an entity identifier, so that a run
// over a million entities remembers 8 bytes each, whatever the identifiers'
// lengths. Two identifiers with one fingerprint (about 1 in 10^13 for a million)
// only ever keep an entity that could have been pruned.
func Fingerprint(identifier string) uint64 {
	sum := sha256.Sum256([]byte(identifier))
	return binary.BigEndian.Uint64(sum[:8])
}

// fingerprints is a set that is built once and then only asked.
type fingerprints []uint64

func newFingerprints(all []uint64) fingerprints {
	slices.Sort(all)
	return slices.Compact(all)
}

func (f fingerprints) has(identifier string) bool {
	_, found := slices.BinarySearch(f, Fingerprint(identifier))
	return found
}
