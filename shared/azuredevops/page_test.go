package azuredevops

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// listServer is a list of n items that pages by one of the styles. Its tokens
// look like those of reporting routes, with semicolons.
type listServer struct {
	n        int
	style    string // "header", "body", "reporting", "skip"
	limit    int    // of a page, whatever is asked for; 0 is none
	requests atomic.Int64
	t        *testing.T
}

func (s *listServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.requests.Add(1)
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		s.t.Errorf("%q: %v", r.URL.RawQuery, err)
	}
	top, err := strconv.Atoi(query.Get("$top"))
	if err != nil {
		s.t.Errorf("no $top in %q", r.URL.RawQuery)
	}
	if s.limit > 0 {
		top = min(top, s.limit)
	}
	from := s.from(query)
	to := min(s.n, from+top)
	items := make([]int, 0, top)
	for i := from; i < to; i++ {
		items = append(items, i)
	}
	s.write(w, items, to)
}

func (s *listServer) from(query url.Values) int {
	text := query.Get("$skip")
	if s.style != "skip" {
		text = strings.TrimSuffix(query.Get("continuationToken"), ";350;1")
	}
	if text == "" {
		return 0
	}
	from, err := strconv.Atoi(text)
	if err != nil {
		s.t.Errorf("%q: %v", text, err)
	}
	return from
}

func (s *listServer) write(w http.ResponseWriter, items []int, to int) {
	token := fmt.Sprintf("%d;350;1", to)
	body := map[string]any{"count": len(items), "value": items}
	switch {
	case s.style == "reporting":
		body = map[string]any{"values": items, "continuationToken": token, "isLastBatch": to == s.n}
	case s.style == "body" && to < s.n:
		body = map[string]any{"items": items, "continuationToken": token}
	case s.style == "header" && to < s.n:
		w.Header().Set("x-ms-continuationtoken", token)
	}
	data, err := json.Marshal(body)
	if err != nil {
		s.t.Error(err)
	}
	answer(w, 200, jsonType, string(data))
}

func TestPaging(t *testing.T) {
	t.Parallel()
	for _, style := range []string{"header", "body", "reporting", "skip"} {
		for _, n := range []int{0, 1, 100, 101, 1001} {
			for _, limit := range []int{0, 40} {
				t.Run(fmt.Sprintf("%s of %d by %d", style, n, limit), func(t *testing.T) {
					t.Parallel()
					checkPaging(t, &listServer{n: n, style: style, limit: limit, t: t})
				})
			}
		}
	}
}

func checkPaging(t *testing.T, s *listServer) {
	t.Helper()
	c := newClient(t, newServer(t, s.ServeHTTP), nil)
	list := List{Request: Request{Path: []string{"_apis", "projects"}}}
	if s.style == "skip" {
		list.Paging = BySkip
	}
	got := []int{}
	for item, err := range Items[int](t.Context(), c, list) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, item)
	}
	want := make([]int, s.n)
	for i := range want {
		want[i] = i
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %d items, want 0 to %d", len(got), s.n-1)
	}
	size := 100
	if s.limit > 0 {
		size = s.limit
	}
	pages := (s.n + size - 1) / size
	if s.style == "skip" {
		pages++ // the empty page that is the end
	}
	if got := int(s.requests.Load()); got != max(1, pages) {
		t.Errorf("%d requests, want %d", got, max(1, pages))
	}
}

func TestReadPageGoesOnFromItsCursor(t *testing.T) {
	t.Parallel()
	for _, paging := range []Paging{ByToken, BySkip} {
		s := &listServer{n: 5, style: map[Paging]string{ByToken: "header", BySkip: "skip"}[paging], t: t}
		c := newClient(t, newServer(t, s.ServeHTTP), nil)
		list := List{Request: Request{Path: []string{"x"}, Query: url.Values{"a": {"b"}}}, Paging: paging, Top: 3}
		first, err := ReadPage[json.RawMessage](t.Context(), c, list, "")
		if err != nil {
			t.Fatal(err)
		}
		second, err := ReadPage[json.RawMessage](t.Context(), c, list, first.Next)
		if err != nil {
			t.Fatal(err)
		}
		want := []json.RawMessage{json.RawMessage("3"), json.RawMessage("4")}
		if diff := cmp.Diff(want, second.Items); diff != "" {
			t.Error(diff)
		}
		if len(list.Query) != 1 {
			t.Errorf("the caller's query was changed: %v", list.Query)
		}
	}
}

func TestUnpagedSendsNoTop(t *testing.T) {
	t.Parallel()
	server := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.RawQuery != "api-version=7.1" {
			t.Errorf("query %q", r.URL.RawQuery)
		}
		answer(w, 200, jsonType, `{"value":[{"id":12345678901234567890}],"count":1}`)
	})
	page, err := ReadPage[map[string]any](t.Context(), newClient(t, server, nil), List{Request: Request{Path: []string{"x"}}, Paging: Unpaged}, "")
	want := Page[map[string]any]{Items: []map[string]any{{"id": json.Number("12345678901234567890")}}}
	if diff := cmp.Diff(want, page); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

func TestTopName(t *testing.T) {
	t.Parallel()
	server := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("$maxPageSize") != "7" || r.URL.Query().Has("$top") {
			t.Errorf("query %q", r.URL.RawQuery)
		}
		answer(w, 200, jsonType, `{"values":[]}`)
	})
	list := List{Request: Request{Path: []string{"x"}}, Top: 7, TopName: "$maxPageSize"}
	if _, err := ReadPage[int](t.Context(), newClient(t, server, nil), list, ""); err != nil {
		t.Error(err)
	}
}

// A list that repeats itself ends with an error, however it does it.
func TestRepetitionIsAnError(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		paging Paging
		tokens []string // given in turn, over and over
		pages  int      // that are good
	}{
		{"the same token", ByToken, []string{"a"}, 1},
		{"tokens in a circle", ByToken, []string{"a", "b", "c"}, 3},
		{"$skip has no effect", BySkip, []string{""}, 1},
		{"a token where no pages are", Unpaged, []string{"a"}, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var requests int
			server := newServer(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("x-ms-continuationtoken", test.tokens[requests%len(test.tokens)])
				requests++
				answer(w, 200, jsonType, `{"value":[1]}`)
			})
			var last error
			pages := 0
			for _, err := range Pages[int](t.Context(), newClient(t, server, nil), List{Request: Request{Path: []string{"x"}}, Paging: test.paging}) {
				if last = err; err == nil {
					pages++
				}
			}
			if !errors.Is(last, ErrRepeated) || pages != test.pages {
				t.Errorf("%d pages, then %v; want %d, then ErrRepeated", pages, last, test.pages)
			}
		})
	}
}

func TestBreakingOffSendsNoMore(t *testing.T) {
	t.Parallel()
	s := &listServer{n: 1001, style: "header", t: t}
	c := newClient(t, newServer(t, s.ServeHTTP), nil)
	for item, err := range Items[int](t.Context(), c, List{Request: Request{Path: []string{"x"}}}) {
		if err != nil {
			t.Fatal(err)
		}
		if item == 150 {
			break
		}
	}
	if got := s.requests.Load(); got != 2 {
		t.Errorf("%d requests, want 2", got)
	}
}

// A failure after good pages is seen by whoever ranges over the items.
func TestErrorOnLaterPage(t *testing.T) {
	t.Parallel()
	server := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Has("continuationToken") {
			answer(w, 403, jsonType, errorJSON)
			return
		}
		w.Header().Set("x-ms-continuationtoken", "a")
		answer(w, 200, jsonType, `{"value":[1]}`)
	})
	var got []error
	for _, err := range Items[int](t.Context(), newClient(t, server, nil), List{Request: Request{Path: []string{"x"}}}) {
		got = append(got, err)
	}
	if len(got) != 2 || got[0] != nil || !IsForbidden(got[1]) {
		t.Errorf("got %v, want one item and one 403", got)
	}
}

func TestCursorThatIsNoNumber(t *testing.T) {
	t.Parallel()
	server := newServer(t, func(http.ResponseWriter, *http.Request) { t.Error("a request was sent") })
	c := newClient(t, server, nil)
	for _, cursor := range []string{"a", "-1"} {
		if _, err := ReadPage[int](t.Context(), c, List{Request: Request{Path: []string{"x"}}, Paging: BySkip}, cursor); err == nil {
			t.Errorf("%q was accepted", cursor)
		}
	}
}

func FuzzPage(f *testing.F) {
	for _, seed := range []string{
		`{"count":1,"value":[{"id":1}]}`, "\xef\xbb\xbf" + `{"values":[],"continuationToken":"1;2","isLastBatch":true}`,
		`{"items":[null],"continuationToken":12}`, `{"value":null}`, `{"value":{"Message":"x"}}`, `null`, `[]`, ``, signInPage,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var b body[json.RawMessage]
		if Decode(data, &b) != nil {
			return
		}
		items, err := b.items()
		if err != nil {
			return
		}
		if trimmed := strings.TrimSpace(string(withoutBOM(data))); !strings.HasPrefix(trimmed, "{") || !strings.Contains(trimmed, "[") {
			t.Errorf("%q was taken for a list", data)
		}
		for _, item := range items {
			if !json.Valid(item) {
				t.Errorf("%q has the item %q", data, item)
			}
		}
		if b.IsLastBatch && b.Next() != "" {
			t.Errorf("%q goes on after its last batch", data)
		}
	})
}
