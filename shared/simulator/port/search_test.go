package port

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const searchPath = "/v1/blueprints/x/entities/search"

// walk pages through a search and returns the identifiers of each page. between
// runs after each page.
func (c *client) walk(path, body string, between func(page int)) [][]string {
	c.t.Helper()
	var pages [][]string
	for from := ""; ; {
		a := c.must(200, "POST", path, "{"+body+from+"}")
		pages = append(pages, ids(a))
		next, more := a["next"].(string)
		if !more {
			return pages
		}
		if len(pages) > 2000 {
			c.t.Fatal("paging does not end")
		}
		from = fmt.Sprintf(`,"from":%q`, next)
		between(len(pages))
	}
}

func sizes(pages [][]string) []int {
	var n []int
	for _, p := range pages {
		n = append(n, len(p))
	}
	return n
}

func TestSearchPaging(t *testing.T) {
	t.Parallel()
	c, _ := newCatalog(t, Options{})
	c.fill("x", 1001)
	for body, want := range map[string][]int{
		`"limit":1000`: {1000, 1},
		`"limit":1001`: nil,
		`"limit":500`:  {500, 500, 1},
		`"limit":1000,"query":{"combinator":"and","rules":[{"property":"$identifier","operator":"!=","value":"e0000"}]}`:      {1000},
		`"limit":300,"query":{"combinator":"and","rules":[{"property":"$identifier","operator":"beginsWith","value":"e1"}]}`:  {1},
		`"limit":2,"query":{"combinator":"and","rules":[{"property":"$identifier","operator":"in","value":["e3","e0003"]}]}`:  {1},
		`"limit":1,"query":{"combinator":"or","rules":[{"property":"$identifier","operator":"in","value":["e9","e7","e8"]}]}`: {0},
	} {
		if want == nil {
			c.must(422, "POST", searchPath, "{"+body+"}")
			continue
		}
		if diff := cmp.Diff(want, sizes(c.walk(searchPath, body, func(int) {}))); diff != "" {
			t.Errorf("%s: %s", body, diff)
		}
	}
	if got := sizes(c.walk(searchPath, `"include":["identifier"]`, func(int) {})); !slices.Equal(got, []int{200, 200, 200, 200, 200, 1}) {
		t.Errorf("default limit: %v", got)
	}
}

// Entities that are there from begin to end are seen once each, whatever is
// written and deleted meanwhile.
func TestSearchPagingUnderWrites(t *testing.T) {
	t.Parallel()
	c, _ := newCatalog(t, Options{})
	c.fill("x", 1001)
	pages := c.walk(searchPath, `"limit":100`, func(page int) {
		last := page*100 - 1
		for _, id := range []int{last, last - 50, last + 2} { // the cursor's own entity too
			c.send("DELETE", fmt.Sprintf("/v1/blueprints/x/entities/e%04d?delete_dependents=false", id), "")
		}
		c.put("x", fmt.Sprintf(`{"identifier":"e%04d.before"}`, last-50))
		c.put("x", fmt.Sprintf(`{"identifier":"e%04d.after"}`, last+20))
	})
	seen := map[string]int{}
	for _, id := range slices.Concat(pages...) {
		seen[id]++
	}
	for id, n := range seen {
		if n != 1 {
			t.Errorf("%s came %d times", id, n)
		}
		if strings.HasSuffix(id, ".before") {
			t.Errorf("%s was made behind the cursor and came", id)
		}
	}
	for e := range c.server.All("x") {
		if seen[e.Identifier] == 0 && !strings.HasSuffix(e.Identifier, ".before") {
			t.Errorf("%s was not seen", e.Identifier)
		}
	}
}

func TestSearchLooksThousandIdentifiersUp(t *testing.T) {
	t.Parallel()
	c, _ := newCatalog(t, Options{})
	c.fill("x", 100)
	in := make([]string, 0, 1000)
	for i := range 1000 {
		in = append(in, fmt.Sprintf("\"e%04d\"", 999-i))
	}
	rule := `{"property":"$identifier","operator":"in","value":[` + strings.Join(in, ",") + `]}`
	pages := c.walk(searchPath, `"limit":60,"query":{"combinator":"and","rules":[`+rule+`,{"property":"$identifier","operator":"!=","value":"e0050"}]}`, func(int) {})
	if diff := cmp.Diff([]int{60, 39}, sizes(pages)); diff != "" {
		t.Error(diff)
	}
	if !slices.IsSorted(slices.Concat(pages...)) {
		t.Error("not in order")
	}
}

func TestSearchFields(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		``: `{"identifier":"e","blueprint":"x","title":"T","icon":"Git","team":"q","properties":{"a":"1","n":2},"relations":{"one":"p1"},
			"createdAt":"2024-05-06T07:08:09.123Z","createdBy":"client","updatedAt":"2024-05-06T07:08:09.123Z","updatedBy":"client"}`,
		`"include":["identifier"]`:                                                                               `{"identifier":"e"}`,
		`"include":["$identifier","$title","$updatedAt"]`:                                                        `{"identifier":"e","title":"T","updatedAt":"2024-05-06T07:08:09.123Z"}`,
		`"include":["icon","team","blueprint"]`:                                                                  `{"icon":"Git","team":"q","blueprint":"x"}`,
		`"include":["properties"]`:                                                                               `{"properties":{"a":"1","n":2}}`,
		`"include":["properties.n","properties.none"]`:                                                           `{"properties":{"n":2}}`,
		`"include":["properties.b","relations.one"]`:                                                             `{"properties":{},"relations":{"one":"p1"}}`,
		`"include":["relations","title"],"exclude":["title"]`:                                                    `{"relations":{"one":"p1"}}`,
		`"include":["properties"],"exclude":["properties.n"]`:                                                    `{"properties":{"a":"1"}}`,
		`"include":["identifier"],"exclude":["properties"]`:                                                      `{"identifier":"e"}`,
		`"include":["properties.a"],"exclude":["properties"]`:                                                    `{}`,
		`"include":["identifier"],"exclude":["relations.one"]`:                                                   `{"identifier":"e"}`,
		`"exclude":["properties","relations.one","icon","team","createdAt","createdBy","updatedAt","updatedBy"]`: `{"identifier":"e","blueprint":"x","title":"T","relations":{}}`,
	}
	for body, want := range tests {
		t.Run(body, func(t *testing.T) {
			t.Parallel()
			c, _ := newCatalog(t, Options{})
			c.put("p", `{"identifier":"p1"}`)
			c.put("x", `{"identifier":"e","title":"T","icon":"Git","team":"q","properties":{"a":"1","n":2.0},"relations":{"one":"p1"}}`)
			equalJSON(t, body, c.must(200, "POST", searchPath, "{"+body+"}"), `{"ok":true,"next":null,"entities":[`+want+`]}`)
		})
	}
}

func TestSearchIsRefused(t *testing.T) {
	t.Parallel()
	c, _ := newCatalog(t, Options{})
	for body, want := range map[string]string{
		`{"limit":0}`:              "limit",
		`{"limit":1.5}`:            "limit",
		`{"limit":"10"}`:           "limit",
		`{"from":""}`:              "from",
		`{"from":"§"}`:             "from",
		`{"from":7}`:               "from",
		`{"include":["colour"]}`:   "colour",
		`{"include":"identifier"}`: "include",
		`{"exclude":["foo.bar"]}`:  "foo.bar",
		`{"query":[]}`:             "object",
	} {
		if body := c.must(422, "POST", searchPath, body); !strings.Contains(message(body), want) {
			t.Errorf("%s, want %q", message(body), want)
		}
	}
	c.must(404, "POST", "/v1/blueprints/none/entities/search", "{}")
	c.must(400, "POST", searchPath, "")
}

func TestSearchAll(t *testing.T) {
	t.Parallel()
	c, _ := newCatalog(t, Options{})
	c.put("p", `{"identifier":"same","title":"P"}`)
	c.put("x", `{"identifier":"same","title":"X","properties":{"a":"1"}}`)
	c.put("x", `{"identifier":"other"}`)
	const named = `{"combinator":"and","rules":[{"property":"$identifier","operator":"=","value":"same"}]}`
	equalJSON(t, "named", c.must(200, "POST", "/v1/entities/search?include=blueprint&include=properties.a&exclude_calculated_properties=true", named),
		`{"ok":true,"matchingBlueprints":["p","x"],"failedBlueprints":[],"entities":[{"blueprint":"p","properties":{}},{"blueprint":"x","properties":{"a":"1"}}]}`)
	equalJSON(t, "none", c.must(200, "POST", "/v1/entities/search", strings.Replace(named, "same", "none", 1)),
		`{"ok":true,"matchingBlueprints":[],"failedBlueprints":[],"entities":[]}`)
	c.must(422, "POST", "/v1/entities/search", `{"rules":[]}`)
	c.must(422, "POST", "/v1/entities/search?include=colour", named)
}
