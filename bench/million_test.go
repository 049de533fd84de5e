package bench

import (
	"cmp"
	"fmt"
	"os"
	"runtime/debug"
	"strconv"
	"testing"

	"adoport/shared/simulator/fault"
)

// BenchmarkMillion fills a catalog with very many work items, without latency,
// and with two sizes of which one is twice the other: is the cost linear?
func BenchmarkMillion(b *testing.B) {
	single := many(b, 50_000)
	double := many(b, 100_000)
	record(b, "CPU time of 100,000 over that of 50,000 (linear is 2)", "x-cpu", double.CPU.Seconds()/single.CPU.Seconds(), atMost(2.2))
	record(b, "wall time of 100,000 over that of 50,000", "x-wall", double.Wall.Seconds()/single.Wall.Seconds(), unlimited)
	record(b, "peak RSS of 100,000 over that of 50,000", "x-peak", float64(double.Peak)/float64(single.Peak), unlimited)
	if n := items(b); n != 50_000 && n != 100_000 {
		many(b, n)
	}
}

// items is how many work items are many: BENCH_ITEMS, or a million if
// BENCH_FULL asks for all.
func items(b *testing.B) int {
	text := os.Getenv("BENCH_ITEMS")
	if text == "" && !full {
		note("BENCH_FULL=1 measures 1,000,000 work items, BENCH_ITEMS=n another number of them.")
		return 100_000
	}
	n, err := strconv.Atoi(cmp.Or(text, "1000000"))
	if err != nil || n < 20 {
		b.Fatalf("BENCH_ITEMS is %q, and must be a number from 20", text)
	}
	return n
}

// many measures the first backfill of n work items, in 20 projects.
func many(b *testing.B, n int) run {
	debug.FreeOSMemory() // what the stand-ins before held is not to be paged
	s := size{projects: 20, workItems: n / 20}
	w := newWorld(b, s, fault.Options{})
	r := w.backfill(b)
	if stored := w.stored(); stored != s.entities() {
		b.Fatalf("the catalog has %d entities, want %d", stored, s.entities())
	}
	of, unit := fmt.Sprintf("%d work items: ", s.allWorkItems()), strconv.Itoa(s.allWorkItems())+"-"
	record(b, of+"peak RSS, MB", unit+"peak-MB", megabytes(r.Peak), atMost(150))
	record(b, of+"wall time, s", unit+"s", r.Wall.Seconds(), unlimited)
	record(b, of+"CPU time, s", unit+"cpu-s", r.CPU.Seconds(), unlimited)
	record(b, of+"entities a second", unit+"entities/s", float64(s.entities())/r.Wall.Seconds(), unlimited)
	record(b, of+"requests to Azure DevOps for them", unit+"work-item-requests", float64(r.workItemRequests()), readBudget(s))
	record(b, of+"requests to Port for a changed entity", unit+"port-requests/entity", float64(r.portRequests())/float64(s.entities()), atMost(0.06))
	return r
}
