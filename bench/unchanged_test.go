package bench

import (
	"testing"

	"adoport/shared/simulator/fault"
)

// BenchmarkUnchangedRun runs again when nothing has changed.
func BenchmarkUnchangedRun(b *testing.B) {
	w := newWorld(b, budgeted, fault.Options{Latency: latency})
	w.backfill(b)
	var runs []run
	for range 3 {
		runs = append(runs, w.backfill(b))
	}
	r := median(runs, run.wall)
	written := 0
	for _, r := range runs {
		written += r.written() + r.writes.UpsertRequests + r.writes.DeleteRequests
	}
	record(b, "writes in 3 runs", "writes", float64(written), exactly(0))
	record(b, "searches per 200 entities", "searches/200", 200*float64(r.searches())/float64(budgeted.entities()), atMost(1))
	record(b, "wall time (median of 3), s", "s", r.Wall.Seconds(), unlimited)
	record(b, "CPU time, s", "cpu-s", r.CPU.Seconds(), unlimited)
	record(b, "requests to Port", "port-requests", float64(r.portRequests()), unlimited)
	record(b, "requests to Azure DevOps", "ado-requests", float64(r.azureDevOpsRequests()), unlimited)
}
