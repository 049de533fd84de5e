package ingest_test

import (
	"context"
	"maps"
	"slices"
	"sync"

	"adoport/shared/ingest"
)

// fakeReader is one kind of a fake organization.
type fakeReader struct {
	kind string
	// page is how many items a page has, batch how many are yielded at once.
	page, batch int

	mu    sync.Mutex
	items map[ingest.Ref]map[string]any
	// walks are "scope cursor" of every page, reads what was read again.
	walks []string
	reads []ingest.Ref

	// before is asked at the beginning of a page and after when its items were
	// taken; their errors are Walk's.
	before, after func(scope ingest.Scope, cursor string) error
}

func newFakeReader(kind string) *fakeReader {
	return &fakeReader{kind: kind, page: 1000, batch: 3, items: map[ingest.Ref]map[string]any{}}
}

// put adds or replaces an item of a project ("" is the organization).
func (r *fakeReader) put(project, id string, value map[string]any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	value["id"], value["project"] = id, project
	r.items[ingest.Ref{Kind: r.kind, ID: id, ProjectID: project}] = value
}

// drop deletes an item.
func (r *fakeReader) drop(project, id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.items, ingest.Ref{Kind: r.kind, ID: id, ProjectID: project})
}

// read copies an item, for jq programs may write into it.
func (r *fakeReader) read(ref ingest.Ref) (ingest.Item, bool) {
	value, ok := r.items[ref]
	if !ok {
		return ingest.Item{}, false
	}
	return ingest.Item{Ref: ref, Value: asJSON(value).(map[string]any)}, true
}

func (r *fakeReader) Walk(ctx context.Context, scope ingest.Scope, cursor string, yield func(context.Context, []ingest.Item) error) (string, error) {
	if r.before != nil {
		if err := r.before(scope, cursor); err != nil {
			return "", err
		}
	}
	items, next := r.list(scope, cursor)
	for batch := range slices.Chunk(items, r.batch) {
		if err := yield(ctx, batch); err != nil {
			return "", err
		}
	}
	if r.after != nil {
		if err := r.after(scope, cursor); err != nil {
			return "", err
		}
	}
	return next, nil
}

// list is one page: the items after the cursor, by their IDs.
func (r *fakeReader) list(scope ingest.Scope, cursor string) (items []ingest.Item, next string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.walks = append(r.walks, scope.ProjectID+" "+cursor)
	var ids []string
	for ref := range maps.Keys(r.items) {
		if ref.ProjectID == scope.ProjectID && ref.ID > cursor {
			ids = append(ids, ref.ID)
		}
	}
	slices.Sort(ids)
	if len(ids) > r.page {
		ids = ids[:r.page]
		next = ids[len(ids)-1]
	}
	for _, id := range ids {
		item, _ := r.read(ingest.Ref{Kind: r.kind, ID: id, ProjectID: scope.ProjectID})
		items = append(items, item)
	}
	return items, next
}

func (r *fakeReader) Read(_ context.Context, refs []ingest.Ref) (items []ingest.Item, gone []ingest.Ref, _ error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, ref := range refs {
		r.reads = append(r.reads, ref)
		if item, ok := r.read(ref); ok {
			items = append(items, item)
		} else {
			gone = append(gone, ref)
		}
	}
	return items, gone, nil
}
