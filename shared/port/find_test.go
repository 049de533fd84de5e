package port

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"adoport/shared/ingest"
)

// asked is the body of a search.
type asked struct {
	Query struct {
		Combinator string `json:"combinator"`
		Rules      []struct {
			Property string          `json:"property"`
			Operator string          `json:"operator"`
			Value    json.RawMessage `json:"value"`
		} `json:"rules"`
	} `json:"query"`
	Include []string        `json:"include"`
	Limit   int             `json:"limit"`
	From    json.RawMessage `json:"from"`
}

func readSearch(t *testing.T, r request) asked {
	t.Helper()
	var in asked
	if err := json.Unmarshal([]byte(r.Body), &in); err != nil {
		t.Errorf("a search of %q: %v", r.Body, err)
	}
	return in
}

// identifiers returns the values of the "in" rule.
func (a asked) identifiers() []string {
	var ids []string
	for _, r := range a.Query.Rules {
		if r.Property == "$identifier" && r.Operator == "in" {
			_ = json.Unmarshal(r.Value, &ids)
		}
	}
	return ids
}

// page encodes the answer of a search.
func page(next string, ids ...string) string {
	list := make([]map[string]any, 0, len(ids))
	for _, id := range ids {
		list = append(list, map[string]any{"identifier": id, "properties": map[string]any{"name": id}})
	}
	answer := map[string]any{"ok": true, "entities": list}
	if next != "" {
		answer["next"] = next
	}
	b, _ := json.Marshal(answer)
	return string(b)
}

func ids(from, to int) []string {
	list := make([]string, 0, to-from)
	for i := from; i < to; i++ {
		list = append(list, fmt.Sprintf("e%04d", i))
	}
	return list
}

func TestFindRequest(t *testing.T) {
	t.Parallel()
	c, f := serve(t, func(_ int, w http.ResponseWriter, _ request) {
		reply(w, 200, `{"ok":true,"entities":[
			{"identifier":"a","title":"A","icon":null,"team":["x"],"properties":{"n":1.50,"gone":null},"relations":{"p":["q"]},"updatedAt":"2026-01-02T03:04:05.678Z"},
			{"identifier":"b","properties":null,"updatedAt":null},
			{"identifier":"other"}]}`)
	})
	got, err := c.Find(t.Context(), "my/service", []string{"b", "a", "a", "not allowed", "c"}, []string{"title", "properties.n", "title"})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]ingest.Stored{
		"a": {
			Identifier: "a", Title: "A", Team: []any{"x"},
			Properties: map[string]any{"n": json.Number("1.50"), "gone": nil}, Relations: map[string]any{"p": []any{"q"}},
			UpdatedAt: time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.UTC),
		},
		"b": {Identifier: "b", Properties: map[string]any{}, Relations: map[string]any{}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	r := f.seen()[0]
	if r.Method != http.MethodPost || r.Path != "/v1/blueprints/my%2Fservice/entities/search" {
		t.Errorf("%s %s", r.Method, r.Path)
	}
	wantBody := `{"query":{"combinator":"and","rules":[{"property":"$identifier","operator":"in","value":["a","b","c"]}]},` +
		`"include":["identifier","properties.n","title","updatedAt"],"limit":1000}`
	if diff := cmp.Diff(wantBody, r.Body); diff != "" {
		t.Error(diff)
	}
}

func TestFindCutsAt1000(t *testing.T) {
	t.Parallel()
	for n, want := range map[int][]int{0: nil, 1000: {1000}, 1001: {1, 1000}} {
		c, f := serve(t, func(_ int, w http.ResponseWriter, r request) {
			reply(w, 200, page("", readSearch(t, r).identifiers()...))
		})
		got, err := c.Find(t.Context(), "service", ids(0, n), nil)
		if err != nil || len(got) != n {
			t.Errorf("%d: %d found, %v", n, len(got), err)
		}
		var sizes []int
		for _, r := range f.seen() {
			sizes = append(sizes, len(readSearch(t, r).identifiers()))
		}
		slices.Sort(sizes)
		if diff := cmp.Diff(want, sizes); diff != "" {
			t.Errorf("%d: %s", n, diff)
		}
	}
}

// TestFindStaysUnderTheBodyLimit has identifiers so long that 1,000 of them are
// more than 1 MiB.
func TestFindStaysUnderTheBodyLimit(t *testing.T) {
	t.Parallel()
	long := ids(0, 600)
	for i := range long {
		long[i] += strings.Repeat(`é\`, 490)
	}
	c, f := serve(t, func(_ int, w http.ResponseWriter, r request) {
		reply(w, 200, page("", readSearch(t, r).identifiers()...))
	})
	got, err := c.Find(t.Context(), "service", long, nil)
	if err != nil || len(got) != len(long) {
		t.Errorf("%d found, %v", len(got), err)
	}
	for _, r := range f.seen() {
		if len(r.Body) > maxBody {
			t.Errorf("a body of %d bytes", len(r.Body))
		}
	}
	if n := len(f.seen()); n != 2 {
		t.Errorf("%d requests", n)
	}
}

func TestFindMergesCallersWithTheSameFields(t *testing.T) {
	t.Parallel()
	f := newFake(t, func(_ int, w http.ResponseWriter, r request) {
		reply(w, 200, page("", readSearch(t, r).identifiers()...))
	})
	o := testOptions(f.URL)
	o.SearchLinger = time.Minute // a full batch does not wait for it
	c := newTestClient(t, o)
	c.finds.maxItems = 4
	var wg sync.WaitGroup
	for i, fields := range [][]string{{"title", "icon"}, {"icon", "title"}, {"icon"}} {
		wg.Go(func() {
			wanted := []string{"shared", fmt.Sprint("own-", i)}
			if len(fields) == 1 {
				wanted = append(wanted, "x", "y")
			}
			got, err := c.Find(t.Context(), "service", wanted, fields)
			if err != nil || !slices.Equal(slices.Sorted(maps.Keys(got)), slices.Sorted(slices.Values(wanted))) {
				t.Errorf("%v, %v", got, err)
			}
		})
	}
	wg.Wait()
	var sizes []int
	for _, r := range f.seen() {
		sizes = append(sizes, len(readSearch(t, r).identifiers()))
	}
	slices.Sort(sizes)
	if diff := cmp.Diff([]int{3, 4}, sizes); diff != "" {
		t.Error(diff)
	}
}

func TestFindFollowsPages(t *testing.T) {
	t.Parallel()
	c, f := serve(t, func(n int, w http.ResponseWriter, r request) {
		want := []string{"", `"one"`, `"two"`}[n-1]
		if got := string(readSearch(t, r).From); got != want {
			t.Errorf("page %d is from %s", n, got)
		}
		reply(w, 200, []string{page("one", "a"), page("two"), page("three", "b")}[n-1])
	})
	got, err := c.Find(t.Context(), "service", []string{"a", "b"}, nil)
	if err != nil || len(got) != 2 || len(f.seen()) != 3 {
		t.Errorf("%v, %v after %d requests", got, err, len(f.seen()))
	}
}

// TestFindHalvesWhatIsRefused: a service that takes 100 values at most is asked
// for more only once.
func TestFindHalvesWhatIsRefused(t *testing.T) {
	t.Parallel()
	for _, status := range []int{400, 413, 422} {
		refused := 0
		var mu sync.Mutex
		c, _ := serve(t, func(_ int, w http.ResponseWriter, r request) {
			wanted := readSearch(t, r).identifiers()
			if len(wanted) > 100 {
				mu.Lock()
				refused++
				mu.Unlock()
				reply(w, status, `{"ok":false,"error":"invalid_request","message":"too many values"}`)
				return
			}
			reply(w, 200, page("", wanted...))
		})
		for round := range 2 {
			got, err := c.Find(t.Context(), "service", ids(0, 1000), nil)
			if err != nil || len(got) != 1000 {
				t.Errorf("%d: %d found, %v", status, len(got), err)
			}
			if round == 0 {
				refused = 0
			}
		}
		if refused != 0 {
			t.Errorf("%d: the second search was refused %d times", status, refused)
		}
	}
}

func TestFindFailures(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		status   int
		body     string
		want     string
		notFound bool
		requests int
	}{
		"no blueprint":         {404, `{"ok":false,"error":"not_found","message":"x"}`, `blueprint "service" does not exist`, true, 1},
		"always refused":       {422, `{"ok":false,"message":"no such field"}`, "no such field", false, 6}, // 1000, 500, 250, 125, 63, 50
		"forbidden":            {403, `{}`, "403", false, 1},
		"not JSON":             {200, `<html>`, "not JSON", false, 6},
		"another shape":        {200, `{"entities":{}}`, "reading Port's answer", false, 1},
		"no identifier":        {200, `{"entities":[{}]}`, "without an identifier", false, 1},
		"a date that is none":  {200, `{"entities":[{"identifier":"a","updatedAt":"soon"}]}`, "", false, 1},
		"a date as a number":   {200, `{"entities":[{"identifier":"a","updatedAt":1700000000}]}`, "", false, 1},
		"no entities":          {200, `{"ok":true}`, "no entities", false, 1},
		"the same cursor":      {200, `{"entities":[],"next":"x"}`, "same cursor", false, 2},
		"the same odd cursor":  {200, `{"entities":[],"next":{"a":1}}`, "same cursor", false, 2},
		"an end that is null":  {200, `{"entities":[],"next":null}`, "", false, 1},
		"an end that is empty": {200, `{"entities":[],"next":""}`, "", false, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, f := serve(t, func(_ int, w http.ResponseWriter, _ request) { reply(w, test.status, test.body) })
			_, err := c.Find(t.Context(), "service", ids(0, 1000), nil)
			switch {
			case test.want == "" && err != nil,
				test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)),
				errors.Is(err, ingest.ErrNotFound) != test.notFound:
				t.Errorf("error %v", err)
			}
			if n := len(f.seen()); n != test.requests {
				t.Errorf("%d requests, want %d", n, test.requests)
			}
		})
	}
}

func TestSearchChecksTheBlueprint(t *testing.T) {
	t.Parallel()
	c, f := serve(t, func(int, http.ResponseWriter, request) {})
	var id *IdentifierError
	if _, err := c.Find(t.Context(), "..", []string{"a"}, nil); !errors.As(err, &id) || len(f.seen()) != 0 {
		t.Errorf("error %v after %d requests", err, len(f.seen()))
	}
}
