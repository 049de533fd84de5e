package bench

import (
	"testing"
	"time"
)

// BenchmarkReceiver sends 1,000 events a second for ten seconds, each about
// another work item, so that none can be lost unseen. Then it does so with ten
// times the latency: nothing that an answer takes may come from the services.
func BenchmarkReceiver(b *testing.B) {
	a := receive(b, latency, 10*time.Second)
	record(b, "events answered 202, of 10000", "accepted", float64(a.accepted), exactly(10_000))
	record(b, "answer p50, ms", "p50-ms", quantile(a.took, 0.5), unlimited)
	record(b, "answer p99, ms", "p99-ms", quantile(a.took, 0.99), atMost(10))
	record(b, "answer max, ms", "max-ms", quantile(a.took, 1), unlimited)
	record(b, "p99 from when the event was due, ms", "due-p99-ms", quantile(a.late, 0.99), unlimited)
	record(b, "events lost", "lost", float64(a.lost), exactly(0))
	record(b, "from the last answer to an empty queue, s", "rest-s", a.rest.Seconds(), unlimited)
	record(b, "requests to Azure DevOps for an event", "ado-requests/event", a.azureDevOps, unlimited)

	slow := receive(b, 10*latency, 5*time.Second)
	record(b, "200 ms a request: answer p50, ms", "slow-p50-ms", quantile(slow.took, 0.5), unlimited)
	record(b, "200 ms a request: answer p99, ms", "slow-p99-ms", quantile(slow.took, 0.99), atMost(10))
	record(b, "200 ms a request: events lost", "slow-lost", float64(slow.lost), exactly(0))
}

// received is what became of the events of a receiver.
type received struct {
	answers
	lost        int
	rest        time.Duration
	azureDevOps float64
}

func receive(b *testing.B, latency, lasting time.Duration) received {
	const perSecond = 1_000
	n := perSecond * int(lasting/time.Second)
	s := budgeted
	s.workItems = n / s.projects
	v := newServer(b, s, latency)
	items, before := v.items(n), v.traffic()
	a := v.send(b, load{events: n, perSecond: perSecond, senders: connections, of: func(event int) item { return items[event] }})
	begin := time.Now()
	v.settle(b)
	rest := time.Since(begin)
	requests := v.traffic().since(before).azureDevOpsRequests()
	return received{a, v.wrong(), rest, float64(requests) / float64(n)}
}
