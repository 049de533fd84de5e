package port

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const datasourcePath = "/v1/blueprints/entities/datasource-entities"

func TestDatasource(t *testing.T) {
	t.Parallel()
	c, at := newCatalog(t, Options{})
	write := func(agent, blueprint, id string) {
		c.agent = agent
		c.put(blueprint, `{"identifier":"`+id+`"}`)
	}
	write("adoport/1 (instance/one)", "p", "z")
	write("adoport/1 (instance/one)", "x", "a")
	write("adoport/1 (instance/two)", "x", "b")
	at.add(time.Second)
	write("adoport/2 (instance/one)", "x", "c")
	write("port-ocean/azure-devops/1/one/exporter", "x", "d")

	for body, want := range map[string][]string{
		`"datasource_prefix":"adoport/","datasource_suffix":"(instance/one)"`:                             {"z", "a", "c"},
		`"datasource_prefix":"adoport/1","datasource_suffix":""`:                                          {"z", "a", "b"},
		`"datasource_prefix":"","datasource_suffix":"/exporter"`:                                          {"d"},
		`"datasource_prefix":"nobody"`:                                                                    {},
		`"datasource_prefix":"adoport/","before":"2024-05-06T07:08:10.123Z"`:                              {"z", "a", "b"},
		`"datasource_prefix":"adoport/","before":"2024-05-06T07:08:09.123Z"`:                              {},
		`"datasource_prefix":"adoport/","datasource_suffix":"(instance/one)","limit":1`:                   {"z", "a", "c"},
		`"datasource_prefix":"adoport/","datasource_suffix":"(instance/one)","limit":2`:                   {"z", "a", "c"},
		`"datasource_prefix":"adoport/","datasource_suffix":"","limit":3,"before":"2030-01-01T00:00:00Z"`: {"z", "a", "b", "c"},
	} {
		pages := c.walk(datasourcePath, body, func(int) {})
		if diff := cmp.Diff(want, append([]string{}, slices.Concat(pages...)...)); diff != "" {
			t.Errorf("%s: %s", body, diff)
		}
	}
	for _, body := range []string{`{"limit":5001}`, `{"limit":0}`, `{"before":"yesterday"}`, `{"from":"bm9zcGFjZQ"}`, `{"from":"!"}`, `{"datasource_prefix":1}`} {
		c.must(422, "POST", datasourcePath, body)
	}
}

func TestDatasourceSurvivesDeletes(t *testing.T) {
	t.Parallel()
	c, _ := newCatalog(t, Options{})
	c.fill("p", 50)
	c.fill("x", 50)
	pages := c.walk(datasourcePath, `"datasource_prefix":"adoport/","limit":7`, func(int) {
		c.must(200, "DELETE", "/v1/blueprints/p/all-entities", "")
	})
	got := slices.Concat(pages...)
	if len(got) != 57 || got[6] != "e0006" || got[7] != "e0000" || got[56] != "e0049" {
		t.Errorf("after the first page the first blueprint is gone, got %v", got)
	}
}
