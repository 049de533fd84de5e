package ingest

import (
	"fmt"
	"slices"
	"sync"

	"adoport/shared/mapping"
)

// maxSamples is how many failures a page keeps for people.
const maxSamples = 10

// tally adds up what happens to the items of one page. Its batches are brought
// to the catalog side by side.
type tally struct {
	mu       sync.Mutex
	counts   map[string]Counts
	keep     map[string][]uint64
	samples  []Sample
	unmapped int
	// passing is a failure of an entity that may well not come again.
	passing error
}

func newTally() *tally {
	return &tally{counts: map[string]Counts{}, keep: map[string][]uint64{}}
}

// count adds to the counts of a blueprint, or of the kind if it is "".
func (t *tally) count(blueprint string, c Counts) {
	t.mu.Lock()
	defer t.mu.Unlock()
	sum := t.counts[blueprint]
	sum.Add(c)
	t.counts[blueprint] = sum
}

func (t *tally) sample(s Sample) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.samples) < maxSamples {
		t.samples = append(t.samples, s)
	}
}

// fail counts one entity as failed. If a search names it, it is not known which
// one was seen.
func (t *tally) fail(e *mapping.Entity, where string, err error) {
	t.count(e.Blueprint, Counts{Failed: 1})
	t.sample(Sample{Item: e.Blueprint + "/" + e.Identifier, Where: where, Error: err.Error()})
	if e.Query != nil {
		t.unknown()
	}
	if isPassing(err) {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.passing = fmt.Errorf("writing %s/%s: %w", e.Blueprint, e.Identifier, err)
	}
}

// unknown counts an item whose entity could not be told.
func (t *tally) unknown() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.unmapped++
}

// see keeps an entity, and all that it refers to, from being pruned.
func (t *tally) see(e *mapping.Entity, b Blueprint) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if e.Identifier != "" {
		t.keep[e.Blueprint] = append(t.keep[e.Blueprint], Fingerprint(e.Identifier))
	}
	for name, value := range e.Relations {
		target := b.Relations[name].Target
		for _, id := range relatedIdentifiers(value) {
			t.keep[target] = append(t.keep[target], Fingerprint(id))
		}
	}
}

// page makes the page to save.
func (t *tally) page(key PageKey, next string, err error) Page {
	t.mu.Lock()
	defer t.mu.Unlock()
	p := Page{PageKey: key, Next: next, Counts: t.counts, Keep: map[string][]uint64{}, Unmapped: t.unmapped, Samples: t.samples}
	for blueprint, all := range t.keep {
		p.Keep[blueprint] = slices.Clip(newFingerprints(all))
	}
	if err != nil {
		p.Next, p.Error = "", err.Error()
	}
	return p
}

// relatedIdentifiers lists the identifiers in a relation's value: one, or a
// list. A search object names none.
func relatedIdentifiers(value any) []string {
	switch v := value.(type) {
	case string:
		return []string{v}
	case []any:
		var ids []string
		for _, element := range v {
			if id, ok := element.(string); ok {
				ids = append(ids, id)
			}
		}
		return ids
	default:
		return nil
	}
}
