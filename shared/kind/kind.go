package kind

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"golang.org/x/sync/errgroup"

	"adoport/shared/azuredevops"
	"adoport/shared/ingest"
	"adoport/shared/mapping"
)

// Kind is a type of Azure DevOps resource.
type Kind struct {
	mapping.Kind
	// PerProject says whether it is listed in every project or once for the
	// organization.
	PerProject bool
	// Revision is the jq expression of the number that grows with every change
	// of an item, "" if the kind has none.
	Revision string
	// NeedsProject says whether an item can be read again only by its project too.
	NeedsProject bool
	// numbered says whether an item's id is a number, not a GUID.
	numbered bool

	reader func(*Organization, selection) (ingest.Reader, error)
}

// All are the kinds that can be ingested, in the order in which people think of
// them.
func All() []Kind {
	return []Kind{project, repository, pipeline, workItem}
}

// Mapping is what the mapping's loader needs to know of all kinds.
func Mapping() []mapping.Kind {
	all := make([]mapping.Kind, 0, len(All()))
	for _, k := range All() {
		all = append(all, k.Kind)
	}
	return all
}

// selection is what a resource's selector asks of its kind.
type selection struct {
	// options are the selector's, defaults applied.
	options map[string]any
	// onDemand are the costly fields that an expression mentions.
	onDemand []string
}

func (s selection) bool(name string) bool   { v, _ := s.options[name].(bool); return v }
func (s selection) text(name string) string { v, _ := s.options[name].(string); return v }

// Sources groups the resources of a configuration into what is read once: those
// of one kind with the same selector options. Their IDs are the kind's name, with
// a number from the second on.
func Sources(c *mapping.Config, o *Organization) ([]ingest.Source, error) {
	var sources []ingest.Source
	index := map[string]int{}
	count := map[string]int{}
	for _, r := range c.Resources {
		k, ok := byName(r.Kind)
		if !ok {
			return nil, fmt.Errorf("%s: unknown kind %q", r.Position(), r.Kind)
		}
		s := selection{options: r.Options, onDemand: r.OnDemand()}
		key, err := json.Marshal([]any{r.Kind, s.options, s.onDemand})
		if err != nil {
			return nil, fmt.Errorf("%s: selector: %w", r.Position(), err)
		}
		if i, ok := index[string(key)]; ok {
			sources[i].Resources = append(sources[i].Resources, r)
			continue
		}
		reader, err := k.reader(o, s)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", r.Position(), err)
		}
		count[k.Name]++
		id := k.Name
		if n := count[k.Name]; n > 1 {
			id += "-" + strconv.Itoa(n)
		}
		index[string(key)] = len(sources)
		sources = append(sources, ingest.Source{
			ID: id, Kind: k.Name, PerProject: k.PerProject, NeedsProject: k.NeedsProject, Reader: reader,
			Resources: []*mapping.Resource{r}, Revision: k.Revision,
			Remnant: func(ref ingest.Ref) map[string]any { return k.remnant(o, ref) },
		})
	}
	return sources, nil
}

// remnant is what is known of an item without reading it. A work item tells its
// project by name in its fields, the others in themselves.
func (k Kind) remnant(o *Organization, ref ingest.Ref) map[string]any {
	item := map[string]any{"id": ref.ID}
	if k.numbered {
		item["id"] = json.Number(ref.ID)
	}
	p := o.remembered(ref.ProjectID)
	if p == nil && ref.ProjectID != "" {
		p = map[string]any{"id": ref.ProjectID}
	}
	if p != nil && !k.PerProject {
		item["project"] = maps.Clone(p)
	}
	if name, ok := p["name"]; ok && k.Name == workItemName {
		item["fields"] = map[string]any{"System.TeamProject": name, "System.Id": item["id"]}
	}
	o.enrich(item, p)
	return item
}

func byName(name string) (Kind, bool) {
	all := All()
	i := slices.IndexFunc(all, func(k Kind) bool { return k.Name == name })
	if i < 0 {
		return Kind{}, false
	}
	return all[i], true
}

// batchSize is how many items go through the engine together: what Azure DevOps
// reads in one workitemsbatch request.
const batchSize = 200

// readsInFlight is how many requests a reader has under way for one page, where
// every item needs its own.
const readsInFlight = 8

// inBatches gives items to yield, some batches side by side.
func inBatches(ctx context.Context, items []ingest.Item, yield func(context.Context, []ingest.Item) error) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(readsInFlight)
	for batch := range slices.Chunk(items, batchSize) {
		g.Go(func() error { return yield(ctx, batch) })
	}
	return g.Wait()
}

// each calls read for every value, some side by side.
func each[T any](ctx context.Context, values []T, read func(context.Context, int, T) error) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(readsInFlight)
	for i, v := range values {
		g.Go(func() error { return read(ctx, i, v) })
	}
	return g.Wait()
}

// readEach reads items one request each; read returns ok=false for one that is
// gone.
func readEach(ctx context.Context, refs []ingest.Ref, read func(context.Context, ingest.Ref) (item ingest.Item, ok bool, err error)) (items []ingest.Item, gone []ingest.Ref, _ error) {
	found := make([]*ingest.Item, len(refs))
	err := each(ctx, refs, func(ctx context.Context, i int, ref ingest.Ref) error {
		item, ok, err := read(ctx, ref)
		if err != nil {
			return inScope(ingest.Scope{ProjectID: ref.ProjectID}, fmt.Errorf("reading %s: %w", ref, err))
		}
		if ok {
			found[i] = &item
		}
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	for i, item := range found {
		if item == nil {
			gone = append(gone, refs[i])
		} else {
			items = append(items, *item)
		}
	}
	return items, gone, nil
}

// inScope makes an answer that will not change soon (403, 404, a bad query) an
// error of the scope alone.
func inScope(scope ingest.Scope, err error) error {
	switch status := azuredevops.StatusOf(err); {
	case status == 401 || status == 408 || status == 429 || slowQuery(err):
		return err
	case status >= 400 && status < 500:
		return &ingest.ScopeError{Scope: scope, Err: err}
	default:
		return err
	}
}

// apart tells the error of a scope, which fails alone, from any other failure.
func apart(err error) (scoped, other error) {
	if _, ok := errors.AsType[*ingest.ScopeError](err); ok {
		return err, nil
	}
	return nil, err
}

// slowQuery reports whether a query took too long, which may pass (Microsoft
// Learn, "Integration best practices").
func slowQuery(err error) bool { return azuredevops.HasCode(err, "VS402335") }

// text reads a string of a decoded JSON object, "" if it is not there.
func text(object map[string]any, path ...string) string {
	for _, key := range path[:len(path)-1] {
		inner, ok := object[key].(map[string]any)
		if !ok {
			return ""
		}
		object = inner
	}
	s, _ := object[path[len(path)-1]].(string)
	return s
}

// id reads the number of a decoded JSON object as text, "" if it has none.
func id(object map[string]any) string {
	n, _ := object["id"].(json.Number)
	return n.String()
}
