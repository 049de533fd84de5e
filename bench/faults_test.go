package bench

import (
	"testing"
	"time"

	"adoport/shared/simulator/fault"
)

// BenchmarkFaults fills an empty catalog while one request in twenty fails, in
// every way in which requests fail.
func BenchmarkFaults(b *testing.B) {
	w := newWorld(b, budgeted, fault.Options{
		Latency: latency, Rate: 0.05, Kinds: fault.All(), Seed: 11, RetryAfter: time.Second,
	})
	r, _ := w.try(b)
	injected := w.injected()
	record(b, "exit code", "exit", float64(r.Exit), exactly(0))
	record(b, "entities missing or too many", "wrong-entities", float64(w.stored()-budgeted.entities()), exactly(0))
	again, _ := w.try(b)
	record(b, "entities that a second run corrected", "corrected-entities", float64(again.written()), exactly(0))
	record(b, "faults", "faults", float64(injected), unlimited)
	record(b, "wall time, s", "s", r.Wall.Seconds(), unlimited)
	record(b, "requests sent again", "retries", float64(r.Requests.AzureDevOps.Retries+r.Requests.Port.Retries), unlimited)
}
