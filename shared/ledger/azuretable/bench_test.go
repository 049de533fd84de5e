package azuretable

import (
	"runtime"
	"strconv"
	"sync"
	"testing"

	"adoport/shared/ingest"
)

func BenchmarkSavePage(b *testing.B) {
	l := open(b, newName(), Options{})
	create(b, l, "run-1", 1, 1)
	number := 0
	b.ReportAllocs()
	for b.Loop() {
		savePage(b, l, "run-1", number, 200)
		number++
	}
}

func BenchmarkFinishScope(b *testing.B) {
	l := open(b, newName(), Options{})
	create(b, l, "run-1", 1, b.N)
	scope := 0
	for b.Loop() {
		if _, err := l.FinishScope(b.Context(), ingest.PageKey{Run: "run-1", Scope: strconv.Itoa(scope)}); err != nil {
			b.Fatal(err)
		}
		scope++
	}
}

// BenchmarkPages reads 1,000,000 fingerprints, 200 a page, and says how much
// memory that takes at most.
func BenchmarkPages(b *testing.B) {
	const n, each = 5_000, 200
	l := open(b, newName(), Options{})
	create(b, l, "run-1", 1, 1)
	var wg sync.WaitGroup
	for first := range 8 {
		wg.Go(func() {
			for number := first; number < n; number += 8 {
				if _, err := l.SavePage(b.Context(), pageOf("run-1", number, each)); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	runtime.GC()
	before, most := heap(), uint64(0)
	for b.Loop() {
		seen := 0
		for p, err := range l.Pages(b.Context(), "run-1") {
			if err != nil {
				b.Fatal(err)
			}
			if seen += len(p.Keep["azure_devops_work_item"]); p.Number%50 == 0 {
				most = max(most, heap())
			}
		}
		if seen != n*each {
			b.Fatalf("%d fingerprints; want %d", seen, n*each)
		}
	}
	b.ReportMetric(float64(most-before)/1e6, "MB-heap")
}
