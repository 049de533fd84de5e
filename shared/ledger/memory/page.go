package memory

import (
	"maps"
	"slices"

	"adoport/shared/ingest"
)

// scopeKey names a scope of a run.
type scopeKey struct{ source, scope string }

// pageKey names a page of a run.
type pageKey struct {
	scopeKey
	number int
}

func scopeOf(k ingest.PageKey) scopeKey { return scopeKey{k.Source, k.Scope} }

func keyOf(k ingest.PageKey) pageKey { return pageKey{scopeOf(k), k.Number} }

// page is an ingest.Page in less memory: it has a few blueprints, so lists cost
// a quarter of what maps do.
type page struct {
	next     string
	failed   string
	unmapped int
	counts   []countsOf
	keep     []keepOf
	samples  []ingest.Sample
}

type countsOf struct {
	blueprint string
	counts    ingest.Counts
}

type keepOf struct {
	blueprint    string
	fingerprints []uint64
}

// pack returns a copy of p without its key.
func pack(p ingest.Page) *page {
	packed := &page{
		next:     p.Next,
		failed:   p.Error,
		unmapped: p.Unmapped,
		counts:   make([]countsOf, 0, len(p.Counts)),
		keep:     make([]keepOf, 0, len(p.Keep)),
		samples:  exact(p.Samples),
	}
	for blueprint, counts := range p.Counts {
		packed.counts = append(packed.counts, countsOf{blueprint, counts})
	}
	for blueprint, fingerprints := range p.Keep {
		packed.keep = append(packed.keep, keepOf{blueprint, exact(fingerprints)})
	}
	return packed
}

// unpack returns the page of that key, as a copy.
func (p *page) unpack(key ingest.PageKey) ingest.Page {
	page := ingest.Page{
		PageKey:  key,
		Next:     p.next,
		Error:    p.failed,
		Unmapped: p.unmapped,
		Counts:   make(map[string]ingest.Counts, len(p.counts)),
		Keep:     make(map[string][]uint64, len(p.keep)),
		Samples:  slices.Clone(p.samples),
	}
	for _, c := range p.counts {
		page.Counts[c.blueprint] = c.counts
	}
	for _, k := range p.keep {
		page.Keep[k.blueprint] = slices.Clone(k.fingerprints)
	}
	return page
}

// exact returns a copy without spare capacity, nil of an empty list.
func exact[T any](list []T) []T {
	if len(list) == 0 {
		return nil
	}
	c := make([]T, len(list))
	copy(c, list)
	return c
}

// clonePrunes returns outcomes that share no memory that can change with m.
func clonePrunes(m map[string]ingest.PruneOutcome) map[string]ingest.PruneOutcome {
	c := maps.Clone(m)
	for blueprint, p := range c {
		c[blueprint] = clonePrune(p)
	}
	return c
}

func clonePrune(p ingest.PruneOutcome) ingest.PruneOutcome {
	p.Samples = slices.Clone(p.Samples)
	return p
}
