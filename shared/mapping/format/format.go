// Package format holds the Go types of a mapping file. The loader takes the
// keys that it accepts from them and the JSON Schema is inferred from them, so
// that the two cannot drift apart. A key is required unless its tag says
// omitempty or
// omitzero.
package format

// Document is the whole file: Port's port-app-config.
type Document struct {
	Resources []Resource `json:"resources" jsonschema:"What to ingest. Several resources may have the same kind."`

	CreateMissingRelatedEntities Switch `json:"createMissingRelatedEntities,omitempty" jsonschema:"Let Port create a placeholder for an entity that a relation refers to and that does not exist. Default: true."`
	EnableMergeEntity            Switch `json:"enableMergeEntity,omitempty" jsonschema:"Merge into the entity that exists, so that fields of other sources stay. Default: true."`

	DeleteDependentEntities Ignored `json:"deleteDependentEntities,omitzero" jsonschema:"Without effect: dependents of an entity are never deleted."`
	EntityDeletionThreshold Ignored `json:"entityDeletionThreshold,omitzero" jsonschema:"Without effect: the setting PRUNE_MAX_PERCENT guards deletions."`
	SpecPath                Ignored `json:"specPath,omitzero" jsonschema:"Without effect: port.yml files in repositories are not read."`
	UseDefaultBranch        Ignored `json:"useDefaultBranch,omitzero" jsonschema:"Without effect: port.yml files in repositories are not read."`
	Branch                  Ignored `json:"branch,omitzero" jsonschema:"Without effect: port.yml files in repositories are not read."`
}

// Resource says how the items of one kind become entities.
type Resource struct {
	Kind     Kind     `json:"kind" jsonschema:"The type of Azure DevOps resource."`
	Selector Selector `json:"selector,omitzero" jsonschema:"Which items are ingested, and the options of the kind."`
	Port     Port     `json:"port" jsonschema:"What becomes of an item."`
}

// Kind is the name of a kind.
type Kind string

// Selector chooses items. The options of the kind are further keys.
type Selector struct {
	Query              Expression `json:"query,omitempty" jsonschema:"jq that gives true for the items to ingest. Default: true."`
	ExportEnvVariables Switch     `json:"exportEnvVariables,omitempty" jsonschema:"Only false is accepted: environment variables are never given to expressions."`
}

// Port is the Port side of a resource.
type Port struct {
	Entity                        Entity     `json:"entity" jsonschema:"The entity that an item becomes."`
	ItemsToParse                  Expression `json:"itemsToParse,omitempty" jsonschema:"jq that gives an array. Each element becomes an entity of its own; expressions see the item with the element added."`
	ItemsToParseName              string     `json:"itemsToParseName,omitempty" jsonschema:"The key under which expressions see the element. Default: item."`
	ItemsToParseTopLevelTransform Switch     `json:"itemsToParseTopLevelTransform,omitempty" jsonschema:"Remove the array of itemsToParse from the item that expressions see beside the element. Default: true."`
}

// Entity holds the mappings of a resource.
type Entity struct {
	Mappings OneOrMore `json:"mappings" jsonschema:"One mapping, or a list of them: each makes an entity of every item."`
}

// OneOrMore is one Mappings object or a list of them.
type OneOrMore struct{}

// Mappings says how the fields of an entity are made.
type Mappings struct {
	Identifier TextOrSearch        `json:"identifier" jsonschema:"jq that gives the identifier, or a search for the one entity that is meant."`
	Blueprint  Expression          `json:"blueprint" jsonschema:"jq that gives the blueprint, usually a literal such as '\"service\"'."`
	Title      Expression          `json:"title,omitempty" jsonschema:"jq that gives the title."`
	Icon       Expression          `json:"icon,omitempty" jsonschema:"jq that gives the icon."`
	Team       Relation            `json:"team,omitzero" jsonschema:"jq that gives a team or an array of teams, a list of jq, or a search for teams."`
	Properties map[string]Value    `json:"properties,omitempty" jsonschema:"The properties by name: jq, or nested objects and lists of jq."`
	Relations  map[string]Relation `json:"relations,omitempty" jsonschema:"The relations by name: jq that gives an identifier or an array of them, a list of jq, or a search."`
}

// Search is a query for entities in place of an identifier.
type Search struct {
	Combinator Expression `json:"combinator" jsonschema:"and, or; bare or as a jq literal."`
	Rules      []Rules    `json:"rules" jsonschema:"Rules and nested searches."`
}

// Rule is one condition of a Search.
type Rule struct {
	Property Expression `json:"property" jsonschema:"The property to compare: jq, or a bare meta-property such as $identifier."`
	Operator Expression `json:"operator" jsonschema:"How to compare: bare or as a jq literal."`
	Value    Value      `json:"value,omitzero" jsonschema:"jq that gives the value to compare with."`
}

// Expression is a jq expression. A boolean or a number is one, too.
type Expression string

// Switch is true or false, which may be quoted.
type Switch bool

// Ignored is a value that is accepted and not looked at.
type Ignored struct{}

// Value is an Expression, or an object or list of values.
type Value struct{}

// TextOrSearch is an Expression or a Search.
type TextOrSearch struct{}

// Relation is an Expression, a list of them, or a Search.
type Relation struct{}

// Rules is a Rule or a Search.
type Rules struct{}
