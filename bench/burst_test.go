package bench

import (
	"testing"
	"time"
)

// BenchmarkBurst sends 10,000 events on 1,000 work items as fast as they are
// answered, and tells what the process holds before and after.
func BenchmarkBurst(b *testing.B) {
	const events, changing = 10_000, 1_000
	v := newServer(b, budgeted, latency)
	items := v.items(changing)
	time.Sleep(2 * time.Second) // idle
	idle, _ := v.memory(b)
	before, begin := v.traffic(), time.Now()
	a := v.send(b, load{events: events, senders: 64, of: func(event int) item { return items[event%changing] }})
	v.settle(b)
	took, after := time.Since(begin), v.traffic().since(before)
	wrong := v.wrong()
	time.Sleep(5 * time.Second) // idle again
	rest, peak := v.memory(b)

	record(b, "events answered 202, of 10000", "accepted", float64(a.accepted), exactly(events))
	record(b, "requests to Azure DevOps for an event", "ado-requests/event", float64(after.azureDevOpsRequests())/events, atMost(0.1))
	record(b, "requests to Port for an event", "port-requests/event", float64(after.portRequests())/events, unlimited)
	record(b, "until all were answered, s", "answered-s", a.wall.Seconds(), unlimited)
	record(b, "until the queue was empty, s", "empty-s", took.Seconds(), unlimited)
	record(b, "entities that are wrong then", "wrong", float64(wrong), exactly(0))
	if peak == 0 {
		note("The memory of a running process is known on Linux only.")
		return
	}
	record(b, "RSS idle, MB", "idle-MB", megabytes(idle), unlimited)
	record(b, "RSS 5 s after the burst, MB", "after-MB", megabytes(rest), unlimited)
	record(b, "peak RSS, MB", "peak-MB", megabytes(peak), atMost(150))
}
