package port

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSearchQueriesInEntities(t *testing.T) {
	t.Parallel()
	where := func(property, value string) string {
		return fmt.Sprintf(`{"combinator":"and","rules":[{"property":%q,"operator":"=","value":%q}]}`, property, value)
	}
	tests := map[string]struct {
		entity string
		status int
		want   string // properties b, and relations, of the written entity; or the message
	}{
		"identifier":          {`{"identifier":` + where("a", "only") + `,"properties":{"b":"9"}}`, 200, `{"b":"9"} {}`},
		"identifier in":       {`{"identifier":{"combinator":"and","rules":[{"property":"$title","operator":"in","value":["T"]}]},"properties":{"b":"9"}}`, 200, `{"b":"9"} {}`},
		"identifier of none":  {`{"identifier":` + where("a", "none") + `}`, 404, "matches"},
		"identifier of two":   {`{"identifier":` + where("b", "two") + `}`, 422, "more than one"},
		"wrong operator":      {`{"identifier":{"combinator":"and","rules":[{"property":"a","operator":"contains","value":"o"}]}}`, 422, "allowed values"},
		"no combinator":       {`{"identifier":{"rules":[]}}`, 422, "combinator"},
		"relation":            {`{"identifier":"e","relations":{"one":` + where("u", "1") + `}}`, 201, `{} {"one":"p1"}`},
		"relation of none":    {`{"identifier":"e","relations":{"one":` + where("u", "9") + `}}`, 201, `{} {}`},
		"relation of two":     {`{"identifier":"e","relations":{"one":` + where("u", "2") + `}}`, 201, `{} {"one":"p2"}`},
		"relation to many":    {`{"identifier":"e","relations":{"many":` + where("u", "2") + `}}`, 201, `{} {"many":["p2","p3"]}`},
		"many of none":        {`{"identifier":"e","relations":{"many":` + where("u", "9") + `}}`, 201, `{} {"many":[]}`},
		"nested":              {`{"identifier":"e","relations":{"many":{"combinator":"or","rules":[` + where("u", "1") + `,` + where("$identifier", "p3") + `]}}}`, 201, `{} {"many":["p1","p3"]}`},
		"unknown relation":    {`{"identifier":"e","relations":{"none":` + where("u", "1") + `}}`, 422, "relations/none"},
		"rule is not one":     {`{"identifier":"e","relations":{"one":{"combinator":"and","rules":[1]}}}`, 422, "objects"},
		"team without a list": {`{"identifier":"e","team":` + where("$title", "Red") + `}`, 404, "_team"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, _ := newCatalog(t, Options{})
			for i, u := range []string{"1", "2", "2"} {
				c.put("p", fmt.Sprintf(`{"identifier":"p%d","properties":{"u":%q}}`, i+1, u))
			}
			c.put("x", `{"identifier":"e1","title":"T","properties":{"a":"only"}}`)
			c.put("x", `{"identifier":"e2","properties":{"b":"two"}}`)
			c.put("x", `{"identifier":"e3","properties":{"b":"two"}}`)
			body := c.must(tt.status, "POST", "/v1/blueprints/x/entities?upsert=true", tt.entity)
			if tt.status > 201 {
				if !strings.Contains(message(body), tt.want) {
					t.Errorf("message %q, want %q", message(body), tt.want)
				}
				return
			}
			e := body["entity"].(map[string]any)
			if diff := cmp.Diff(tt.want, string(appendValue(nil, e["properties"]))+" "+string(appendValue(nil, e["relations"]))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTeamQuery(t *testing.T) {
	t.Parallel()
	c, _ := newCatalog(t, Options{})
	c.blueprint("_team", "", "")
	c.put("_team", `{"identifier":"red","title":"Red"}`)
	c.put("x", `{"identifier":"e","team":{"combinator":"and","rules":[{"property":"$title","operator":"=","value":"Red"}]}}`)
	e, _ := c.server.Entity("x", "e")
	if diff := cmp.Diff([]any{"red"}, e.Team); diff != "" {
		t.Error(diff)
	}
}

func TestSearchQueryFindsAtMostHundred(t *testing.T) {
	t.Parallel()
	c, _ := newCatalog(t, Options{})
	c.fill("p", 120)
	c.put("x", `{"identifier":"e","relations":{"many":{"combinator":"and","rules":[{"property":"$blueprint","operator":"=","value":"p"}]}}}`)
	e, _ := c.server.Entity("x", "e")
	if got := e.Relations["many"].([]any); len(got) != 100 || got[99] != "e0099" {
		t.Errorf("%d found, to %v", len(got), got[len(got)-1])
	}
}
