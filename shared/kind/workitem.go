package kind

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"

	"adoport/shared/azuredevops"
	"adoport/shared/ingest"
	"adoport/shared/mapping"
)

const (
	// workItemsPage is how many work items one page lists: enough for one WIQL
	// query to be cheap beside the reads of its items, few enough for a page to
	// be over in seconds, and below the 20,000 that a query may return
	// (VS402337).
	workItemsPage = 5000
	// batchesInFlight is how many batches of work items are read at once, over
	// all scopes: it bounds the memory of a backfill.
	batchesInFlight = 6
)

// workItemName is apart from workItem because its functions need it.
const workItemName = "work-item"

// workItem is listed in every project by WIQL, which gives only numbers, and read
// 200 at a time (REST reference, Work Item Tracking, Work Items, Get Work Items
// Batch). All work items of the project are items, whatever their area.
var workItem = Kind{
	Kind: mapping.Kind{
		Name: workItemName,
		Options: []mapping.Option{
			{Name: "wiql", Type: mapping.String, Default: "", Doc: "a WIQL condition that limits the work items, such as [System.State] <> 'Closed'"},
			{Name: "expand", Type: mapping.Enum, Values: []string{"None", "Fields", "Relations", "Links", "All"}, Default: "All", Doc: "what to read beside the fields"},
		},
	},
	PerProject: true,
	Revision:   ".rev",
	numbered:   true,
	reader: func(o *Organization, s selection) (ingest.Reader, error) {
		filter, err := condition(s.text("wiql"))
		if err != nil {
			return nil, err
		}
		return &workItemReader{o: o, filter: filter, expand: s.text("expand"), slots: make(chan struct{}, batchesInFlight)}, nil
	},
}

type workItemReader struct {
	o      *Organization
	filter string
	expand string
	slots  chan struct{}
}

func (r *workItemReader) Walk(ctx context.Context, scope ingest.Scope, cursor string, yield func(context.Context, []ingest.Item) error) (string, error) {
	ids, err := r.list(ctx, scope, cursor)
	if err != nil {
		return "", inScope(scope, fmt.Errorf("listing the work items: %w", err))
	}
	if len(ids) == 0 {
		if err := r.checkName(ctx, scope); err != nil {
			return "", err
		}
	}
	g, inner := errgroup.WithContext(ctx)
	for batch := range slices.Chunk(ids, batchSize) {
		select {
		case r.slots <- struct{}{}:
		case <-inner.Done():
			return "", cmp.Or(g.Wait(), context.Cause(ctx))
		}
		g.Go(func() error {
			defer func() { <-r.slots }()
			items, missing, err := r.batch(inner, scope.ProjectID, batch)
			if err == nil && len(missing) > 0 {
				// Deleted since they were listed, or left out of a short answer.
				var more []ingest.Item
				more, _, err = r.batch(inner, scope.ProjectID, missing)
				items = append(items, more...)
			}
			if err != nil {
				return inScope(scope, fmt.Errorf("reading %d work items: %w", len(batch), err))
			}
			return yield(inner, items)
		})
	}
	if err := g.Wait(); err != nil {
		return "", err
	}
	if len(ids) < workItemsPage {
		return "", nil
	}
	return strconv.Itoa(ids[len(ids)-1]), nil
}

// list returns the numbers of the next work items of a project, ascending.
func (r *workItemReader) list(ctx context.Context, scope ingest.Scope, cursor string) ([]int, error) {
	if cursor == "" {
		cursor = "0"
	}
	where := "[System.TeamProject] = " + azuredevops.Quote(scope.ProjectName) + " AND [System.Id] > " + cursor
	if r.filter != "" {
		where += " AND (" + r.filter + ")"
	}
	return r.query(ctx, []string{scope.ProjectID}, where, workItemsPage)
}

// query returns the numbers of the work items of a condition, ascending, at most
// top.
func (r *workItemReader) query(ctx context.Context, route []string, where string, top int) ([]int, error) {
	var answer struct {
		WorkItems *[]struct{ ID int } `json:"workItems"`
	}
	_, err := r.o.client.Do(ctx, azuredevops.Request{
		Path:  append(route, "_apis", "wit", "wiql"),
		Query: url.Values{"$top": {strconv.Itoa(top)}},
		Body:  map[string]string{"query": "SELECT [System.Id] FROM WorkItems WHERE " + where + " ORDER BY [System.Id]"},
	}, &answer)
	if err != nil {
		return nil, err
	}
	if answer.WorkItems == nil {
		return nil, errors.New("the answer to the WIQL query has no workItems")
	}
	ids := make([]int, len(*answer.WorkItems))
	for i, w := range *answer.WorkItems {
		ids[i] = w.ID
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

// checkName makes sure that a project without work items, or without any more, is
// still called by the name that the query used. A project that was renamed
// meanwhile would seem empty, and its work items gone.
func (r *workItemReader) checkName(ctx context.Context, scope ingest.Scope) error {
	p, err := r.o.readProject(ctx, scope.ProjectID)
	if errors.Is(err, ingest.ErrNotFound) {
		return &ingest.ScopeError{Scope: scope, Err: err}
	}
	if err != nil {
		return inScope(scope, err)
	}
	if name := text(p, "name"); name != scope.ProjectName {
		return &ingest.ScopeError{Scope: scope, Err: fmt.Errorf("it is called %q now; the next run will read it", name)}
	}
	return nil
}

// batch reads up to 200 work items. Those that do not exist are in gone.
func (r *workItemReader) batch(ctx context.Context, project string, ids []int) (items []ingest.Item, gone []int, _ error) {
	body := map[string]any{"ids": ids, "errorPolicy": "omit"}
	if r.expand != "" && r.expand != "None" {
		body["$expand"] = r.expand
	}
	path := []string{"_apis", "wit", "workitemsbatch"}
	if project != "" {
		path = append([]string{project}, path...)
	}
	var answer struct {
		Value *[]map[string]any `json:"value"`
	}
	if _, err := r.o.client.Do(ctx, azuredevops.Request{Path: path, Body: body}, &answer); err != nil {
		return nil, nil, err
	}
	if answer.Value == nil {
		return nil, nil, errors.New("the answer to the batch has no value")
	}
	found := make(map[string]bool, len(ids))
	for _, value := range *answer.Value {
		if value == nil { // errorPolicy omit: it does not exist, or may not be read
			continue
		}
		item, err := r.item(ctx, value)
		if err != nil {
			return nil, nil, err
		}
		found[item.Ref.ID] = true
		items = append(items, item)
	}
	for _, id := range ids {
		if !found[strconv.Itoa(id)] {
			gone = append(gone, id)
		}
	}
	return items, gone, nil
}

// Read reads work items again. What cannot be the number of one does not exist.
func (r *workItemReader) Read(ctx context.Context, refs []ingest.Ref) (items []ingest.Item, gone []ingest.Ref, _ error) {
	possible := make([]ingest.Ref, 0, len(refs))
	for _, ref := range refs {
		if isWorkItemNumber(ref.ID) {
			possible = append(possible, ref)
		} else {
			gone = append(gone, ref)
		}
	}
	for part := range slices.Chunk(possible, batchSize) {
		ids := make([]int, len(part))
		for i, ref := range part {
			ids[i], _ = strconv.Atoi(ref.ID) // it is a number
		}
		found, missing, err := r.batch(ctx, "", ids)
		if status := azuredevops.StatusOf(err); status == http.StatusNotFound || status == http.StatusMethodNotAllowed {
			found, missing, err = r.byProject(ctx, part)
		}
		if err == nil && r.filter != "" {
			found, missing, err = r.filtered(ctx, found, missing)
		}
		if err != nil {
			return nil, nil, inScope(ingest.Scope{}, fmt.Errorf("reading %d work items: %w", len(ids), err))
		}
		items = append(items, found...)
		for i, ref := range part {
			if slices.Contains(missing, ids[i]) {
				gone = append(gone, ref)
			}
		}
	}
	return items, gone, nil
}

// byProject reads work items project by project, for a server that has no batch
// for the organization. Those of a project that is gone are missing; one whose
// project is not known cannot be read.
func (r *workItemReader) byProject(ctx context.Context, refs []ingest.Ref) (items []ingest.Item, missing []int, _ error) {
	groups := map[string][]int{}
	for _, ref := range refs {
		id, _ := strconv.Atoi(ref.ID) // it is a number
		groups[ref.ProjectID] = append(groups[ref.ProjectID], id)
	}
	for project, ids := range groups {
		if project == "" {
			return nil, nil, fmt.Errorf("the server has no batch of work items for the organization, and the project of %d of them is not known", len(ids))
		}
		_, err := r.o.readProject(ctx, project)
		if errors.Is(err, ingest.ErrNotFound) {
			missing = append(missing, ids...)
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		found, gone, err := r.batch(ctx, project, ids)
		if err != nil {
			return nil, nil, err
		}
		items, missing = append(items, found...), append(missing, gone...)
	}
	return items, missing, nil
}

// filtered moves the work items that the selector's condition leaves out to those
// that are missing: they are none of this source.
func (r *workItemReader) filtered(ctx context.Context, found []ingest.Item, missing []int) ([]ingest.Item, []int, error) {
	if len(found) == 0 {
		return found, missing, nil
	}
	numbers := make([]string, len(found))
	for i, item := range found {
		numbers[i] = item.Ref.ID
	}
	matching, err := r.query(ctx, nil, "[System.Id] IN ("+strings.Join(numbers, ", ")+") AND ("+r.filter+")", len(numbers))
	if err != nil {
		return nil, nil, err
	}
	kept := make([]ingest.Item, 0, len(found))
	for _, item := range found {
		id, _ := strconv.Atoi(item.Ref.ID) // it was made of a number
		if slices.Contains(matching, id) {
			kept = append(kept, item)
		} else {
			missing = append(missing, id)
		}
	}
	return kept, missing, nil
}

// isWorkItemNumber reports whether a text is a number as Azure DevOps gives them:
// 32 bits, from 1, without leading zeros.
func isWorkItemNumber(text string) bool {
	n, err := strconv.ParseInt(text, 10, 32)
	return err == nil && n > 0 && strconv.FormatInt(n, 10) == text
}

// item enriches a work item by the project that it says it is in.
func (r *workItemReader) item(ctx context.Context, value map[string]any) (ingest.Item, error) {
	p, err := r.o.projectNamed(ctx, text(value, "fields", "System.TeamProject"))
	if err != nil {
		return ingest.Item{}, fmt.Errorf("work item %s: %w", id(value), err)
	}
	r.o.enrich(value, p)
	return ingest.Item{
		Ref:   ingest.Ref{Kind: workItem.Name, ID: id(value), ProjectID: text(p, "id")},
		Value: value,
	}, nil
}
