package port

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"adoport/shared/ingest"
)

// upsertSplit writes entities and sets their outcomes. A request that is refused
// as a whole is sent again in halves, down to single entities, so that one bad
// entity does not fail the others.
func (c *Client) upsertSplit(ctx context.Context, blueprint string, items []encoded, outcomes []ingest.Outcome) error {
	err := c.upsertOnce(ctx, blueprint, items, outcomes)
	if err == nil {
		return nil
	}
	answer, about := aboutRequest(err)
	if !about {
		return fmt.Errorf("writing to blueprint %s: %w", quote(blueprint), err)
	}
	if half := len(items) / 2; half > 0 && tooMuch(answer) {
		if err := c.upsertSplit(ctx, blueprint, items[:half], outcomes[:half]); err != nil {
			return err
		}
		return c.upsertSplit(ctx, blueprint, items[half:], outcomes[half:])
	}
	for i, item := range items {
		if answer.Status == http.StatusNotFound {
			outcomes[i].Err = missingBlueprint(blueprint, err)
		} else {
			outcomes[i].Err = fmt.Errorf("writing %s %s: %w", blueprint, named(item.identifier), err)
		}
	}
	return nil
}

// bulkAnswer is the answer of the bulk route, 200 or 207 (OpenAPI document).
type bulkAnswer struct {
	Entities []struct {
		Index      *int   `json:"index"`
		Identifier string `json:"identifier"`
	} `json:"entities"`
	Errors []struct {
		Index      *int  `json:"index"`
		StatusCode int   `json:"statusCode"`
		Error      words `json:"error"`
		Message    words `json:"message"`
	} `json:"errors"`
}

// outcomes sets the outcome of every item, matched by index: Port gives the
// identifier of an entity that it did not find as "unknown". An item that the
// answer does not mention has failed; one that is in both lists too.
func (a *bulkAnswer) outcomes(blueprint, trace string, items []encoded, outcomes []ingest.Outcome) {
	for i, item := range items {
		outcomes[i].Err = &EntityError{
			Blueprint: blueprint, Identifier: item.identifier, TraceID: trace,
			Message: "Port's answer does not mention this entity",
		}
	}
	inside := func(index *int) bool { return index != nil && *index >= 0 && *index < len(items) }
	for _, e := range a.Entities {
		if e.Index == nil { // the identifiers of one batch are unique
			e.Index = new(slices.IndexFunc(items, func(item encoded) bool { return item.identifier == e.Identifier }))
		}
		if inside(e.Index) {
			outcomes[*e.Index].Err = nil
		}
	}
	for _, e := range a.Errors {
		if inside(e.Index) {
			outcomes[*e.Index].Err = &EntityError{
				Blueprint: blueprint, Identifier: items[*e.Index].identifier, TraceID: trace,
				Status: e.StatusCode, Code: string(e.Error), Message: string(e.Message),
			}
		}
	}
}
