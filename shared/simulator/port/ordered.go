package port

import (
	"iter"
	"slices"
	"sort"
	"strings"
)

// chunkSize bounds what one insert moves.
const chunkSize = 512

// ordered keeps records sorted by identifier, in chunks, so that inserting,
// removing and going on after an identifier each cost little at any size.
//
// Invariant: no chunk is empty, and the identifiers ascend across all chunks.
type ordered struct {
	chunks [][]*record
}

// chunkOf returns the last chunk whose first identifier is not above id, the
// first chunk if there is none.
func (o *ordered) chunkOf(id string) int {
	after := sort.Search(len(o.chunks), func(i int) bool { return o.chunks[i][0].id > id })
	return max(after-1, 0)
}

func search(chunk []*record, id string) (int, bool) {
	return slices.BinarySearchFunc(chunk, id, func(r *record, id string) int { return strings.Compare(r.id, id) })
}

// insert adds a record whose identifier MUST NOT be there.
func (o *ordered) insert(r *record) {
	if len(o.chunks) == 0 {
		o.chunks = append(o.chunks, []*record{r})
		return
	}
	c := o.chunkOf(r.id)
	at, _ := search(o.chunks[c], r.id)
	chunk := slices.Insert(o.chunks[c], at, r)
	o.chunks[c] = chunk
	if len(chunk) <= chunkSize {
		return
	}
	// Ascending inserts leave full chunks behind them, others half-full ones.
	cut := chunkSize / 2
	if at == chunkSize {
		cut = chunkSize
	}
	right := slices.Clone(chunk[cut:])
	clear(chunk[cut:])
	o.chunks[c] = chunk[:cut]
	o.chunks = slices.Insert(o.chunks, c+1, right)
}

func (o *ordered) remove(id string) {
	if len(o.chunks) == 0 {
		return
	}
	c := o.chunkOf(id)
	at, found := search(o.chunks[c], id)
	if !found {
		return
	}
	o.chunks[c] = slices.Delete(o.chunks[c], at, at+1)
	if len(o.chunks[c]) == 0 {
		o.chunks = slices.Delete(o.chunks, c, c+1)
	}
}

// after yields the records whose identifier is above id, in order.
func (o *ordered) after(id string) iter.Seq[*record] {
	return func(yield func(*record) bool) {
		if len(o.chunks) == 0 {
			return
		}
		first := o.chunkOf(id)
		for c := first; c < len(o.chunks); c++ {
			chunk := o.chunks[c]
			if c == first {
				at, found := search(chunk, id)
				if found {
					at++
				}
				chunk = chunk[at:]
			}
			for _, r := range chunk {
				if !yield(r) {
					return
				}
			}
		}
	}
}
