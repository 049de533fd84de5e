package port

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"adoport/shared/ingest"
)

// ExtendBlueprint adds the properties and relations of missing that its blueprint
// lacks. What is there stays as it is, of whatever type: the rest is sent back
// to Port as Port gave it. If nothing is missing, nothing is sent. It wraps
// ingest.ErrNotFound if there is no such blueprint.
func (c *Client) ExtendBlueprint(ctx context.Context, missing ingest.Blueprint) error {
	if err := c.extend(ctx, missing); err != nil {
		return fmt.Errorf("extending blueprint %s: %w", quote(missing.Identifier), missingBlueprint(missing.Identifier, err))
	}
	return nil
}

func (c *Client) extend(ctx context.Context, missing ingest.Blueprint) error {
	if err := CheckBlueprintIdentifier(missing.Identifier); err != nil {
		return err
	}
	route := path("blueprints", missing.Identifier)
	var answer struct {
		Blueprint map[string]any `json:"blueprint"`
	}
	if _, err := c.call(ctx, http.MethodGet, route, nil, &answer); err != nil {
		return err
	}
	if answer.Blueprint == nil {
		return errors.New("the answer has no blueprint")
	}
	schema, err := part(answer.Blueprint, "schema")
	if err != nil {
		return err
	}
	properties, err := part(schema, "properties")
	if err != nil {
		return err
	}
	relations, err := part(answer.Blueprint, "relations")
	if err != nil {
		return err
	}
	added := addMissing(properties, missing.Schema.Properties) + addMissing(relations, missing.Relations)
	if added == 0 {
		return nil
	}
	return c.callJSON(ctx, http.MethodPatch, route, map[string]any{"schema": schema, "relations": relations}, nil)
}

// part returns the object under key, a new empty one if there is none. An object
// that we cannot read MUST NOT be replaced.
func part(m map[string]any, key string) (map[string]any, error) {
	if m[key] == nil {
		m[key] = map[string]any{}
	}
	o, ok := m[key].(map[string]any)
	if !ok {
		return nil, fmt.Errorf("the blueprint's %s is no object", key)
	}
	return o, nil
}

// addMissing adds what has lacks and returns how many that were.
func addMissing[V any](has map[string]any, missing map[string]V) int {
	added := 0
	for name, v := range missing {
		if _, ok := has[name]; !ok {
			has[name] = v
			added++
		}
	}
	return added
}
