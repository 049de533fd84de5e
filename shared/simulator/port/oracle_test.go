package port

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestPut(t *testing.T) {
	t.Parallel()
	c, at := newCatalog(t, Options{LogWrites: true})
	const entity = `{"identifier":"e","blueprint":"x","title":"T","properties":{"n":1.50},"relations":{"many":[]}}`
	if err := c.server.Put("someone/1", []byte(entity)); err != nil {
		t.Fatal(err)
	}
	moment := at.now().Truncate(time.Millisecond)
	want := Entity{
		Identifier: "e", Blueprint: "x", Title: "T",
		Properties: map[string]any{"n": json.Number("1.5")}, Relations: map[string]any{"many": []any{}},
		CreatedAt: moment, UpdatedAt: moment, CreatedBy: "seed", UpdatedBy: "seed", Datasource: "someone/1",
	}
	got, ok := c.server.Entity("x", "e")
	if diff := cmp.Diff(want, got); !ok || diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]Entity{"e": want}, c.server.Entities("x")); diff != "" {
		t.Error(diff)
	}
	if w, l := c.server.Writes(), c.server.Log(); w != (Writes{}) || len(l) != 0 {
		t.Errorf("seeding was counted: %+v %v", w, l)
	}
	for _, bad := range []string{`{`, `{"identifier":"e"}`, `{"identifier":"e","blueprint":"none"}`, `{"identifier":"a b","blueprint":"x"}`, `{"identifier":"e","blueprint":"x","relations":{"one":"p9"}}`} {
		if err := c.server.Put("someone/1", []byte(bad)); err == nil {
			t.Errorf("%s was accepted", bad)
		}
	}
}

func TestPutBlueprint(t *testing.T) {
	t.Parallel()
	s := New(Options{})
	for _, title := range []string{"X", "Y"} {
		if err := s.PutBlueprint(fmt.Appendf(nil, `{"identifier":"x","title":%q}`, title)); err != nil {
			t.Fatal(err)
		}
		if got := s.Blueprints()["x"]["title"]; got != title {
			t.Errorf("title %v, want %s", got, title)
		}
	}
	for _, bad := range []string{`{`, `{"identifier":"x"}`, `{"identifier":"x","title":"X","foo":1}`} {
		if err := s.PutBlueprint([]byte(bad)); err == nil {
			t.Errorf("%s was accepted", bad)
		}
	}
}

func TestOracleOfNothing(t *testing.T) {
	t.Parallel()
	s := New(Options{})
	if _, ok := s.Entity("x", "e"); ok || s.Count("x") != 0 || len(s.Entities("x")) != 0 || len(s.Blueprints()) != 0 {
		t.Error("an empty catalog has something")
	}
}

func TestRequestsAreCounted(t *testing.T) {
	t.Parallel()
	c, _ := newCatalog(t, Options{})
	c.fill("x", 45)
	c.must(404, "GET", "/v1/nowhere", "")
	c.server.RevokeToken()
	c.must(401, "POST", bulkPath, "{}")
	want := map[string]int{
		"POST /v1/auth/access_token":                    1,
		"POST /v1/blueprints":                           2,
		"POST /v1/blueprints/{blueprint}/entities/bulk": 4,
		"/": 1,
	}
	if diff := cmp.Diff(want, c.server.Requests()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(Writes{Created: 45, UpsertRequests: 3}, c.server.Writes()); diff != "" {
		t.Error(diff)
	}
}

func TestAllStopsAndSurvivesDeletes(t *testing.T) {
	t.Parallel()
	c, _ := newCatalog(t, Options{})
	c.fill("x", 1500)
	n := 0
	for e := range c.server.All("x") {
		n++
		if n == 1200 {
			break
		}
		c.must(200, "DELETE", "/v1/blueprints/x/entities/"+e.Identifier+"?delete_dependents=false", "")
	}
	if n != 1200 || c.server.Count("x") != 301 {
		t.Errorf("%d seen, %d left", n, c.server.Count("x"))
	}
}

// Under the race detector: everything at once.
func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	c, _ := newCatalog(t, Options{LogWrites: true, Now: time.Now})
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := range 20 {
				id := fmt.Sprintf("w%d-%d", w, i)
				c.put("x", `{"identifier":"`+id+`"}`)
				c.send("POST", searchPath, `{"query":{"combinator":"and","rules":[{"property":"$datasource","operator":"contains","value":"adoport"}]}}`)
				c.send("GET", "/v1/blueprints", "")
				c.server.Writes()
				c.server.Requests()
				c.server.Log()
				c.server.Entities("x")
				c.server.FailEntity(nil)
				if i%2 == 0 {
					c.send("DELETE", "/v1/blueprints/x/entities/"+id+"?delete_dependents=false", "")
				}
			}
		})
	}
	wg.Wait()
	if got := c.server.Count("x"); got != 40 {
		t.Errorf("%d entities, want 40", got)
	}
}

func TestInstancesAnswerAlike(t *testing.T) {
	t.Parallel()
	play := func() string {
		c, _ := newCatalog(t, Options{})
		c.fill("x", 30)
		var all strings.Builder
		for _, path := range []string{"/v1/blueprints", "/v1/blueprints/x/entities", "/v1/blueprints/y"} {
			a := c.send("GET", path, "")
			fmt.Fprintln(&all, a.header, a.body)
		}
		return all.String()
	}
	if diff := cmp.Diff(play(), play()); diff != "" {
		t.Error(diff)
	}
}
