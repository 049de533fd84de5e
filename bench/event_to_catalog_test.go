package bench

import (
	"net/http"
	"strconv"
	"testing"
	"time"
)

// BenchmarkEventToCatalog changes one work item after the other, each when the
// system is idle again, and measures from the sending of the event until the
// catalog has the change.
func BenchmarkEventToCatalog(b *testing.B) {
	v := newServer(b, budgeted, latency)
	t := newTemplate(b)
	const changes = 30
	items := v.items(changes)
	var took []time.Duration
	for n, i := range items {
		v.settle(b)
		time.Sleep(200 * time.Millisecond) // no window of the change before is open
		if err := v.change(i, n); err != nil {
			b.Fatal(err)
		}
		want := "Changed by event " + strconv.Itoa(n)
		begin := time.Now()
		status, _, err := v.deliver(t.about(i))
		if err != nil || status != http.StatusAccepted {
			b.Fatalf("status %d, %v", status, err)
		}
		for deadline := begin.Add(time.Minute); ; time.Sleep(time.Millisecond) {
			if e, _ := v.port.Entity("azure_devops_work_item", strconv.Itoa(i.id)); e.Title == want {
				break
			}
			if time.Now().After(deadline) {
				b.Fatalf("work item %d did not change in the catalog", i.id)
			}
		}
		took = append(took, time.Since(begin))
	}
	record(b, "event to catalog p50, ms", "p50-ms", quantile(took, 0.5), atMost(250))
	record(b, "event to catalog p95, ms", "p95-ms", quantile(took, 0.95), unlimited)
	record(b, "event to catalog max, ms", "max-ms", quantile(took, 1), unlimited)
}
