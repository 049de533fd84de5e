package port

import (
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"
)

// BenchmarkMillion fills a catalog with b.N entities of about 400 bytes of JSON
// through bulk upserts and pages through them; run it with -benchtime 1000000x.
// It reports the memory that an entity takes, and how long a search step takes.
func BenchmarkMillion(b *testing.B) {
	c, _ := newClient(b, Options{})
	c.blueprint("azure_devops_project", "", "")
	c.blueprint("azure_devops_work_item", `"url":{"type":"string","format":"url"},"revision":{"type":"number"},"type":{"type":"string"},
		"state":{"type":"string"},"created_date":{"type":"string","format":"date-time"},"created_by":{"type":"string"},
		"updated_date":{"type":"string","format":"date-time"},"priority":{"type":"number"}`, `"project":{"target":"azure_devops_project"}`)
	before := heap()
	b.ResetTimer()
	const bulk = "/v1/blueprints/azure_devops_work_item/entities/bulk?upsert=true&merge=true&create_missing_related_entities=true"
	for i := 0; i < b.N; i += maxBulk {
		entities := make([]string, 0, maxBulk)
		for j := i; j < min(i+maxBulk, b.N); j++ {
			entities = append(entities, workItem(j))
		}
		c.must(http.StatusOK, "POST", bulk, `{"entities":[`+strings.Join(entities, ",")+`]}`)
	}
	b.StopTimer()
	b.ReportMetric(float64(heap()-before)/float64(b.N), "B/entity")
	b.StartTimer()
	pages := c.walk("/v1/blueprints/azure_devops_work_item/entities/search",
		`"limit":1000,"include":["identifier"],"query":{"combinator":"and","rules":[{"property":"$datasource","operator":"contains","value":"adoport/"}]}`, func(int) {})
	n := 0
	for _, p := range pages {
		n += len(p)
	}
	if n != b.N {
		b.Fatalf("%d entities came back, want %d", n, b.N)
	}
	runtime.KeepAlive(c.server)
}

func workItem(n int) string {
	return fmt.Sprintf(`{"identifier":"%d","title":"Work item number %d does something","properties":{
		"url":"https://dev.azure.com/fabrikam/4f1c7a50-5a3c-4c0e-8f5e-0d1f2a3b4c5d/_apis/wit/workItems/%d","revision":%d,"type":"User Story",
		"state":"Active","created_date":"2024-01-02T03:04:05.67Z","created_by":"Ada Example","updated_date":"2024-02-03T04:05:06.7Z","priority":2},
		"relations":{"project":"4f1c7a50-5a3c-4c0e-8f5e-0d1f2a3b4c5d"}}`, n, n, n, n%50)
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
