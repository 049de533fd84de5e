package bolt

import (
	"encoding/binary"

	"adoport/shared/ingest"
)

// text returns strings as one key: each with its length before it, so that no
// two lists of strings make the same key, and none an empty one.
func text(parts ...string) []byte {
	var k []byte
	for _, p := range parts {
		k = binary.AppendUvarint(k, uint64(len(p)))
		k = append(k, p...)
	}
	return k
}

// scopeKey returns the key of a page's scope in its run.
func scopeKey(k ingest.PageKey) []byte { return text(k.Source, k.Scope) }

// pageKey returns the key of a page in its run: that of its scope, then its
// number, so that the pages of a scope are in order.
func pageKey(k ingest.PageKey) []byte {
	return binary.BigEndian.AppendUint64(scopeKey(k), uint64(k.Number)) //nolint:gosec // numbers count from 0
}
