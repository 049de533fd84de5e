package ingest_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"adoport/shared/ingest"
)

// forgetful is a reader whose list leaves out some items that are there.
type forgetful struct {
	*fakeReader
	hidden string
	read   error
}

func (r *forgetful) Walk(ctx context.Context, scope ingest.Scope, cursor string, yield func(context.Context, []ingest.Item) error) (string, error) {
	return r.fakeReader.Walk(ctx, scope, cursor, func(ctx context.Context, items []ingest.Item) error {
		items = slices.DeleteFunc(items, func(i ingest.Item) bool { return i.Ref.ID == r.hidden })
		return yield(ctx, items)
	})
}

func (r *forgetful) Read(_ context.Context, refs []ingest.Ref) ([]ingest.Item, []ingest.Ref, error) {
	if r.read != nil {
		return nil, nil, r.read
	}
	var items []ingest.Item
	for ref, value := range r.items {
		if slices.ContainsFunc(refs, func(wanted ingest.Ref) bool { return wanted.ID == ref.ID }) {
			items = append(items, ingest.Item{Ref: ref, Value: value})
		}
	}
	return items, nil, nil
}

// TestWhatAListLeftOutIsNotPruned: a short list does not say that it is short,
// but the item itself says that it is there.
func TestWhatAListLeftOutIsNotPruned(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		read error
		want string
	}{
		"the item is there":     {nil, "the item is there; it is left alone"},
		"the item is forbidden": {&ingest.ScopeError{Err: errors.New("403 Forbidden")}, "403 Forbidden"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reader := &forgetful{hidden: "t01", read: test.read}
			w := newWorld(t, standard, func(o *ingest.Options) {
				for i := range o.Sources {
					s := &o.Sources[i]
					s.Remnant = func(ref ingest.Ref) map[string]any {
						return map[string]any{"id": ref.ID, "project": ref.ProjectID}
					}
					if s.Kind == "task" {
						reader.fakeReader = s.Reader.(*fakeReader)
						s.Reader = reader
					}
				}
			})
			w.tasks(2)
			w.old("task", "t01", "gone")
			if test.read == nil {
				r := w.run("task")
				if got := w.catalog.ids("task"); !slices.Equal(got, []string{"t01", "t02"}) {
					t.Errorf("tasks %v, want what is there and not what is gone", got)
				}
				if r.Status != ingest.Incomplete || blueprint(r, "task").Deleted != 1 || !strings.Contains(r.Failures[0].Error, test.want) {
					t.Errorf("%+v", r)
				}
				return
			}
			r := w.run("task")
			if got := w.catalog.ids("task"); len(got) != 3 {
				t.Errorf("tasks %v, want all", got)
			}
			if got := blueprint(r, "task").PruneSkipped; !strings.Contains(got, test.want) {
				t.Errorf("skipped because %q", got)
			}
		})
	}
}
