package ingest

import "context"

// Item is one resource as Azure DevOps returned it, with its enrichments.
type Item struct {
	Ref Ref
	// Value is the decoded JSON object (numbers as json.Number). It belongs to
	// one goroutine: jq programs may write into their input.
	Value map[string]any
}

// Project is what planning a run needs to know of a project.
type Project struct {
	ID   string
	Name string
	// State is "wellFormed" for a project that can be read.
	State string
}

// Readable reports whether the project's state lets its resources be read.
func (p Project) Readable() bool { return p.State == "" || p.State == "wellFormed" }

// Reader reads one kind of Azure DevOps resource.
type Reader interface {
	// Walk lists one page of a scope from cursor ("" is the beginning) and gives
	// its items to yield in batches; yield MUST be safe for concurrent use, for
	// batches may be read side by side. It returns the next cursor, "" at the
	// end of the scope. A nil error means that every item of the page was given
	// to yield and taken by it.
	Walk(ctx context.Context, scope Scope, cursor string, yield func(context.Context, []Item) error) (next string, err error)

	// Read reads items again, in the very shape in which Walk gives them. gone
	// are those of which Azure DevOps says that they do not exist (404, recycle
	// bin); every ref is in one of the two results, or err is not nil.
	Read(ctx context.Context, refs []Ref) (items []Item, gone []Ref, err error)
}

// Projects lists the projects of the organization.
type Projects interface {
	Projects(ctx context.Context) ([]Project, error)
}
