package kind

import (
	"context"
	"errors"
	"slices"

	"adoport/shared/ingest"
	"adoport/shared/mapping"
)

// project is listed once for the organization (REST reference, Core, Projects,
// List). Its items are what that list has; with defaultTeam every project is read
// alone, one request each, and has defaultTeam and _links besides.
var project = Kind{
	Kind: mapping.Kind{
		Name: "project",
		Options: []mapping.Option{{
			Name: "defaultTeam", Type: mapping.Bool, Default: false,
			Doc: "also read each project's default team, at one request a project",
		}},
	},
	reader: func(o *Organization, s selection) (ingest.Reader, error) {
		return &projectReader{o: o, defaultTeam: s.bool("defaultTeam")}, nil
	},
}

type projectReader struct {
	o           *Organization
	defaultTeam bool
}

func (r *projectReader) Walk(ctx context.Context, scope ingest.Scope, cursor string, yield func(context.Context, []ingest.Item) error) (string, error) {
	page, err := r.o.projectsPage(ctx, "wellFormed", cursor)
	if err != nil {
		return "", inScope(scope, err)
	}
	var listed []map[string]any
	for _, p := range page.Items {
		if state := text(p, "state"); state == "" || state == "wellFormed" {
			listed = append(listed, p)
		}
	}
	var hidden error
	if r.defaultTeam {
		if listed, hidden, err = r.readAlone(ctx, listed); err != nil {
			return "", err
		}
	}
	items := make([]ingest.Item, len(listed))
	for i, p := range listed {
		items[i] = r.item(p)
	}
	if err := inBatches(ctx, items, yield); err != nil {
		return "", err
	}
	return page.Next, hidden
}

// readAlone reads each of the listed projects. hidden joins one error for each
// that is listed but may not be read.
func (r *projectReader) readAlone(ctx context.Context, listed []map[string]any) (read []map[string]any, hidden, _ error) {
	found := make([]map[string]any, len(listed))
	failed := make([]error, len(listed))
	err := each(ctx, listed, func(ctx context.Context, i int, p map[string]any) error {
		scope := ingest.Scope{ProjectID: text(p, "id"), ProjectName: text(p, "name")}
		var err error
		found[i], err = r.o.readProject(ctx, scope.ProjectID)
		if errors.Is(err, ingest.ErrNotFound) {
			err = &ingest.ScopeError{Scope: scope, Err: err}
		}
		failed[i], err = apart(inScope(scope, err))
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	found = slices.DeleteFunc(found, func(p map[string]any) bool { return p == nil })
	return found, errors.Join(failed...), nil
}

func (r *projectReader) Read(ctx context.Context, refs []ingest.Ref) ([]ingest.Item, []ingest.Ref, error) {
	return readEach(ctx, refs, func(ctx context.Context, ref ingest.Ref) (ingest.Item, bool, error) {
		p, err := r.o.readProject(ctx, ref.ID)
		if errors.Is(err, ingest.ErrNotFound) {
			return ingest.Item{}, false, nil
		}
		if err != nil {
			return ingest.Item{}, false, err
		}
		r.o.remember(p)
		return r.item(p), true, nil
	})
}

func (r *projectReader) item(p map[string]any) ingest.Item {
	if !r.defaultTeam {
		p = reduceProject(p)
	}
	r.o.enrich(p, nil)
	return ingest.Item{Ref: ingest.Ref{Kind: project.Name, ID: text(p, "id")}, Value: p}
}
