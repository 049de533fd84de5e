package port

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"adoport/shared/ingest"
	"adoport/shared/mapping"
)

func upsert(t *testing.T, c *Client, list []mapping.Entity) []error {
	t.Helper()
	outcomes, err := c.Upsert(t.Context(), "service", list)
	if err != nil {
		t.Fatal(err)
	}
	if len(outcomes) != len(list) {
		t.Fatalf("%d outcomes of %d entities", len(outcomes), len(list))
	}
	errs := make([]error, len(outcomes))
	for i, o := range outcomes {
		errs[i] = o.Err
	}
	return errs
}

func numberedEntities(n int) []mapping.Entity {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = fmt.Sprintf("e%03d", i)
	}
	return entities(ids...)
}

// batches returns the identifiers of every bulk request.
func (f *fakePort) batches() [][]string {
	var list [][]string
	for _, r := range f.seen() {
		list = append(list, sentEntities(r))
	}
	return list
}

func TestUpsertRequest(t *testing.T) {
	t.Parallel()
	c, f := serve(t, takeAll)
	big1, _ := new(big.Int).SetString("123456789012345678901234567890", 10)
	errs := upsert(t, c, []mapping.Entity{
		{
			Identifier: "a/b", Meta: map[string]any{"title": "A \"b\"", "icon": nil, "team": []any{"x"}},
			Properties: map[string]any{"big": big1, "nan": math.NaN(), "n": json.Number("1.50"), "null": nil, "f": 0.5},
			Relations:  map[string]any{"project": "p", "none": nil},
		},
		{Query: map[string]any{"combinator": "and", "rules": []any{}}},
	})
	if errs[0] != nil || errs[1] != nil {
		t.Error(errs)
	}
	r := f.seen()[0]
	if r.Method != http.MethodPost || r.Path != "/v1/blueprints/service/entities/bulk" ||
		r.Query != "create_missing_related_entities=true&merge=true&upsert=true" {
		t.Errorf("%s %s?%s", r.Method, r.Path, r.Query)
	}
	if ua := r.Header.Get("User-Agent"); ua != "adoport/1.2.3 (instance/test)" {
		t.Errorf("User-Agent %q", ua)
	}
	if a := r.Header.Get("Authorization"); a != "Bearer "+testToken {
		t.Errorf("Authorization %q", a)
	}
	want := `{"entities":[` +
		`{"icon":null,"identifier":"a/b","properties":{"big":123456789012345678901234567890,"f":0.5,"n":1.50,"nan":null,"null":null},` +
		`"relations":{"none":null,"project":"p"},"team":["x"],"title":"A \"b\""},` +
		`{"identifier":{"combinator":"and","rules":[]},"properties":{},"relations":{}}]}`
	if diff := cmp.Diff(want, r.Body); diff != "" {
		t.Error(diff)
	}
}

func TestUpsertOptionsBecomeParameters(t *testing.T) {
	t.Parallel()
	f := newFake(t, takeAll)
	o := testOptions(f.URL)
	o.Merge, o.CreateMissingRelated = false, false
	upsert(t, newTestClient(t, o), entities("a"))
	if got := f.seen()[0].Query; got != "create_missing_related_entities=false&merge=false&upsert=true" {
		t.Error(got)
	}
}

func TestUpsertFillsRequests(t *testing.T) {
	t.Parallel()
	for n, want := range map[int][]int{0: nil, 1: {1}, 20: {20}, 21: {1, 20}, 45: {5, 20, 20}} {
		c, f := serve(t, takeAll)
		upsert(t, c, numberedEntities(n))
		var sizes []int
		for _, b := range f.batches() {
			sizes = append(sizes, len(b))
		}
		slices.Sort(sizes)
		if diff := cmp.Diff(want, sizes); diff != "" {
			t.Errorf("%d entities: %s", n, diff)
		}
	}
}

func TestUpsertMergesCallers(t *testing.T) {
	t.Parallel()
	f := newFake(t, takeAll)
	o := testOptions(f.URL)
	o.Linger = time.Minute // a full batch does not wait for it
	c := newTestClient(t, o)
	var wg sync.WaitGroup
	for _, e := range numberedEntities(20) {
		wg.Go(func() { upsert(t, c, []mapping.Entity{e}) })
	}
	wg.Wait()
	if got := f.batches(); len(got) != 1 {
		t.Errorf("20 callers made %d requests", len(got))
	}
}

func TestUpsertKeepsTheOrderOfOneIdentifier(t *testing.T) {
	t.Parallel()
	c, f := serve(t, takeAll)
	upsert(t, c, entities("a", "b", "a", "c", "a"))
	want := [][]string{{"a", "b", "c"}, {"a"}, {"a"}}
	if diff := cmp.Diff(want, f.batches()); diff != "" {
		t.Error(diff)
	}
}

func TestUpsertCatchesWhatPortWouldRefuse(t *testing.T) {
	t.Parallel()
	c, f := serve(t, takeAll)
	list := entities("a", "b b", "c")
	list = append(list, mapping.Entity{Identifier: "d", Properties: map[string]any{"x": struct{}{}}})
	errs := upsert(t, c, list)
	var id *IdentifierError
	if errs[0] != nil || !errors.As(errs[1], &id) || errs[2] != nil || errs[3] == nil {
		t.Error(errs)
	}
	if diff := cmp.Diff([][]string{{"a", "c"}}, f.batches()); diff != "" {
		t.Error(diff)
	}
	outcomes, err := c.Upsert(t.Context(), "a=b", list)
	if err != nil || len(outcomes) != 4 || !errors.As(outcomes[0].Err, &id) {
		t.Errorf("%v, %v", outcomes, err)
	}
}

func TestPartialAnswers(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		body string
		want [3]string // in the errors; "" is none
	}{
		"all": {body: `{"ok":true,"entities":[{"index":2},{"index":0},{"index":1}],"errors":[]}`},
		"one failed": {
			body: `{"entities":[{"index":0},{"index":2}],"errors":[{"identifier":"unknown","index":1,"statusCode":422,"error":"invalid_request","message":"bad priority"}]}`,
			want: [3]string{"", `writing service "b": Port answered 422 Unprocessable Entity (invalid_request): bad priority [trace trace-1]`, ""},
		},
		"not mentioned": {body: `{"entities":[{"index":0}],"errors":[]}`, want: [3]string{"", "does not mention", "does not mention"}},
		"in both lists": {body: `{"entities":[{"index":0},{"index":1},{"index":2}],"errors":[{"index":1,"statusCode":404}]}`, want: [3]string{"", "404", ""}},
		"out of range":  {body: `{"entities":[{"index":0},{"index":1},{"index":2},{"index":3},{"index":-1}],"errors":[{"index":9,"statusCode":404},{"statusCode":404}]}`},
		"a list of words": {
			body: `{"entities":[{"index":0},{"index":2}],"errors":[{"index":1,"statusCode":422,"error":{"a":1},"message":["x","y"]}]}`,
			want: [3]string{"", `["x","y"]`, ""},
		},
		"nothing": {body: `{"ok":false}`, want: [3]string{"does not mention", "does not mention", "does not mention"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, f := serve(t, func(_ int, w http.ResponseWriter, _ request) {
				w.Header().Set("X-Trace-Id", "trace-1")
				reply(w, 207, test.body)
			})
			for i, err := range upsert(t, c, entities("a", "b", "c")) {
				if (err == nil) != (test.want[i] == "") || err != nil && !strings.Contains(err.Error(), test.want[i]) {
					t.Errorf("entity %d: %v, want %q", i, err, test.want[i])
				}
			}
			if n := len(f.seen()); n != 1 {
				t.Errorf("%d requests", n)
			}
		})
	}
}

// failing answers a bulk upsert; status says what an entity fails with, 0 is not
// at all.
func failing(status func(n int, id string) int) handler {
	return func(n int, w http.ResponseWriter, r request) {
		var ok, bad []map[string]any
		for i, id := range sentEntities(r) {
			if s := status(n, id); s != 0 {
				bad = append(bad, map[string]any{"index": i, "identifier": id, "statusCode": s, "error": "e", "message": "m"})
			} else {
				ok = append(ok, map[string]any{"index": i, "identifier": id})
			}
		}
		b, _ := json.Marshal(map[string]any{"entities": ok, "errors": bad})
		reply(w, 207, string(b))
	}
}

func TestTransientEntitiesAreRetried(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		status func(n int, id string) int
		want   [][]string
		failed []string
	}{
		"together, then alone": {
			status: func(n int, id string) int {
				if id == "b" && n <= 2 || id == "c" && n <= 3 {
					return 503
				}
				return 0
			},
			want: [][]string{{"a", "b", "c"}, {"b", "c"}, {"b"}, {"c"}},
		},
		"permanent": {
			status: func(_ int, id string) int { return map[string]int{"b": 422, "c": 404}[id] },
			want:   [][]string{{"a", "b", "c"}}, failed: []string{"b", "c"},
		},
		"bounded": {
			status: func(_ int, id string) int { return map[string]int{"b": 429}[id] },
			want:   [][]string{{"a", "b", "c"}, {"b"}, {"b"}, {"b"}, {"b"}, {"b"}}, failed: []string{"b"},
		},
		"transient, then permanent": {
			status: func(n int, id string) int {
				if id == "b" && n == 1 {
					return 409
				}
				return map[string]int{"b": 422}[id]
			},
			want: [][]string{{"a", "b", "c"}, {"b"}}, failed: []string{"b"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, f := serve(t, failing(test.status))
			var failed []string
			list := entities("a", "b", "c")
			for i, err := range upsert(t, c, list) {
				if err != nil {
					failed = append(failed, list[i].Identifier)
				}
			}
			if diff := cmp.Diff(test.failed, failed); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(test.want, f.batches()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTransientStatuses(t *testing.T) {
	t.Parallel()
	for status := 100; status < 600; status++ {
		want := status == 408 || status == 409 || status == 429 || status >= 500
		if got := (&EntityError{Status: status}).Transient(); got != want {
			t.Errorf("%d: %v", status, got)
		}
	}
	if (&EntityError{}).Transient() {
		t.Error("an entity that the answer does not mention is not tried again")
	}
}

// TestOneBadEntityFailsAlone has the whole request refused because of one.
func TestOneBadEntityFailsAlone(t *testing.T) {
	t.Parallel()
	for _, status := range []int{400, 413, 422} {
		c, f := serve(t, func(n int, w http.ResponseWriter, r request) {
			if slices.Contains(sentEntities(r), "e013") {
				reply(w, status, `{"ok":false,"error":"invalid_request","message":"e013 is bad"}`)
				return
			}
			takeAll(n, w, r)
		})
		for i, err := range upsert(t, c, numberedEntities(20)) {
			if (err != nil) != (i == 13) {
				t.Errorf("%d: entity %d: %v", status, i, err)
			}
		}
		if n := len(f.seen()); n > 11 {
			t.Errorf("%d: %d requests", status, n)
		}
	}
}

// TestServiceFailureConcernsTheCall: what is not about the request's content is
// not searched for in its halves.
func TestServiceFailureConcernsTheCall(t *testing.T) {
	t.Parallel()
	c, f := serve(t, func(_ int, w http.ResponseWriter, _ request) { reply(w, 503, "{}") })
	if _, err := c.Upsert(t.Context(), "service", entities("a", "b")); err == nil || len(f.seen()) != 6 {
		t.Errorf("error %v after %d requests", err, len(f.seen()))
	}
	g := newFake(t, func(_ int, w http.ResponseWriter, _ request) {
		w.Header().Set("Retry-After", "100")
		reply(w, 429, "{}")
	})
	o := testOptions(g.URL)
	o.MaxWait = time.Second
	var throttled *ingest.ThrottledError
	if _, err := newTestClient(t, o).Upsert(t.Context(), "service", entities("a")); !errors.As(err, &throttled) {
		t.Errorf("error %v", err)
	}
}

func TestUpsertEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	returned := make(chan struct{})
	defer close(returned)
	c, _ := serve(t, func(n int, w http.ResponseWriter, r request) {
		cancel()
		<-returned
		takeAll(n, w, r)
	})
	if _, err := c.Upsert(ctx, "service", numberedEntities(1000)); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}
