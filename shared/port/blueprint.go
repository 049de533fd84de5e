package port

import (
	"context"
	"fmt"
	"net/http"

	"adoport/shared/ingest"
)

// Blueprints returns all blueprints of the organization by identifier.
func (c *Client) Blueprints(ctx context.Context) (map[string]ingest.Blueprint, error) {
	var answer struct {
		Blueprints []map[string]any `json:"blueprints"`
	}
	if _, err := c.call(ctx, http.MethodGet, path("blueprints"), nil, &answer); err != nil {
		return nil, fmt.Errorf("listing blueprints: %w", err)
	}
	if answer.Blueprints == nil {
		return nil, fmt.Errorf("listing blueprints: the answer has none; is %s Port's API?", c.base)
	}
	blueprints := make(map[string]ingest.Blueprint, len(answer.Blueprints))
	for _, raw := range answer.Blueprints {
		b := readBlueprint(raw)
		blueprints[b.Identifier] = b
	}
	return blueprints, nil
}

// readBlueprint takes what we use of a blueprint and overlooks what has a type
// that we do not expect: most blueprints of an organization are not ours, and
// theirs MUST NOT stop us.
func readBlueprint(raw map[string]any) ingest.Blueprint {
	b := ingest.Blueprint{
		Identifier: text(raw, "identifier"), Title: text(raw, "title"),
		Icon: text(raw, "icon"), Description: text(raw, "description"),
		Schema:    ingest.BlueprintSchema{Properties: map[string]ingest.Property{}},
		Relations: map[string]ingest.Relation{},
	}
	schema := object(raw, "schema")
	required, _ := schema["required"].([]any)
	for _, name := range required {
		if s, ok := name.(string); ok {
			b.Schema.Required = append(b.Schema.Required, s)
		}
	}
	properties := object(schema, "properties")
	for name := range properties {
		p := object(properties, name)
		b.Schema.Properties[name] = ingest.Property{
			Title: text(p, "title"), Description: text(p, "description"),
			Type: text(p, "type"), Format: text(p, "format"),
		}
	}
	relations := object(raw, "relations")
	for name := range relations {
		r := object(relations, name)
		required, _ := r["required"].(bool)
		many, _ := r["many"].(bool)
		b.Relations[name] = ingest.Relation{
			Title: text(r, "title"), Target: text(r, "target"), Required: required, Many: many,
		}
	}
	return b
}

func text(m map[string]any, key string) string {
	s, _ := m[key].(string)
	return s
}

func object(m map[string]any, key string) map[string]any {
	o, _ := m[key].(map[string]any)
	return o
}

// newBlueprint is the body of a blueprint to create: what the API wants to be
// there is there, if empty.
type newBlueprint struct {
	ingest.Blueprint
	MirrorProperties      struct{} `json:"mirrorProperties"`
	CalculationProperties struct{} `json:"calculationProperties"`
	AggregationProperties struct{} `json:"aggregationProperties"`
}

// CreateBlueprint creates b. It wraps ingest.ErrExists if there is one of that
// identifier.
func (c *Client) CreateBlueprint(ctx context.Context, b ingest.Blueprint) error {
	if err := CheckBlueprintIdentifier(b.Identifier); err != nil {
		return err
	}
	if b.Schema.Properties == nil {
		b.Schema.Properties = map[string]ingest.Property{}
	}
	if b.Schema.Required == nil {
		b.Schema.Required = []string{}
	}
	if b.Relations == nil {
		b.Relations = map[string]ingest.Relation{}
	}
	err := c.callJSON(ctx, http.MethodPost, path("blueprints"), newBlueprint{Blueprint: b}, nil)
	if err == nil {
		return nil
	}
	if c.exists(ctx, b.Identifier, err) {
		return fmt.Errorf("creating blueprint %s: %w: %w", quote(b.Identifier), ingest.ErrExists, err)
	}
	return fmt.Errorf("creating blueprint %s: %w", quote(b.Identifier), err)
}

// exists reports whether a refused creation was refused because the blueprint
// is there: 409 says so; 422 says it too, but also says other things, so the
// blueprint is asked for.
func (c *Client) exists(ctx context.Context, identifier string, refused error) bool {
	answer, about := aboutRequest(refused)
	if !about || answer.Status != http.StatusConflict && answer.Status != http.StatusUnprocessableEntity {
		return false
	}
	if answer.Status == http.StatusConflict {
		return true
	}
	_, err := c.call(ctx, http.MethodGet, path("blueprints", identifier), nil, nil)
	return err == nil
}
