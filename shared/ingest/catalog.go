package ingest

import (
	"context"
	"iter"
	"time"

	"adoport/shared/mapping"
)

// Catalog is the Port catalog, as the engine needs it. Every method is safe for
// concurrent use; small requests of concurrent callers for one blueprint may be
// merged into one.
type Catalog interface {
	// Blueprints returns all blueprints by identifier.
	Blueprints(ctx context.Context) (map[string]Blueprint, error)
	// CreateBlueprint creates b. ErrExists if it is there.
	CreateBlueprint(ctx context.Context, b Blueprint) error
	// ExtendBlueprint adds the properties and relations of missing to the
	// blueprint of that identifier. It MUST NOT change or remove any other part.
	ExtendBlueprint(ctx context.Context, missing Blueprint) error

	// Find returns those of the identified entities that exist, with the given
	// fields only ("title", "icon", "team", "properties.x", "relations.y").
	Find(ctx context.Context, blueprint string, identifiers, fields []string) (map[string]Stored, error)
	// Upsert merges entities into one blueprint. The outcomes are in the order
	// of the entities, one each; err is for what concerns all of them.
	Upsert(ctx context.Context, blueprint string, entities []mapping.Entity) ([]Outcome, error)
	// Delete deletes entities, never their dependents. One that does not exist
	// counts as deleted. The outcomes are in the order of the identifiers.
	Delete(ctx context.Context, blueprint string, identifiers []string) ([]Outcome, error)
	// Owned yields, page by page, the entities of a blueprint that were last
	// written by this instance: identifier and, where the service gives it,
	// UpdatedAt.
	Owned(ctx context.Context, blueprint string) iter.Seq2[[]Stored, error]
	// Count returns how many entities a blueprint has, whoever wrote them.
	Count(ctx context.Context, blueprint string) (int, error)
	// FindOwned returns those of the identified entities that exist and were
	// last written by this instance, with UpdatedAt.
	FindOwned(ctx context.Context, blueprint string, identifiers []string) (map[string]Stored, error)

	// Clock returns how far the service's clock is ahead of ours, as far as it
	// is known.
	Clock() time.Duration
	// CheckIdentifier says which rule an entity identifier breaks, nil if none.
	CheckIdentifier(identifier string) error
}

// Stored is an entity as the catalog has it.
type Stored struct {
	Identifier string
	// Title, Icon, Team: nil if not set or not asked for.
	Title any
	Icon  any
	Team  any
	// Properties and Relations hold decoded JSON, numbers as json.Number.
	Properties map[string]any
	Relations  map[string]any
	// UpdatedAt is the zero time if the service did not say.
	UpdatedAt time.Time
}

// Outcome is what became of one entity in a bulk request.
type Outcome struct {
	Err error
}

// Blueprint is the part of a Port blueprint that we read or create.
type Blueprint struct {
	Identifier  string              `json:"identifier"`
	Title       string              `json:"title,omitempty"`
	Icon        string              `json:"icon,omitempty"`
	Description string              `json:"description,omitempty"`
	Schema      BlueprintSchema     `json:"schema"`
	Relations   map[string]Relation `json:"relations"`
}

// BlueprintSchema holds a blueprint's properties.
type BlueprintSchema struct {
	Properties map[string]Property `json:"properties"`
	Required   []string            `json:"required"`
}

// Property is a property's JSON schema, as far as we use it.
type Property struct {
	Title       string `json:"title,omitempty"`
	Description string `json:"description,omitempty"`
	Type        string `json:"type"`
	Format      string `json:"format,omitempty"`
}

// Relation points at another blueprint.
type Relation struct {
	Title    string `json:"title,omitempty"`
	Target   string `json:"target"`
	Required bool   `json:"required"`
	Many     bool   `json:"many"`
}
