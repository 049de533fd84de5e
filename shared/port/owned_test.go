package port

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"adoport/shared/ingest"
)

const ownedRules = `{"property":"$datasource","operator":"contains","value":"adoport/"},` +
	`{"property":"$datasource","operator":"contains","value":"(instance/test)"}`

func TestOwned(t *testing.T) {
	t.Parallel()
	answers := []string{
		`{"entities":[{"identifier":"a","updatedAt":"2026-01-02T03:04:05Z"},{"identifier":"b"}],"next":"n1"}`,
		`{"entities":[],"next":"n2"}`,
		`{"entities":[{"identifier":"c"}]}`,
	}
	c, f := serve(t, func(n int, w http.ResponseWriter, _ request) { reply(w, 200, answers[n-1]) })
	var pages [][]string
	for page, err := range c.Owned(t.Context(), "service") {
		if err != nil {
			t.Fatal(err)
		}
		var list []string
		for _, e := range page {
			list = append(list, e.Identifier)
			if want := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC); e.Identifier == "a" && !e.UpdatedAt.Equal(want) {
				t.Errorf("updatedAt %v", e.UpdatedAt)
			}
		}
		pages = append(pages, list)
	}
	if diff := cmp.Diff([][]string{{"a", "b"}, {"c"}}, pages); diff != "" {
		t.Error(diff)
	}
	var bodies []string
	for _, r := range f.seen() {
		bodies = append(bodies, r.Body)
	}
	start := `{"query":{"combinator":"and","rules":[` + ownedRules + `]},"include":["identifier","updatedAt"],"limit":1000`
	if diff := cmp.Diff([]string{start + `}`, start + `,"from":"n1"}`, start + `,"from":"n2"}`}, bodies); diff != "" {
		t.Error(diff)
	}
}

func TestOwnedStops(t *testing.T) {
	t.Parallel()
	c, f := serve(t, func(n int, w http.ResponseWriter, _ request) {
		if n == 3 {
			reply(w, 403, `{"message":"no"}`)
			return
		}
		reply(w, 200, page(string(rune('a'+n)), "x"))
	})
	for range c.Owned(t.Context(), "service") {
		break
	}
	if n := len(f.seen()); n != 1 {
		t.Errorf("a reader that stops after a page caused %d requests", n)
	}
	var errs []string
	for page, err := range c.Owned(t.Context(), "service") {
		if err != nil {
			errs = append(errs, err.Error())
		} else if len(page) != 1 {
			t.Errorf("page %v", page)
		}
	}
	if len(errs) != 1 || !strings.Contains(errs[0], "403") {
		t.Errorf("errors %v", errs)
	}
}

func TestFindOwned(t *testing.T) {
	t.Parallel()
	c, f := serve(t, func(_ int, w http.ResponseWriter, r request) {
		if strings.Contains(r.Body, `"e0100"`) {
			reply(w, 200, `{"entities":[{"identifier":"e0100","updatedAt":"2026-01-02T03:04:05.5+01:00"}]}`)
			return
		}
		reply(w, 200, `{"entities":[{"identifier":"e0001"},{"identifier":"other"}]}`)
	})
	got, err := c.FindOwned(t.Context(), "service", ids(0, 101))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]ingest.Stored{
		"e0001": {Identifier: "e0001", Properties: map[string]any{}, Relations: map[string]any{}},
		"e0100": {
			Identifier: "e0100", Properties: map[string]any{}, Relations: map[string]any{},
			UpdatedAt: time.Date(2026, 1, 2, 2, 4, 5, 5e8, time.UTC),
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if n := len(f.seen()); n != 2 {
		t.Fatalf("%d requests", n)
	}
	wantBody := `{"query":{"combinator":"and","rules":[` + ownedRules + `,{"property":"$identifier","operator":"in","value":["e0100"]}]},"limit":1000}`
	if diff := cmp.Diff(wantBody, f.seen()[1].Body); diff != "" {
		t.Error(diff)
	}
}
