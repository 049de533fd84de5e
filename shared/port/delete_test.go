package port

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"adoport/shared/ingest"
	"adoport/shared/transport"
)

const dependents = `{"ok":false,"error":"entity_has_dependents","message":"has dependents"}`

// store is a Port that deletes: entities with what they are needed by.
type store struct {
	mu       sync.Mutex
	entities map[string][]string // by identifier, the entities that refer to it
	partial  bool                // bulk deletes take what they can and say so
	silent   bool                // bulk deletes do not say what they took
}

func (s *store) serve(t *testing.T) (*Client, *fakePort) {
	return serve(t, func(_ int, w http.ResponseWriter, r request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		if r.Query != "delete_dependents=false" {
			t.Errorf("query %q", r.Query)
		}
		if r.Method == http.MethodDelete {
			s.one(w, r)
			return
		}
		if r.Method != http.MethodPost || r.Path != "/v1/blueprints/service/bulk/entities/delete" {
			t.Errorf("%s %s", r.Method, r.Path)
		}
		s.bulk(w, r)
	})
}

func (s *store) needed(id string) bool {
	return slices.ContainsFunc(s.entities[id], func(by string) bool { _, there := s.entities[by]; return there })
}

func (s *store) one(w http.ResponseWriter, r request) {
	id, _ := url.PathUnescape(strings.TrimPrefix(r.Path, "/v1/blueprints/service/entities/"))
	switch _, there := s.entities[id]; {
	case !there:
		reply(w, 404, `{"ok":false,"error":"not_found"}`)
	case s.needed(id):
		reply(w, 409, dependents)
	default:
		delete(s.entities, id)
		reply(w, 200, `{"ok":true}`)
	}
}

func (s *store) bulk(w http.ResponseWriter, r request) {
	var in struct{ Entities []string }
	_ = json.Unmarshal([]byte(r.Body), &in)
	deleted := []string{}
	for _, id := range in.Entities {
		_, there := s.entities[id]
		if there && !s.needed(id) {
			deleted = append(deleted, id)
		}
	}
	if len(deleted) < len(in.Entities) && !s.partial {
		reply(w, 422, dependents)
		return
	}
	for _, id := range deleted {
		delete(s.entities, id)
	}
	if s.silent {
		reply(w, 200, `{"ok":true}`)
		return
	}
	b, _ := json.Marshal(map[string]any{"ok": true, "deletedEntities": deleted})
	reply(w, 200, string(b))
}

func TestDelete(t *testing.T) {
	t.Parallel()
	many := map[string][]string{}
	for _, id := range ids(0, 101) {
		many[id] = nil
	}
	tests := map[string]struct {
		store  *store
		ids    []string
		failed map[string]string // words of the error by identifier
		left   []string
		bulk   int
		single int
	}{
		"none":         {store: &store{}},
		"some":         {store: &store{entities: map[string][]string{"a": nil, "b/c": nil, "d": nil}}, ids: []string{"a", "b/c"}, left: []string{"d"}, bulk: 1},
		"silent":       {store: &store{entities: map[string][]string{"a": nil}, silent: true}, ids: []string{"a"}, bulk: 1},
		"100":          {store: &store{entities: clone(many, 100)}, ids: ids(0, 100), bulk: 1},
		"101":          {store: &store{entities: clone(many, 101)}, ids: ids(0, 101), bulk: 2},
		"not there":    {store: &store{entities: map[string][]string{"a": nil}}, ids: []string{"a", "gone"}, bulk: 1, single: 2},
		"partial":      {store: &store{entities: map[string][]string{"a": nil}, partial: true}, ids: []string{"a", "gone"}, bulk: 1, single: 1},
		"given twice":  {store: &store{entities: map[string][]string{"a": nil}}, ids: []string{"a", "a"}, bulk: 1},
		"depended on":  {store: &store{entities: map[string][]string{"a": {"x"}, "b": nil, "x": nil}}, ids: []string{"a", "b"}, failed: map[string]string{"a": "has dependents"}, left: []string{"a", "x"}, bulk: 1, single: 3},
		"a cycle":      {store: &store{entities: map[string][]string{"a": {"b"}, "b": {"a"}}}, ids: []string{"a", "b"}, failed: map[string]string{"a": "has dependents", "b": "has dependents"}, left: []string{"a", "b"}, bulk: 1, single: 2},
		"never a path": {store: &store{entities: map[string][]string{"a": nil}}, ids: []string{"..", "a", "", "b c"}, failed: map[string]string{"..": "must be neither", "": "empty", "b c": "position 2"}, bulk: 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, f := test.store.serve(t)
			outcomes, err := c.Delete(t.Context(), "service", test.ids)
			if err != nil || len(outcomes) != len(test.ids) {
				t.Fatalf("%v, %v", outcomes, err)
			}
			for i, o := range outcomes {
				want, fails := test.failed[test.ids[i]]
				if fails != (o.Err != nil) || fails && !strings.Contains(o.Err.Error(), want) {
					t.Errorf("%q: %v", test.ids[i], o.Err)
				}
			}
			var left []string
			for id := range test.store.entities {
				left = append(left, id)
			}
			slices.Sort(left)
			if diff := cmp.Diff(test.left, left); diff != "" {
				t.Error(diff)
			}
			bulk, single := 0, 0
			for _, r := range f.seen() {
				if r.Method == http.MethodPost {
					bulk++
				} else {
					single++
				}
			}
			if bulk != test.bulk || single != test.single {
				t.Errorf("%d bulk and %d single requests, want %d and %d", bulk, single, test.bulk, test.single)
			}
		})
	}
}

func clone(m map[string][]string, n int) map[string][]string {
	c := map[string][]string{}
	for _, id := range ids(0, n) {
		c[id] = m[id]
	}
	return c
}

// TestDeleteWhatDependsOnEachOther needs several passes, over more than one bulk
// request: each entity is needed by the next of the list.
func TestDeleteWhatDependsOnEachOther(t *testing.T) {
	t.Parallel()
	list := ids(0, 103)
	s := &store{entities: map[string][]string{}}
	for i, id := range list {
		s.entities[id] = nil
		if i+1 < len(list) && i >= 97 {
			s.entities[id] = []string{list[i+1]}
		}
	}
	c, _ := s.serve(t)
	outcomes, err := c.Delete(t.Context(), "service", list)
	if err != nil || len(s.entities) != 0 {
		t.Fatalf("%v, %d left", err, len(s.entities))
	}
	for i, o := range outcomes {
		if o.Err != nil {
			t.Errorf("%s: %v", list[i], o.Err)
		}
	}
}

func TestDeleteFailures(t *testing.T) {
	t.Parallel()
	c, f := serve(t, func(_ int, w http.ResponseWriter, r request) {
		if r.Method == http.MethodPost {
			reply(w, 422, dependents)
			return
		}
		reply(w, 500, `{"message":"broken"}`)
	})
	var se *transport.StatusError
	if _, err := c.Delete(t.Context(), "service", []string{"a"}); !errors.As(err, &se) || se.Status != 500 || len(f.seen()) != 7 {
		t.Errorf("error %v after %d requests", err, len(f.seen()))
	}
	refusing, g := serve(t, func(_ int, w http.ResponseWriter, _ request) { reply(w, 401, `{}`) })
	var auth *ingest.AuthError
	if _, err := refusing.Delete(t.Context(), "service", []string{"a"}); !errors.As(err, &auth) || len(g.seen()) != 5 {
		t.Errorf("error %v after %d requests", err, len(g.seen()))
	}
	var id *IdentifierError
	outcomes, err := c.Delete(t.Context(), "..", []string{"a"})
	if err != nil || len(outcomes) != 1 || !errors.As(outcomes[0].Err, &id) || len(f.seen()) != 7 {
		t.Errorf("%v, %v", outcomes, err)
	}
}
