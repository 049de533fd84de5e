package port

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"adoport/shared/ingest"
	"adoport/shared/mapping"
)

// newUpserts merges the upserts of concurrent callers, by blueprint.
func newUpserts(c *Client, linger time.Duration) *batcher[string, encoded, ingest.Outcome] {
	return &batcher[string, encoded, ingest.Outcome]{
		maxItems: maxUpserts, maxBytes: maxBody - len(bodyStart) - len(bodyEnd) + len(","), linger: linger,
		size:     func(e encoded) int { return len(e.body) + len(",") },
		identity: func(e encoded) string { return e.identity },
		send:     c.upsertBatch,
	}
}

// Upsert writes entities into one blueprint. Entities of other calls may share
// its requests. An outcome's error is an *IdentifierError, a *TooLargeError, an
// *EntityError, a *BlueprintMissingError, or wraps a *transport.StatusError (4xx);
// what was transient has been tried again already. err is for what is not about
// any entity: *ingest.AuthError, *ingest.ThrottledError, ctx's error, or a
// service that does not answer (5xx, broken connections); then some entities may
// be written, and writing them again is safe.
func (c *Client) Upsert(ctx context.Context, blueprint string, entities []mapping.Entity) ([]ingest.Outcome, error) {
	outcomes := make([]ingest.Outcome, len(entities))
	if err := CheckBlueprintIdentifier(blueprint); err != nil {
		for i := range outcomes {
			outcomes[i].Err = err
		}
		return outcomes, nil
	}
	items := make([]encoded, 0, len(entities))
	index := make([]int, 0, len(entities))
	for i, e := range entities {
		item, err := c.encode(e)
		if err != nil {
			outcomes[i].Err = err
			continue
		}
		items, index = append(items, item), append(index, i)
	}
	results, err := c.upserts.do(ctx, blueprint, items)
	if err != nil {
		return nil, err
	}
	for i, r := range results {
		outcomes[index[i]] = r
	}
	return outcomes, nil
}

// upsertBatch writes entities that fit into one request, and those of them
// again that fail for a passing reason: first together, then each alone, for two
// of them may be each other's reason.
func (c *Client) upsertBatch(ctx context.Context, blueprint string, items []encoded) ([]ingest.Outcome, error) {
	outcomes := make([]ingest.Outcome, len(items))
	if err := c.upsertSplit(ctx, blueprint, items, outcomes); err != nil {
		return nil, err
	}
	for try := 1; try < c.o.Retry.Attempts; try++ {
		again := transients(outcomes)
		if len(again) == 0 {
			break
		}
		if err := c.o.Retry.Wait(ctx, try); err != nil {
			return nil, err
		}
		step := 1
		if try == 1 {
			step = len(again)
		}
		for ; len(again) > 0; again = again[step:] {
			if err := c.upsertPicked(ctx, blueprint, items, outcomes, again[:step]); err != nil {
				return nil, err
			}
		}
	}
	return outcomes, nil
}

func transients(outcomes []ingest.Outcome) []int {
	var indexes []int
	for i, o := range outcomes {
		var e *EntityError
		if errors.As(o.Err, &e) && e.Transient() {
			indexes = append(indexes, i)
		}
	}
	return indexes
}

func (c *Client) upsertPicked(ctx context.Context, blueprint string, items []encoded, outcomes []ingest.Outcome, picked []int) error {
	part := make([]encoded, len(picked))
	for i, p := range picked {
		part[i] = items[p]
	}
	results := make([]ingest.Outcome, len(picked))
	if err := c.upsertSplit(ctx, blueprint, part, results); err != nil {
		return err
	}
	for i, p := range picked {
		outcomes[p] = results[i]
	}
	return nil
}

// upsertPath is the bulk route with the parameters of the client.
func (c *Client) upsertPath(blueprint string) string {
	query := url.Values{
		"upsert":                          {"true"},
		"merge":                           {strconv.FormatBool(c.o.Merge)},
		"create_missing_related_entities": {strconv.FormatBool(c.o.CreateMissingRelated)},
	}
	return path("blueprints", blueprint, "entities", "bulk") + "?" + query.Encode()
}

// upsertOnce sends one request.
func (c *Client) upsertOnce(ctx context.Context, blueprint string, items []encoded, outcomes []ingest.Outcome) error {
	var answer bulkAnswer
	h, err := c.call(ctx, http.MethodPost, c.upsertPath(blueprint), joinBody(items), &answer)
	if err != nil {
		return err
	}
	answer.outcomes(blueprint, h.Get(traceHeader), items, outcomes)
	return nil
}

func joinBody(items []encoded) []byte {
	size := len(bodyStart) + len(bodyEnd)
	for _, item := range items {
		size += len(item.body) + len(",")
	}
	b := append(make([]byte, 0, size), bodyStart...)
	for i, item := range items {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, item.body...)
	}
	return append(b, bodyEnd...)
}
