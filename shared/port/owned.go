package port

import (
	"context"
	"iter"
	"slices"

	"adoport/shared/ingest"
)

// ownedMax is how many identifiers one search of FindOwned has: its answer holds
// whole entities.
const ownedMax = 100

// ours are the rules that hold for what this instance wrote last: Port makes the
// $datasource of the writer's User-Agent.
func (c *Client) ours() []rule {
	return []rule{
		{Property: "$datasource", Operator: "contains", Value: product},
		{Property: "$datasource", Operator: "contains", Value: instanceMark(c.o.Instance)},
	}
}

// Owned yields, in pages of up to 1,000, identifier and UpdatedAt of the entities
// of a blueprint that this instance wrote last. It ends at the first error.
func (c *Client) Owned(ctx context.Context, blueprint string) iter.Seq2[[]ingest.Stored, error] {
	return c.search(ctx, blueprint, search{Query: all(c.ours()...), Include: []string{"identifier", "updatedAt"}})
}

// FindOwned returns those of the identified entities that exist and that this
// instance wrote last. It asks for whole entities, not for fields, so that
// UpdatedAt is there.
func (c *Client) FindOwned(ctx context.Context, blueprint string, identifiers []string) (map[string]ingest.Stored, error) {
	entities := make(map[string]ingest.Stored, len(identifiers))
	for part := range slices.Chunk(c.possible(identifiers), ownedMax) {
		s := search{Query: all(append(c.ours(), identifierIn(part))...)}
		for page, err := range c.search(ctx, blueprint, s) {
			if err != nil {
				return nil, err
			}
			for _, e := range page {
				if slices.Contains(part, e.Identifier) {
					entities[e.Identifier] = e
				}
			}
		}
	}
	return entities, nil
}
