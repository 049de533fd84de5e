package record

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"adoport/shared/ingest"
	"adoport/shared/versioned"
)

// fingerprintSize is what one takes in a record.
const fingerprintSize = 8

// pageHead is a page without its fingerprints, as JSON. The record of a page is
// the version, the length of the head, the head, and then the fingerprints of
// all blueprints in the head's order, 8 bytes each.
type pageHead struct {
	Source   string                   `json:"source"`
	Scope    string                   `json:"scope"`
	Number   int                      `json:"number"`
	Next     string                   `json:"next,omitempty"`
	Counts   map[string]ingest.Counts `json:"counts,omitempty"`
	Keep     []keptOf                 `json:"keep,omitempty"`
	Error    string                   `json:"error,omitempty"`
	Unmapped int                      `json:"unmapped,omitempty"`
	Samples  []ingest.Sample          `json:"samples,omitempty"`
}

// keptOf says how many fingerprints of a blueprint there are.
type keptOf struct {
	Blueprint string `json:"blueprint"`
	Count     int    `json:"count"`
}

// EncodePage returns the record of a page. Its run is not in it.
func EncodePage(p ingest.Page) ([]byte, error) {
	head := pageHead{
		Source: p.Source, Scope: p.Scope, Number: p.Number,
		Next: p.Next, Counts: p.Counts, Error: p.Error, Unmapped: p.Unmapped, Samples: p.Samples,
	}
	total := 0
	for _, blueprint := range slices.Sorted(maps.Keys(p.Keep)) {
		n := len(p.Keep[blueprint])
		head.Keep = append(head.Keep, keptOf{blueprint, n})
		total += n
	}
	text, err := json.Marshal(head)
	if err != nil {
		return nil, fmt.Errorf("encoding page %+v: %w", p.PageKey, err)
	}
	b := make([]byte, 0, 1+binary.MaxVarintLen64+len(text)+total*fingerprintSize)
	b = append(b, Version)
	b = binary.AppendUvarint(b, uint64(len(text)))
	b = append(b, text...)
	for _, k := range head.Keep {
		for _, fingerprint := range p.Keep[k.Blueprint] {
			b = binary.LittleEndian.AppendUint64(b, fingerprint)
		}
	}
	return b, nil
}

// DecodePage reads a record of EncodePage, of a page of that run. An error if it
// is none, is of another version or is damaged. Counts and Keep of the page are
// not nil. It shares no memory with the record.
func DecodePage(run string, b []byte) (ingest.Page, error) {
	head, packed, err := decodeHead(b)
	if err != nil {
		return ingest.Page{}, fmt.Errorf("decoding a page of run %q: %w", run, err)
	}
	p := ingest.Page{
		PageKey: ingest.PageKey{Run: run, Source: head.Source, Scope: head.Scope, Number: head.Number},
		Next:    head.Next, Counts: head.Counts, Error: head.Error, Unmapped: head.Unmapped, Samples: head.Samples,
		Keep: make(map[string][]uint64, len(head.Keep)),
	}
	for _, k := range head.Keep {
		size := k.Count * fingerprintSize
		p.Keep[k.Blueprint] = unpack(packed[:size])
		packed = packed[size:]
	}
	if p.Counts == nil {
		p.Counts = map[string]ingest.Counts{}
	}
	return p, nil
}

// decodeHead reads the head of a page's record, and checks that it fits the
// fingerprints that follow.
func decodeHead(b []byte) (head pageHead, packed []byte, _ error) {
	body, err := versioned.Body(Version, b)
	if err != nil {
		return pageHead{}, nil, err
	}
	n, size := binary.Uvarint(body)
	if size <= 0 || n > uint64(len(body)-size) {
		return pageHead{}, nil, errors.New("the record's head is damaged")
	}
	body = body[size:]
	if err := json.Unmarshal(body[:n], &head); err != nil {
		return pageHead{}, nil, err
	}
	packed = body[n:]
	left := len(packed)
	for _, k := range head.Keep {
		if k.Count < 0 || k.Count > left/fingerprintSize {
			return pageHead{}, nil, errors.New("the record has fewer fingerprints than it says")
		}
		left -= k.Count * fingerprintSize
	}
	if left != 0 {
		return pageHead{}, nil, errors.New("the record has more fingerprints than it says")
	}
	return head, packed, nil
}

func unpack(packed []byte) []uint64 {
	list := make([]uint64, len(packed)/fingerprintSize)
	for i := range list {
		list[i] = binary.LittleEndian.Uint64(packed[i*fingerprintSize:])
	}
	return list
}
