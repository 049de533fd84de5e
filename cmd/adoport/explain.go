package main

import (
	"context"
	"encoding/json"
	"fmt"

	"adoport/shared/ingest"
	"adoport/shared/mapping"
)

// explained is what one resource makes of one item: a document of mapping
// explain.
type explained struct {
	Resource    string                `json:"resource"`
	Item        json.RawMessage       `json:"item"`
	Expressions []explainedExpression `json:"expressions"`
	Skipped     bool                  `json:"skipped"`
	Entities    []explainedEntity     `json:"entities"`
}

type explainedExpression struct {
	Path       string `json:"path"`
	Expression string `json:"expression"`
	// Element is the index of the element of itemsToParse, absent for the item.
	Element *int   `json:"element,omitempty"`
	Value   any    `json:"value"`
	Error   string `json:"error,omitempty"`
}

type explainedEntity struct {
	Blueprint  string         `json:"blueprint"`
	Identifier any            `json:"identifier"`
	Title      any            `json:"title,omitempty"`
	Icon       any            `json:"icon,omitempty"`
	Team       any            `json:"team,omitempty"`
	Properties map[string]any `json:"properties"`
	Relations  map[string]any `json:"relations"`
}

// explainItem shows an item to every resource of a source. Expressions may write
// into the item, so each resource gets its own.
func explainItem(ctx context.Context, source ingest.Source, item ingest.Item) []explained {
	original, err := json.Marshal(item.Value)
	if err != nil {
		return nil
	}
	var all []explained
	for _, r := range source.Resources {
		x := r.Explain(ctx, item.Value)
		d := explained{
			Resource: r.Position(), Item: original, Skipped: len(x.Result.Entities) == 0,
			Expressions: []explainedExpression{}, Entities: []explainedEntity{},
		}
		for _, s := range x.Steps {
			e := explainedExpression{Path: s.Path, Expression: s.Expression, Value: s.Value, Error: s.Err}
			if s.Element >= 0 {
				e.Element = &s.Element
			}
			d.Expressions = append(d.Expressions, e)
		}
		for _, e := range x.Result.Entities {
			d.Entities = append(d.Entities, entityDocument(e))
		}
		all = append(all, d)
	}
	return all
}

func entityDocument(e mapping.Entity) explainedEntity {
	d := explainedEntity{
		Blueprint: e.Blueprint, Identifier: e.Identifier, Properties: e.Properties, Relations: e.Relations,
		Title: e.Meta["title"], Icon: e.Meta["icon"], Team: e.Meta["team"],
	}
	if e.Query != nil {
		d.Identifier = e.Query
	}
	return d
}

// print shows a document to people.
func (d explained) print(c *console) error {
	var item any
	if err := json.Unmarshal(d.Item, &item); err != nil {
		return fmt.Errorf("showing the item: %w", err)
	}
	c.printf("The item, as the mapping at %s sees it:\n", d.Resource)
	if err := c.printJSON(item); err != nil {
		return err
	}
	c.printf("\nIts expressions:\n")
	for _, e := range d.Expressions {
		element := ""
		if e.Element != nil {
			element = fmt.Sprintf("[%d] ", *e.Element)
		}
		c.printf("  %s%s: %s\n", element, e.Path, short(e.Expression, 100))
		if e.Error != "" {
			c.printf("    failed: %s\n", clean(e.Error))
			continue
		}
		c.printf("    → %s\n", jsonText(e.Value))
	}
	c.printf("\n")
	if d.Skipped {
		c.printf("No entity comes of it: the selector is false, or identifier or blueprint is empty.\n\n")
		return nil
	}
	c.printf("The entities:\n")
	for _, e := range d.Entities {
		if err := c.printJSON(e); err != nil {
			return err
		}
	}
	c.printf("\n")
	return nil
}
