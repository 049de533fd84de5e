package kind

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"

	"adoport/shared/azuredevops"
	"adoport/shared/ingest"
	"adoport/shared/mapping"
)

// pipelinesTop is the page size of the lists of pipelines and definitions.
const pipelinesTop = 1000

// pipeline is listed in every project (REST reference, Pipelines, List). The list
// has no configuration, which the single read has; it is read, one request a
// pipeline, only if an expression mentions it. With includeRepo the repository
// comes from the build definition of the same number.
var pipeline = Kind{
	Kind: mapping.Kind{
		Name: "pipeline",
		Options: []mapping.Option{{
			Name: "includeRepo", Type: mapping.Bool, Default: false,
			Doc: "add the pipeline's repository as __repository",
		}},
		OnDemand: []string{"configuration"},
	},
	PerProject:   true,
	NeedsProject: true,
	Revision:     ".revision",
	numbered:     true,
	reader: func(o *Organization, s selection) (ingest.Reader, error) {
		return &pipelineReader{o: o, includeRepo: s.bool("includeRepo"), configuration: slices.Contains(s.onDemand, "configuration")}, nil
	},
}

type pipelineReader struct {
	o                          *Organization
	includeRepo, configuration bool
}

func (r *pipelineReader) Walk(ctx context.Context, scope ingest.Scope, cursor string, yield func(context.Context, []ingest.Item) error) (string, error) {
	items, next, err := r.page(ctx, scope, cursor)
	if err != nil {
		return "", inScope(scope, err)
	}
	return next, inBatches(ctx, items, yield)
}

func (r *pipelineReader) page(ctx context.Context, scope ingest.Scope, cursor string) ([]ingest.Item, string, error) {
	page, err := r.o.readPage(ctx, azuredevops.List{
		Request: azuredevops.Request{Path: []string{scope.ProjectID, "_apis", "pipelines"}},
		Top:     pipelinesTop,
	}, cursor)
	if err != nil {
		return nil, "", fmt.Errorf("listing the pipelines: %w", err)
	}
	repositories, err := r.repositories(ctx, scope, len(page.Items))
	if err != nil {
		return nil, "", err
	}
	p, err := r.o.project(ctx, scope.ProjectID)
	if err != nil {
		return nil, "", err
	}
	values := page.Items
	if r.configuration {
		if values, err = r.readAlone(ctx, scope, values); err != nil {
			return nil, "", err
		}
	}
	items := make([]ingest.Item, len(values))
	for i, value := range values {
		items[i] = r.item(value, p, repositories[id(value)])
	}
	return items, page.Next, nil
}

// readAlone reads each of the listed pipelines. One that was deleted since is
// left out, but only if its project can still be read: a project that may not be
// read any more answers 404 for all of them.
func (r *pipelineReader) readAlone(ctx context.Context, scope ingest.Scope, listed []map[string]any) ([]map[string]any, error) {
	found := make([]map[string]any, len(listed))
	err := each(ctx, listed, func(ctx context.Context, i int, value map[string]any) error {
		var err error
		found[i], err = r.single(ctx, scope.ProjectID, id(value))
		if err != nil && !azuredevops.IsGone(err) {
			return fmt.Errorf("reading pipeline %s: %w", id(value), err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	left := slices.DeleteFunc(found, func(value map[string]any) bool { return value == nil })
	if len(left) == len(listed) {
		return left, nil
	}
	_, err = r.o.readProject(ctx, scope.ProjectID)
	if errors.Is(err, ingest.ErrNotFound) {
		err = &ingest.ScopeError{Scope: scope, Err: err}
	}
	return left, err
}

// repositories returns the repository of every build definition of a project, by
// the definition's number, if they are asked for and there is any pipeline.
func (r *pipelineReader) repositories(ctx context.Context, scope ingest.Scope, pipelines int) (map[string]any, error) {
	if !r.includeRepo || pipelines == 0 {
		return nil, nil
	}
	found := map[string]any{}
	for cursor := ""; ; {
		page, err := r.o.readPage(ctx, azuredevops.List{
			Request: azuredevops.Request{
				Path:  []string{scope.ProjectID, "_apis", "build", "definitions"},
				Query: url.Values{"includeAllProperties": {"true"}},
			},
			Top: pipelinesTop,
		}, cursor)
		if err != nil {
			return nil, fmt.Errorf("listing the build definitions: %w", err)
		}
		for _, d := range page.Items {
			found[id(d)] = d["repository"]
		}
		if cursor = page.Next; cursor == "" {
			return found, nil
		}
	}
}

func (r *pipelineReader) Read(ctx context.Context, refs []ingest.Ref) ([]ingest.Item, []ingest.Ref, error) {
	return readEach(ctx, refs, func(ctx context.Context, ref ingest.Ref) (ingest.Item, bool, error) {
		if ref.ProjectID == "" {
			return ingest.Item{}, false, nil // it cannot be read without
		}
		value, err := r.single(ctx, ref.ProjectID, ref.ID)
		if azuredevops.IsGone(err) {
			return ingest.Item{}, false, nil
		}
		if err != nil {
			return ingest.Item{}, false, err
		}
		p, err := r.o.project(ctx, ref.ProjectID)
		if errors.Is(err, ingest.ErrNotFound) {
			return ingest.Item{}, false, nil
		}
		if err != nil {
			return ingest.Item{}, false, err
		}
		repository, err := r.repository(ctx, ref)
		return r.item(value, p, repository), true, err
	})
}

// repository reads the repository of one pipeline, if it is asked for.
func (r *pipelineReader) repository(ctx context.Context, ref ingest.Ref) (any, error) {
	if !r.includeRepo {
		return nil, nil
	}
	definition, err := r.o.readObject(ctx, ref.ProjectID, "_apis", "build", "definitions", ref.ID)
	if azuredevops.IsGone(err) {
		return nil, nil
	}
	return definition["repository"], err
}

func (r *pipelineReader) single(ctx context.Context, project, id string) (map[string]any, error) {
	return r.o.readObject(ctx, project, "_apis", "pipelines", id)
}

func (r *pipelineReader) item(value, p map[string]any, repository any) ingest.Item {
	if !r.configuration {
		delete(value, "configuration")
	}
	if r.includeRepo {
		value["__repository"] = repository
	}
	r.o.enrich(value, p)
	return ingest.Item{
		Ref:   ingest.Ref{Kind: pipeline.Name, ID: id(value), ProjectID: text(p, "id")},
		Value: value,
	}
}
