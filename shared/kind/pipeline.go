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
	PerProject: true,
	Revision:   ".revision",
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
	page, err := azuredevops.ReadPage[map[string]any](ctx, r.o.client, azuredevops.List{
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
	items := make([]ingest.Item, len(page.Items))
	err = each(ctx, page.Items, func(ctx context.Context, i int, value map[string]any) error {
		if r.configuration {
			single, err := r.single(ctx, scope.ProjectID, id(value))
			if err != nil {
				return fmt.Errorf("reading pipeline %s: %w", id(value), err)
			}
			value = single
		}
		items[i] = r.item(value, p, repositories[id(value)])
		return nil
	})
	return items, page.Next, err
}

// repositories returns the repository of every build definition of a project, by
// the definition's number, if they are asked for and there is any pipeline.
func (r *pipelineReader) repositories(ctx context.Context, scope ingest.Scope, pipelines int) (map[string]any, error) {
	if !r.includeRepo || pipelines == 0 {
		return nil, nil
	}
	found := map[string]any{}
	for cursor := ""; ; {
		page, err := azuredevops.ReadPage[map[string]any](ctx, r.o.client, azuredevops.List{
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
	var definition map[string]any
	_, err := r.o.client.Do(ctx, azuredevops.Request{Path: []string{ref.ProjectID, "_apis", "build", "definitions", ref.ID}}, &definition)
	if azuredevops.IsGone(err) {
		return nil, nil
	}
	return definition["repository"], err
}

func (r *pipelineReader) single(ctx context.Context, project, id string) (map[string]any, error) {
	var value map[string]any
	_, err := r.o.client.Do(ctx, azuredevops.Request{Path: []string{project, "_apis", "pipelines", id}}, &value)
	return value, err
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
