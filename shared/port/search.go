package port

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"time"

	"adoport/shared/ingest"
)

// searchPage is the most entities that one page of a search can have (OpenAPI
// document; 200 if not said).
const searchPage = 1000

// search is the body of the paged search of one blueprint.
type search struct {
	Query   query           `json:"query"`
	Include []string        `json:"include,omitempty"`
	Limit   int             `json:"limit"`
	From    json.RawMessage `json:"from,omitempty"`
}

type query struct {
	Combinator string `json:"combinator"`
	Rules      []rule `json:"rules"`
}

type rule struct {
	Property string `json:"property"`
	Operator string `json:"operator"`
	Value    any    `json:"value"`
}

// all is the query whose rules must all hold.
func all(rules ...rule) query { return query{Combinator: "and", Rules: rules} }

func identifierIn(identifiers []string) rule {
	return rule{Property: "$identifier", Operator: "in", Value: identifiers}
}

// searchAnswer is one page. Next is the cursor to pass as from; absent, null or
// "" at the end.
type searchAnswer struct {
	Entities *[]wireEntity   `json:"entities"`
	Next     json.RawMessage `json:"next"`
}

func (a *searchAnswer) last() bool {
	switch string(a.Next) {
	case "", "null", `""`:
		return true
	default:
		return false
	}
}

// search yields the pages of a search, empty ones left out. It ends at the first
// error. A cursor that comes again is an error: following it would never end,
// and stopping would take a part for the whole.
func (c *Client) search(ctx context.Context, blueprint string, s search) iter.Seq2[[]ingest.Stored, error] {
	return func(yield func([]ingest.Stored, error) bool) {
		s.Limit = searchPage
		seen := map[string]bool{}
		for {
			page, next, err := c.searchOnce(ctx, blueprint, s)
			if err != nil {
				yield(nil, fmt.Errorf("searching blueprint %s: %w", quote(blueprint), missingBlueprint(blueprint, err)))
				return
			}
			if len(page) > 0 && !yield(page, nil) || next == nil {
				return
			}
			if seen[string(next)] {
				yield(nil, fmt.Errorf("searching blueprint %s: Port gave the same cursor twice", quote(blueprint)))
				return
			}
			seen[string(next)] = true
			s.From = next
		}
	}
}

// searchOnce reads one page; next is nil at the end.
func (c *Client) searchOnce(ctx context.Context, blueprint string, s search) (page []ingest.Stored, next json.RawMessage, _ error) {
	if err := CheckBlueprintIdentifier(blueprint); err != nil {
		return nil, nil, err
	}
	var answer searchAnswer
	if err := c.callJSON(ctx, http.MethodPost, path("blueprints", blueprint, "entities", "search"), s, &answer); err != nil {
		return nil, nil, err
	}
	page, err := answer.stored()
	if err != nil {
		return nil, nil, fmt.Errorf("reading Port's answer: %w", err)
	}
	if !answer.last() {
		next = answer.Next
	}
	return page, next, nil
}

func (a *searchAnswer) stored() ([]ingest.Stored, error) {
	if a.Entities == nil {
		return nil, errors.New("it has no entities")
	}
	page := make([]ingest.Stored, 0, len(*a.Entities))
	for _, e := range *a.Entities {
		s, err := e.stored()
		if err != nil {
			return nil, err
		}
		page = append(page, s)
	}
	return page, nil
}

// wireEntity is an entity in an answer.
type wireEntity struct {
	Identifier string         `json:"identifier"`
	Title      any            `json:"title"`
	Icon       any            `json:"icon"`
	Team       any            `json:"team"`
	Properties map[string]any `json:"properties"`
	Relations  map[string]any `json:"relations"`
	UpdatedAt  any            `json:"updatedAt"`
}

func (e *wireEntity) stored() (ingest.Stored, error) {
	if e.Identifier == "" {
		return ingest.Stored{}, errors.New("an entity without an identifier")
	}
	s := ingest.Stored{
		Identifier: e.Identifier, Title: e.Title, Icon: e.Icon, Team: e.Team,
		Properties: emptyIfNil(e.Properties), Relations: emptyIfNil(e.Relations),
	}
	// What cannot be read is not known, and what is not known is not deleted.
	if text, ok := e.UpdatedAt.(string); ok {
		s.UpdatedAt, _ = time.Parse(time.RFC3339, text) // takes fractions too
	}
	return s, nil
}
