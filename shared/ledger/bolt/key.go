package bolt

import (
	"encoding/binary"
	"errors"
	"math"

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

// cutText returns the first string of a key and what follows it.
func cutText(k []byte) (first string, rest []byte, err error) {
	n, size := binary.Uvarint(k)
	if size <= 0 || n > uint64(len(k)-size) {
		return "", nil, errors.New("the key is damaged")
	}
	end := size + int(n) //nolint:gosec // not more than the key has
	return string(k[size:end]), k[end:], nil
}

// scopeKey returns the key of a page's scope in its run.
func scopeKey(k ingest.PageKey) []byte { return text(k.Source, k.Scope) }

// pageKey returns the key of a page in its run: that of its scope, then its
// number, so that the pages of a scope are in order.
func pageKey(k ingest.PageKey) []byte {
	return binary.BigEndian.AppendUint64(scopeKey(k), uint64(k.Number)) //nolint:gosec // numbers count from 0
}

// decodePageKey reads the key of a page of a run.
func decodePageKey(run string, k []byte) (ingest.PageKey, error) {
	source, rest, err := cutText(k)
	if err != nil {
		return ingest.PageKey{}, err
	}
	scope, rest, err := cutText(rest)
	if err != nil {
		return ingest.PageKey{}, err
	}
	if len(rest) != 8 || binary.BigEndian.Uint64(rest) > math.MaxInt {
		return ingest.PageKey{}, errors.New("the key has no page number")
	}
	return ingest.PageKey{Run: run, Source: source, Scope: scope, Number: int(binary.BigEndian.Uint64(rest))}, nil //nolint:gosec // just checked
}
