package ingest

import (
	"encoding/json"
	"fmt"
)

// TaskVersion is the version of the JSON that a Task is sent as. A reader
// refuses what is newer than itself, so that an old instance that is still
// running during an upgrade leaves a new message to a new instance.
const TaskVersion = 1

// TaskType says what a Task asks for.
type TaskType string

const (
	// Walk lists one page of one scope of a run and brings it to the catalog.
	Walk TaskType = "walk"
	// Prune deletes what one blueprint holds and a complete run did not see.
	Prune TaskType = "prune"
	// Refresh reads a few items again and brings them to the catalog.
	Refresh TaskType = "refresh"
)

// Task is one queue message: at most a few KB, no payloads, no secrets. Every
// task is idempotent: it may be delivered twice, late, out of order, or to two
// instances at once.
type Task struct {
	Version int      `json:"v"`
	Type    TaskType `json:"type"`

	// Run is the run that a walk or a prune belongs to.
	Run string `json:"run,omitempty"`

	// Source and Scope say what a walk lists; Page counts from 0 and Cursor is
	// where it begins ("" is the beginning).
	Source string `json:"source,omitempty"`
	Scope  Scope  `json:"scope,omitzero"`
	Page   int    `json:"page,omitempty"`
	Cursor string `json:"cursor,omitempty"`

	// Blueprints are those that a run still has to prune: this task prunes the
	// first and queues the others.
	Blueprints []string `json:"blueprints,omitempty"`

	// Refs are the items that a refresh reads again.
	Refs []Ref `json:"refs,omitempty"`
}

// Scope is where a kind is listed: the organization (the zero value), or one
// project.
type Scope struct {
	ProjectID   string `json:"projectId,omitempty"`
	ProjectName string `json:"projectName,omitempty"`
}

// String names the scope for people.
func (s Scope) String() string {
	if s.ProjectID == "" {
		return "organization"
	}
	if s.ProjectName == "" {
		return "project " + s.ProjectID
	}
	return fmt.Sprintf("project %q", s.ProjectName)
}

// Ref points at one item. ID is the identifier that Azure DevOps gives it, as
// text; ProjectID is needed only by the kinds that cannot be read without it.
type Ref struct {
	Kind      string `json:"kind"`
	ID        string `json:"id"`
	ProjectID string `json:"projectId,omitempty"`
	// IfAbsent asks for the item only if the catalog does not have it.
	IfAbsent bool `json:"ifAbsent,omitempty"`
}

// String names the item for people.
func (r Ref) String() string { return r.Kind + " " + r.ID }

// DecodeTask reads a queue message. It refuses what is not a task of a known
// version and type.
func DecodeTask(message []byte) (Task, error) {
	var t Task
	if err := json.Unmarshal(message, &t); err != nil {
		return Task{}, fmt.Errorf("decoding a task: %w", err)
	}
	if t.Version < 1 || t.Version > TaskVersion {
		return Task{}, fmt.Errorf("decoding a task: version %d is not known here (1 to %d are)", t.Version, TaskVersion)
	}
	switch t.Type {
	case Walk, Prune, Refresh:
		return t, nil
	default:
		return Task{}, fmt.Errorf("decoding a task: unknown type %q", t.Type)
	}
}
