package memory_test

import (
	"errors"
	"fmt"
	"runtime"
	"testing"
	"time"

	"adoport/shared/ingest"
	"adoport/shared/ledger/ledgertest"
	"adoport/shared/ledger/memory"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	ledgertest.Run(t, func(*testing.T) ledgertest.Ledger { return memory.New() })
}

// fill saves a million fingerprints, 200 a page.
func fill(tb testing.TB, l *memory.Ledger, run string) {
	tb.Helper()
	const pages, each = 5_000, 200
	fingerprints := make([]uint64, each)
	for number := range pages {
		for i := range fingerprints {
			fingerprints[i] = uint64(number*each + i)
		}
		if _, err := l.SavePage(tb.Context(), ingest.Page{
			PageKey: ingest.PageKey{Run: run, Source: "work-item", Scope: "p1", Number: number},
			Counts:  map[string]ingest.Counts{"": {Read: each}, "azure_devops_work_item": {Unchanged: each}},
			Keep:    map[string][]uint64{"azure_devops_work_item": fingerprints},
		}); err != nil {
			tb.Fatal(err)
		}
	}
}

// TestMemory is not parallel: it measures the heap.
func TestMemory(t *testing.T) {
	heap := func() int64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	l := memory.New()
	create(t, l, "run-1", 1)
	before := heap()
	fill(t, l, "run-1")
	const limit = 14 << 20
	cost := heap() - before
	t.Logf("1,000,000 fingerprints cost %.1f MB", float64(cost)/1e6)
	if cost > limit {
		t.Errorf("1,000,000 fingerprints cost %d bytes; want at most %d", cost, limit)
	}
	// What ended before others gives the memory back.
	for i := range 3 {
		id := fmt.Sprintf("run-%d", i+1)
		if i > 0 {
			create(t, l, id, i+1)
		}
		finish(t, l, id)
	}
	if rest := heap() - before; rest > limit/10 {
		t.Errorf("%d bytes are still held after the pages were dropped", rest)
	}
	runtime.KeepAlive(l)
}

func create(t *testing.T, l *memory.Ledger, id string, started int) {
	t.Helper()
	if err := l.Create(t.Context(), ingest.Run{ID: id, StartedAt: time.Unix(int64(started), 0), Scopes: 1, Status: ingest.Running}); err != nil {
		t.Fatal(err)
	}
}

func finish(t *testing.T, l *memory.Ledger, id string) {
	t.Helper()
	if ended, err := l.Finish(t.Context(), id, ingest.Complete, "", time.Unix(1_000, 0)); err != nil || !ended {
		t.Fatalf("Finish %s = %t, %v", id, ended, err)
	}
}

// pages returns how many pages a run has.
func pages(t *testing.T, l *memory.Ledger, id string) (int, error) {
	t.Helper()
	n := 0
	for _, err := range l.Pages(t.Context(), id) {
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

func TestRetention(t *testing.T) {
	t.Parallel()
	l := memory.New()
	create(t, l, "going on", 0)
	save := func(id string) error {
		_, err := l.SavePage(t.Context(), ingest.Page{PageKey: ingest.PageKey{Run: id, Source: "s"}})
		return err
	}
	if err := save("going on"); err != nil {
		t.Fatal(err)
	}
	const n = 25
	for i := range n {
		id := fmt.Sprintf("run-%d", i)
		create(t, l, id, i)
		if err := save(id); err != nil {
			t.Fatal(err)
		}
		if err := l.SavePrune(t.Context(), id, ingest.PruneOutcome{Blueprint: "b"}); err != nil {
			t.Fatal(err)
		}
		finish(t, l, id)
	}

	if got, err := pages(t, l, "going on"); got != 1 || err != nil {
		t.Errorf("the run that goes on has %d pages, %v; want 1", got, err)
	}
	runs, err := l.Runs(t.Context(), 100)
	if err != nil || len(runs) != 21 {
		t.Errorf("%d runs, %v; want 20 that ended and 1 that goes on", len(runs), err)
	}
	for i := range n {
		id := fmt.Sprintf("run-%d", i)
		_, err := l.Run(t.Context(), id)
		if forgotten := errors.Is(err, ingest.ErrNotFound); forgotten != (i < 5) {
			t.Errorf("Run %s = %v", id, err)
		}
		prunes, err := l.Prunes(t.Context(), id)
		if i >= 5 && (len(prunes) != 1 || err != nil) {
			t.Errorf("Prunes of %s = %v, %v; want 1", id, prunes, err)
		}
		got, err := pages(t, l, id)
		switch kept := i >= 23; {
		case kept && (got != 1 || err != nil):
			t.Errorf("%s has %d pages, %v; want 1", id, got, err)
		case !kept && !errors.Is(err, ingest.ErrNotFound):
			t.Errorf("Pages of %s, which were dropped, = %d pages, %v; want ErrNotFound", id, got, err)
		}
	}
}

// TestDroppedPages: late tasks of a run whose pages were dropped MUST NOT find
// an empty run.
func TestDroppedPages(t *testing.T) {
	t.Parallel()
	l := memory.New()
	for i := range 3 {
		id := fmt.Sprintf("run-%d", i)
		create(t, l, id, i)
		finish(t, l, id)
	}
	key := ingest.PageKey{Run: "run-0", Source: "s"}
	_, pageErr := l.Page(t.Context(), key)
	_, saveErr := l.SavePage(t.Context(), ingest.Page{PageKey: key})
	_, scopeErr := l.FinishScope(t.Context(), key)
	for name, err := range map[string]error{"Page": pageErr, "SavePage": saveErr, "FinishScope": scopeErr} {
		if !errors.Is(err, ingest.ErrNotFound) {
			t.Errorf("%s = %v; want ErrNotFound", name, err)
		}
	}
}

// BenchmarkSavePage saves pages into ledgers of a million fingerprints.
func BenchmarkSavePage(b *testing.B) {
	const pages = 5_000
	p := ingest.Page{
		PageKey: ingest.PageKey{Run: "run-1", Source: "work-item", Scope: "p1"},
		Keep:    map[string][]uint64{"azure_devops_work_item": make([]uint64, 200)},
	}
	var l *memory.Ledger
	b.ReportAllocs()
	for b.Loop() {
		if p.Number%pages == 0 {
			l = memory.New()
			if err := l.Create(b.Context(), ingest.Run{ID: "run-1", Status: ingest.Running}); err != nil {
				b.Fatal(err)
			}
		}
		if _, err := l.SavePage(b.Context(), p); err != nil {
			b.Fatal(err)
		}
		p.Number++
	}
}
