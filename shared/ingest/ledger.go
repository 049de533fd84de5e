package ingest

import (
	"context"
	"iter"
	"time"
)

// Ledger is the durable memory of runs. Every method MUST be safe for
// concurrent use by several processes.
type Ledger interface {
	// Create stores a new run. ErrExists if its ID is taken.
	Create(ctx context.Context, run Run) error
	// Run returns a run, ErrNotFound if there is none.
	Run(ctx context.Context, id string) (Run, error)
	// Runs returns the newest runs first, at most limit.
	Runs(ctx context.Context, limit int) ([]Run, error)
	// Finish ends a run that is not ended yet: it sets Status, Reason and
	// FinishedAt. It reports whether this call ended it.
	Finish(ctx context.Context, id string, status Status, reason string, at time.Time) (bool, error)

	// SavePage stores a page if its (run, source, scope, number) is not there
	// yet and reports whether it stored it.
	SavePage(ctx context.Context, page Page) (bool, error)
	// Page returns one saved page, ErrNotFound if there is none.
	Page(ctx context.Context, key PageKey) (Page, error)
	// Pages yields all pages of a run, in no particular order.
	Pages(ctx context.Context, run string) iter.Seq2[Page, error]
	// FinishScope marks a scope as ended and returns how many of the run's
	// scopes are not ended yet. Ending a scope twice counts once.
	FinishScope(ctx context.Context, key PageKey) (remaining int, err error)

	// SavePrune stores the outcome of a prune; the last one saved wins.
	SavePrune(ctx context.Context, run string, p PruneOutcome) error
	// Prunes returns the saved outcomes by blueprint.
	Prunes(ctx context.Context, run string) (map[string]PruneOutcome, error)
}

// Status is how a run stands.
type Status string

const (
	// Running is a run whose tasks are not all done.
	Running Status = "running"
	// Complete is a run in which every scope was read, every entity written and
	// every prune done.
	Complete Status = "complete"
	// Incomplete is a run that ended with some scope, item, entity or prune
	// failed. What it could do is done.
	Incomplete Status = "incomplete"
	// Failed is a run that was stopped, for example by refused credentials.
	Failed Status = "failed"
)

// Run is one backfill.
type Run struct {
	ID        string
	StartedAt time.Time
	// PruneBefore is the start of the run by Port's clock: entities that were
	// updated at or after it are not pruned.
	PruneBefore time.Time
	// Mapping is the fingerprint of the mapping that the run was planned with.
	// A task of a run with another mapping ends that run.
	Mapping string
	// Sources are the IDs of the sources that the run walks.
	Sources []string
	// Scopes is how many (source, scope) pairs were planned.
	Scopes int
	// Created are the blueprints that the run created.
	Created []string
	// Skipped are scopes that could not be planned, with the reason. Their
	// blueprints are not pruned.
	Skipped []SkippedScope

	Status     Status
	Reason     string
	FinishedAt time.Time
}

// SkippedScope is a scope that was left out of a run, and why.
type SkippedScope struct {
	Source string
	Scope  Scope
	Reason string
}

// PageKey names a page of a run. The scope is its project's ID, "" for the
// organization.
type PageKey struct {
	Run    string
	Source string
	Scope  string
	Number int
}

// Page is one saved slice of a scope: what it counted, and what it saw.
type Page struct {
	PageKey
	// Next is the cursor of the next page, "" if this one ends the scope.
	Next string
	// Counts are by blueprint; the read items of the kind are under "".
	Counts map[string]Counts
	// Keep holds, by blueprint, the fingerprints of the identifiers that MUST
	// NOT be pruned: those that were seen, and those that a seen one refers to.
	// They are sorted and unique.
	Keep map[string][]uint64
	// Error is why the scope could not be read to its end, "" if it was. A page
	// with an error ends its scope.
	Error string
	// Unmapped counts the items whose identity could not be computed because an
	// expression failed on them. Their entities are unknown, so the blueprints
	// of the source are not pruned.
	Unmapped int
	// Samples are a few failures, for people.
	Samples []Sample
}

// Counts of a page or a run.
type Counts struct {
	Read      int `json:"read,omitempty"`
	Created   int `json:"created,omitempty"`
	Updated   int `json:"updated,omitempty"`
	Unchanged int `json:"unchanged,omitempty"`
	Deleted   int `json:"deleted,omitempty"`
	Failed    int `json:"failed,omitempty"`
	// Skipped counts items that the selector left out or that have no
	// identifier.
	Skipped int `json:"skipped,omitempty"`
	// Nulled counts expressions that failed and were set to null.
	Nulled int `json:"nulled,omitempty"`
}

// Add adds o to c.
func (c *Counts) Add(o Counts) {
	c.Read += o.Read
	c.Created += o.Created
	c.Updated += o.Updated
	c.Unchanged += o.Unchanged
	c.Deleted += o.Deleted
	c.Failed += o.Failed
	c.Skipped += o.Skipped
	c.Nulled += o.Nulled
}

// Sample is one failure, with the identity of what failed.
type Sample struct {
	// Item is what failed: a ref, or blueprint and identifier.
	Item string `json:"item"`
	// Where is the part that failed: a property, a request.
	Where string `json:"where,omitempty"`
	Error string `json:"error"`
}

// PruneOutcome is what pruning one blueprint did.
type PruneOutcome struct {
	Blueprint string `json:"blueprint"`
	// Owned is how many entities this instance has there.
	Owned   int `json:"owned"`
	Deleted int `json:"deleted"`
	Failed  int `json:"failed"`
	// Skipped is why nothing was pruned, "" if it was.
	Skipped string `json:"skipped,omitempty"`
	// Refused is true if the guard refused it.
	Refused bool     `json:"refused,omitempty"`
	Samples []Sample `json:"samples,omitempty"`
}
