package kind

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"adoport/shared/azuredevops"
	"adoport/shared/ingest"
	"adoport/shared/mapping"
)

// repository is listed for the whole organization in one request (REST reference,
// Git, Repositories, List, without a project). That list leaves out, silently,
// the repositories of a project that the credentials may not read, so a project
// without any repository in it is asked alone: only then its absence is known to
// be one. Disabled and empty repositories are items too.
var repository = Kind{
	Kind: mapping.Kind{Name: "repository"},
	reader: func(o *Organization, _ selection) (ingest.Reader, error) {
		return &repositoryReader{o}, nil
	},
}

type repositoryReader struct{ o *Organization }

func (r *repositoryReader) Walk(ctx context.Context, scope ingest.Scope, cursor string, yield func(context.Context, []ingest.Item) error) (string, error) {
	var listed []map[string]any
	for more := true; more; more = cursor != "" { // it has no pages today
		page, err := r.list(ctx, cursor)
		if err != nil {
			return "", inScope(scope, fmt.Errorf("listing the repositories: %w", err))
		}
		listed, cursor = append(listed, page.Items...), page.Next
	}
	more, hidden, err := r.askProjects(ctx, listed)
	if err != nil {
		return "", fmt.Errorf("listing the repositories of single projects: %w", err)
	}
	listed = append(listed, more...)
	items := make([]ingest.Item, len(listed))
	for i, value := range listed {
		items[i] = r.item(value)
	}
	if err := inBatches(ctx, items, yield); err != nil {
		return "", err
	}
	return "", hidden
}

// list reads the repositories of the organization, or of one project.
func (r *repositoryReader) list(ctx context.Context, cursor string, project ...string) (azuredevops.Page[map[string]any], error) {
	return r.o.readPage(ctx, azuredevops.List{
		Request: azuredevops.Request{Path: append(project, "_apis", "git", "repositories")},
		Paging:  azuredevops.Unpaged,
	}, cursor)
}

// askProjects lists the repositories of the projects that have none among those
// listed. hidden joins one error for each project that may not be read. It MUST
// NOT be joined with another failure, which is not about these projects alone.
func (r *repositoryReader) askProjects(ctx context.Context, listed []map[string]any) (more []map[string]any, hidden, _ error) {
	projects, err := r.o.Projects(ctx)
	if err != nil {
		return nil, nil, err
	}
	has := map[string]bool{}
	for _, value := range listed {
		has[text(value, "project", "id")] = true
	}
	ask := slices.DeleteFunc(projects, func(p ingest.Project) bool { return has[p.ID] || !p.Readable() })
	found := make([][]map[string]any, len(ask))
	failed := make([]error, len(ask))
	err = each(ctx, ask, func(ctx context.Context, i int, p ingest.Project) error {
		page, err := r.list(ctx, "", p.ID)
		found[i] = page.Items
		failed[i], err = apart(inScope(ingest.Scope{ProjectID: p.ID, ProjectName: p.Name}, err))
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	return slices.Concat(found...), errors.Join(failed...), nil
}

func (r *repositoryReader) Read(ctx context.Context, refs []ingest.Ref) ([]ingest.Item, []ingest.Ref, error) {
	return readEach(ctx, refs, func(ctx context.Context, ref ingest.Ref) (ingest.Item, bool, error) {
		value, err := r.o.readObject(ctx, "_apis", "git", "repositories", ref.ID)
		if azuredevops.IsGone(err) {
			return ingest.Item{}, false, nil
		}
		if err != nil {
			return ingest.Item{}, false, err
		}
		return r.item(value), true, nil
	})
}

// item enriches a repository. Its own project reference is its __project: the
// list and the single read have it alike, and it costs no request.
func (r *repositoryReader) item(value map[string]any) ingest.Item {
	delete(value, "_links") // only a repository that was read alone has them
	p, _ := value["project"].(map[string]any)
	r.o.enrich(value, p)
	return ingest.Item{
		Ref:   ingest.Ref{Kind: repository.Name, ID: text(value, "id"), ProjectID: text(p, "id")},
		Value: value,
	}
}
