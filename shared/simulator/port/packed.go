package port

import (
	"encoding/binary"
	"iter"
	"maps"
	"slices"
	"strings"
)

// fieldset is a decoded entity body, flat: "title", "icon", "team",
// "properties.x", "relations.y". A cleared field is absent.
type fieldset map[string]any

const (
	propertyPrefix = "properties."
	relationPrefix = "relations."
)

// texts numbers strings that many records share.
type texts struct {
	ids  map[string]uint32
	list []string
}

func (t *texts) id(s string) uint32 {
	if id, ok := t.ids[s]; ok {
		return id
	}
	if t.ids == nil {
		t.ids = map[string]uint32{}
	}
	id := uint32(len(t.list))
	t.ids[s] = id
	t.list = append(t.list, s)
	return id
}

// pack encodes a fieldset as (number of the field's name, length, JSON) triples
// in order of the names: a million entities fit in memory, and a search with
// include copies the wanted values without parsing any.
func (t *texts) pack(f fieldset) string {
	var dst, value []byte
	for _, name := range slices.Sorted(maps.Keys(f)) {
		value = appendValue(value[:0], f[name])
		dst = binary.AppendUvarint(dst, uint64(t.id(name)))
		dst = binary.AppendUvarint(dst, uint64(len(value)))
		dst = append(dst, value...)
	}
	return string(dst)
}

func (t *texts) unpack(packed string) fieldset {
	f := fieldset{}
	for id, raw := range packedFields(packed) {
		f[t.list[id]] = decodeValue(raw)
	}
	return f
}

// lookup returns the JSON of one field, "" if it is not set.
func (t *texts) lookup(packed, name string) string {
	want, known := t.ids[name]
	if !known {
		return ""
	}
	for id, raw := range packedFields(packed) {
		if id == want {
			return raw
		}
	}
	return ""
}

// packedFields yields the number of each field's name and its JSON.
func packedFields(packed string) iter.Seq2[uint32, string] {
	return func(yield func(uint32, string) bool) {
		for packed != "" {
			id, n := uvarint(packed)
			packed = packed[n:]
			size, n := uvarint(packed)
			raw := packed[n : n+int(size)]
			packed = packed[n+int(size):]
			if !yield(uint32(id), raw) {
				return
			}
		}
	}
}

// uvarint is binary.Uvarint on a string that is known to hold one.
func uvarint(s string) (value uint64, size int) {
	for shift := 0; ; shift += 7 {
		b := s[size]
		size++
		value |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return value, size
		}
	}
}

// group splits a field's name: "properties.x" is x of "properties", "title" is
// title of "".
func group(name string) (of, key string) {
	if key, ok := strings.CutPrefix(name, propertyPrefix); ok {
		return "properties", key
	}
	if key, ok := strings.CutPrefix(name, relationPrefix); ok {
		return "relations", key
	}
	return "", name
}
