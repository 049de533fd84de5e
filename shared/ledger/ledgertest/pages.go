package ledgertest

import (
	"context"
	"fmt"
	"testing"

	"adoport/shared/ingest"
)

func testPage(t *testing.T, l Ledger) {
	create(t, l, runOf("run-1", 1))
	full := pageOf(keyIn("run-1", 0))
	bare := ingest.Page{PageKey: keyIn("run-1", 1)}
	organization := pageOf(ingest.PageKey{Run: "run-1", Source: "source-1"})
	for _, p := range []ingest.Page{full, bare, organization} {
		save(t, l, p)
	}
	for _, p := range []ingest.Page{full, bare, organization} {
		expectPage(t, l, p)
	}
}

func testPageOnce(t *testing.T, l Ledger) {
	create(t, l, runOf("run-1", 1))
	first := pageOf(keyIn("run-1", 0))
	save(t, l, first)
	second := pageOf(first.PageKey)
	second.Next, second.Keep = "another", map[string][]uint64{"z": {1}}
	stored, err := l.SavePage(t.Context(), second)
	must(t, "SavePage", err)
	if stored {
		t.Error("SavePage = true; want false for a page that is there")
	}
	expectPage(t, l, first)
	expectPages(t, l, "run-1", first)
}

func testPageRace(t *testing.T, l Ledger) {
	create(t, l, runOf("run-1", 1))
	for number := range 3 {
		winner := make(chan ingest.Page, 8)
		won := race(t, 8, func(i int) (bool, error) {
			p := pageOf(keyIn("run-1", number))
			p.Next = fmt.Sprintf("saved by %d", i)
			stored, err := l.SavePage(t.Context(), p)
			if stored {
				winner <- p
			}
			return stored, err
		})
		if won != 1 {
			t.Fatalf("%d of 8 saved page %d; want 1", won, number)
		}
		expectPage(t, l, <-winner)
	}
}

func testPageNotFound(t *testing.T, l Ledger) {
	create(t, l, runOf("run-1", 1), runOf("run-2", 2))
	save(t, l, pageOf(keyIn("run-1", 1)))
	for name, key := range map[string]ingest.PageKey{
		"another run":    {Run: "run-2", Source: "source-1", Scope: "scope-1", Number: 1},
		"another source": {Run: "run-1", Source: "source-2", Scope: "scope-1", Number: 1},
		"another scope":  {Run: "run-1", Source: "source-1", Scope: "scope-2", Number: 1},
		"no scope":       {Run: "run-1", Source: "source-1", Number: 1},
		"another number": {Run: "run-1", Source: "source-1", Scope: "scope-1", Number: 0},
		"no such run":    {Run: "run", Source: "source-1", Scope: "scope-1", Number: 1},
	} {
		_, err := l.Page(t.Context(), key)
		expectNotFound(t, "Page of "+name, err)
	}
}

// manyPages saves n pages over several sources and scopes.
func manyPages(t *testing.T, l ingest.Ledger, run string, n int) []ingest.Page {
	t.Helper()
	all := make([]ingest.Page, n)
	for i := range all {
		all[i] = pageOf(ingest.PageKey{
			Run: run, Source: fmt.Sprint("source-", i%2), Scope: fmt.Sprint("scope-", i%3), Number: i / 6,
		})
		save(t, l, all[i])
	}
	return all
}

func testPages(t *testing.T, l Ledger) {
	create(t, l, runOf("run-1", 1), runOf("run-2", 2))
	expectPages(t, l, "run-1")
	expectPages(t, l, "run-1", manyPages(t, l, "run-1", 120)...)
	expectPages(t, l, "run-2")
}

func testPagesBreak(t *testing.T, l Ledger) {
	create(t, l, runOf("run-1", 1))
	all := manyPages(t, l, "run-1", 12)
	for stop := 1; stop <= 3; stop++ {
		n := 0
		for _, err := range l.Pages(t.Context(), "run-1") {
			must(t, "Pages", err)
			if n++; n == stop {
				break
			}
		}
	}
	// Nothing that the loops held may be in the way of writers and readers.
	more := pageOf(keyIn("run-1", 99))
	save(t, l, more)
	seq := l.Pages(t.Context(), "run-1")
	for range 2 {
		n := 0
		for _, err := range seq {
			must(t, "Pages", err)
			n++
		}
		if n != 13 {
			t.Errorf("Pages yields %d pages; want 13", n)
		}
	}
	expectPages(t, l, "run-1", append(all, more)...)
}

// testPagesContext: what a run has seen decides what is deleted, so a list that
// was cut short MUST end in an error.
func testPagesContext(t *testing.T, l Ledger) {
	create(t, l, runOf("run-1", 1))
	all := manyPages(t, l, "run-1", 30)
	for _, cancelAfter := range []int{0, 1, 10} {
		ctx, cancel := context.WithCancel(t.Context())
		if cancelAfter == 0 {
			cancel()
		}
		n, failed := 0, false
		for _, err := range l.Pages(ctx, "run-1") {
			if err != nil {
				failed = true
				continue
			}
			if n++; n == cancelAfter {
				cancel()
			}
		}
		cancel()
		if !failed && n != len(all) {
			t.Errorf("Pages yields %d of %d pages after its context ended, and no error", n, len(all))
		}
	}
}

// testBigPages: a page is as big as the biggest that a reader gives.
func testBigPages(t *testing.T, l Ledger) {
	create(t, l, runOf("run-1", 1))
	all := make([]ingest.Page, 3)
	for number := range all {
		p := pageOf(keyIn("run-1", number))
		p.Keep = map[string][]uint64{}
		for b := range 4 {
			blueprint := fmt.Sprint("blueprint_", b)
			for i := range uint64(5_000) {
				p.Keep[blueprint] = append(p.Keep[blueprint], i*(1<<64/5_000)+uint64(b+number))
			}
		}
		save(t, l, p)
		all[number] = p
	}
	for _, p := range all {
		expectPage(t, l, p)
	}
	expectPages(t, l, "run-1", all...)
}

func spoilPage(p ingest.Page) {
	p.Counts[""] = ingest.Counts{Read: -1}
	p.Counts["spoiled"] = ingest.Counts{}
	p.Keep["b"][0] = 99
	p.Keep["spoiled"] = nil
	p.Samples[0].Item = "spoiled"
}

func testPageAliasing(t *testing.T, l Ledger) {
	create(t, l, runOf("run-1", 1))
	key := keyIn("run-1", 0)
	given := pageOf(key)
	save(t, l, given)
	spoilPage(given)
	expectPage(t, l, pageOf(key))

	got, err := l.Page(t.Context(), key)
	must(t, "Page", err)
	spoilPage(got)
	expectPage(t, l, pageOf(key))

	for p, err := range l.Pages(t.Context(), "run-1") {
		must(t, "Pages", err)
		spoilPage(p)
	}
	expectPage(t, l, pageOf(key))
}
