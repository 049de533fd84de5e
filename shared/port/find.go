package port

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"adoport/shared/ingest"
)

// How many identifiers one search has. Port does not say what an "in" rule may
// carry; what it refuses is halved down to findMin.
const (
	findMax = 1000
	findMin = 50
)

// findKey is what searches must have in common to share a request. fields is
// sorted, with a space between them: no field has one.
type findKey struct{ blueprint, fields string }

// found is the answer for one identifier.
type found struct {
	stored ingest.Stored
	exists bool
}

// newFinds merges the searches of concurrent callers, by blueprint and fields.
func newFinds(c *Client, linger time.Duration) *batcher[findKey, string, found] {
	const frame = 64 << 10 // for the rest of the body; fields are the most of it
	return &batcher[findKey, string, found]{
		maxItems: findMax, maxBytes: maxBody - frame, linger: linger,
		size:     encodedSize,
		identity: func(string) string { return "" },
		send:     c.findBatch,
	}
}

// encodedSize is what an identifier takes in a JSON array.
func encodedSize(identifier string) int {
	b, err := json.Marshal(identifier)
	if err != nil {
		return maxBody // a string always encodes
	}
	return len(b) + len(",")
}

// Find returns those of the identified entities that exist, with the given
// fields and UpdatedAt. Identifiers that Port would refuse do not exist. Entities
// MUST NOT be changed: another caller may have the same. Searches of other calls
// may share its requests. A blueprint that is not there is a
// *BlueprintMissingError, which wraps ingest.ErrNotFound.
func (c *Client) Find(ctx context.Context, blueprint string, identifiers, fields []string) (map[string]ingest.Stored, error) {
	fields = slices.Clone(fields)
	slices.Sort(fields)
	wanted := c.possible(identifiers)
	results, err := c.finds.do(ctx, findKey{blueprint, strings.Join(slices.Compact(fields), " ")}, wanted)
	if err != nil {
		return nil, err
	}
	entities := make(map[string]ingest.Stored, len(results))
	for i, r := range results {
		if r.exists {
			entities[wanted[i]] = r.stored
		}
	}
	return entities, nil
}

// possible returns the identifiers that can exist, each once: one bad value
// would have the whole search refused.
func (c *Client) possible(identifiers []string) []string {
	wanted := make([]string, 0, len(identifiers))
	seen := make(map[string]bool, len(identifiers))
	for _, id := range identifiers {
		if !seen[id] && c.CheckIdentifier(id) == nil {
			wanted = append(wanted, id)
		}
		seen[id] = true
	}
	return wanted
}

func (c *Client) findBatch(ctx context.Context, key findKey, identifiers []string) ([]found, error) {
	entities := make(map[string]ingest.Stored, len(identifiers))
	unique := slices.Clone(identifiers)
	slices.Sort(unique)
	for part := range slices.Chunk(slices.Compact(unique), int(c.findable.Load())) {
		if err := c.findSplit(ctx, key, part, entities); err != nil {
			return nil, err
		}
	}
	results := make([]found, len(identifiers))
	for i, id := range identifiers {
		results[i].stored, results[i].exists = entities[id]
	}
	return results, nil
}

// findSplit adds what exists of identifiers to entities. A search that is
// refused is tried in halves; the size that passes is remembered.
func (c *Client) findSplit(ctx context.Context, key findKey, identifiers []string, entities map[string]ingest.Stored) error {
	err := c.findOnce(ctx, key, identifiers, entities)
	if err == nil || len(identifiers) <= findMin {
		return err
	}
	if answer, about := aboutRequest(err); !about || !tooMuch(answer) {
		return err
	}
	half := max((len(identifiers)+1)/2, findMin)
	if err := c.findSplit(ctx, key, identifiers[:half], entities); err != nil {
		return err
	}
	c.learn(half)
	return c.findSplit(ctx, key, identifiers[half:], entities)
}

// learn lowers how many identifiers the next searches begin with.
func (c *Client) learn(n int) {
	for {
		old := c.findable.Load()
		if int64(n) >= old || c.findable.CompareAndSwap(old, int64(n)) {
			return
		}
	}
}

func (c *Client) findOnce(ctx context.Context, key findKey, identifiers []string, entities map[string]ingest.Stored) error {
	include := append([]string{"identifier"}, strings.Fields(key.fields)...)
	s := search{Query: all(identifierIn(identifiers)), Include: append(include, "updatedAt")}
	left := make(map[string]bool, len(identifiers))
	for _, id := range identifiers {
		left[id] = true
	}
	for page, err := range c.search(ctx, key.blueprint, s) {
		if err != nil {
			return err
		}
		for _, e := range page {
			if left[e.Identifier] {
				entities[e.Identifier] = e
				delete(left, e.Identifier)
			}
		}
		if len(left) == 0 {
			break
		}
	}
	return nil
}
