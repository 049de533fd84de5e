package bolt

import (
	"os"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"adoport/shared/ingest"
)

// save saves n pages of 200 fingerprints each, with so many savers, and returns
// all fingerprints in no order.
func save(tb testing.TB, l *Ledger, run string, n, savers int) {
	tb.Helper()
	const each = 200
	var next atomic.Int64
	var wg sync.WaitGroup
	for range savers {
		wg.Go(func() {
			fingerprints := make([]uint64, each)
			for number := int(next.Add(1)) - 1; number < n; number = int(next.Add(1)) - 1 {
				for i := range fingerprints {
					fingerprints[i] = uint64(number*each + i)
				}
				stored, err := l.SavePage(tb.Context(), ingest.Page{
					PageKey: ingest.PageKey{Run: run, Source: "work-item", Scope: "p1", Number: number},
					Counts:  map[string]ingest.Counts{"": {Read: each}, "azure_devops_work_item": {Unchanged: each}},
					Keep:    map[string][]uint64{"azure_devops_work_item": fingerprints},
				})
				if err != nil || !stored {
					tb.Errorf("SavePage = %t, %v", stored, err)
					return
				}
			}
		})
	}
	wg.Wait()
}

// TestMillion is not parallel: it measures the heap. A loop over a million
// fingerprints yields each once, and holds a chunk of them at a time.
func TestMillion(t *testing.T) {
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	l := open(t, t.TempDir())
	create(t, l, "run-1", 1)
	const pages, each = 5_000, 200
	save(t, l, "run-1", pages, 100)
	seen := make([]uint64, 0, pages*each)
	before, most, n := heap(), uint64(0), 0
	for p, err := range l.Pages(t.Context(), "run-1") {
		if err != nil {
			t.Fatal(err)
		}
		seen = append(seen, p.Keep["azure_devops_work_item"]...)
		if n++; n%100 == 0 {
			most = max(most, heap())
		}
	}
	for i, fingerprint := range seen {
		if fingerprint != uint64(i) { // The pages of a scope are in order.
			t.Fatalf("fingerprint %d is %d; want each once, in order", i, fingerprint)
		}
	}
	if cost := int64(most) - int64(before); len(seen) != pages*each || cost > 4*chunkSize {
		t.Errorf("%d fingerprints, at a cost of %d bytes; want %d, and at most %d", len(seen), cost, pages*each, 4*chunkSize)
	}
	info, err := os.Stat(l.file.Path())
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d fingerprints in a file of %.1f MB", len(seen), float64(info.Size())/1e6)
}

// TestFileIsReused: run after run, the file stays as big as a few of them.
func TestFileIsReused(t *testing.T) {
	t.Parallel()
	l := open(t, t.TempDir())
	size := func() int64 {
		info, err := os.Stat(l.file.Path())
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	var sizes []int64
	for i := range 3 * keptPages {
		id := string(rune('a' + i))
		create(t, l, id, i)
		save(t, l, id, 100, 100)
		finish(t, l, id)
		sizes = append(sizes, size())
	}
	// One more than are kept is there while it goes on.
	settled := slices.Max(sizes[:keptPages+2])
	if last := sizes[len(sizes)-1]; last > settled*3/2 {
		t.Errorf("the file grows on: %d", sizes)
	}
}

// BenchmarkSavePage saves pages of 200 fingerprints, 8 at once.
func BenchmarkSavePage(b *testing.B) {
	l := open(b, b.TempDir())
	create(b, l, "run-1", 1)
	b.ResetTimer()
	save(b, l, "run-1", b.N, 8)
}

// BenchmarkPages reads a million fingerprints.
func BenchmarkPages(b *testing.B) {
	l := open(b, b.TempDir())
	create(b, l, "run-1", 1)
	save(b, l, "run-1", 5_000, 100)
	for b.Loop() {
		n := 0
		for _, err := range l.Pages(b.Context(), "run-1") {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
		if n != 5_000 {
			b.Fatal(n)
		}
	}
}

// BenchmarkDrop fills a ledger and ends runs until a million fingerprints are
// dropped, which takes drop-ms.
func BenchmarkDrop(b *testing.B) {
	var drop time.Duration
	for b.Loop() {
		l := open(b, b.TempDir())
		create(b, l, "big", 1)
		save(b, l, "big", 5_000, 100)
		finish(b, l, "big")
		for i := range keptPages {
			id := string(rune('a' + i))
			create(b, l, id, i)
			begin := time.Now()
			finish(b, l, id)
			if i == keptPages-1 {
				drop += time.Since(begin)
			}
		}
	}
	b.ReportMetric(float64(drop)/float64(time.Millisecond)/float64(b.N), "drop-ms")
}
