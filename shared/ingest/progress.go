package ingest

// Progress is told while a run goes on. Fields that do not change are zero.
type Progress struct {
	Kind string
	// Scopes were planned, ScopesDone were read to their end (or failed).
	Scopes, ScopesDone int
	// Items were read, mapped, compared and written.
	Items int
}

// Action is what is done to an entity.
type Action string

// The actions on an entity.
const (
	Create Action = "create"
	Update Action = "update"
	Delete Action = "delete"
)

// Change is one difference between the catalog and Azure DevOps, told when it
// was written (or would have been, in a dry run).
type Change struct {
	Action     Action        `json:"action"`
	Blueprint  string        `json:"blueprint"`
	Identifier string        `json:"identifier"`
	Title      string        `json:"title,omitempty"`
	Fields     []FieldChange `json:"fields,omitempty"`
}

// FieldChange is one field of a change: its path, and the JSON values before
// and after.
type FieldChange struct {
	Path string `json:"path"`
	Old  any    `json:"old"`
	New  any    `json:"new"`
}
