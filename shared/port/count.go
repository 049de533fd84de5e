package port

import (
	"context"
	"errors"
	"fmt"
	"net/http"
)

// Count returns how many entities a blueprint has, whoever wrote them (API
// reference, "Get a blueprint's entities count").
func (c *Client) Count(ctx context.Context, blueprint string) (int, error) {
	var answer struct {
		Count *int `json:"count"`
	}
	_, err := c.call(ctx, http.MethodGet, path("blueprints", blueprint, "entities-count"), nil, &answer)
	if err == nil && answer.Count == nil {
		err = errors.New("the answer has no count")
	}
	if err != nil {
		return 0, fmt.Errorf("counting the entities of %s: %w", quote(blueprint), missingBlueprint(blueprint, err))
	}
	return *answer.Count, nil
}
