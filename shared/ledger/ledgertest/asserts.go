package ledgertest

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"adoport/shared/ingest"
)

// at returns a time that is different for every n and grows with it.
func at(n int) time.Time {
	return time.Date(2024, time.February, 29, 23, 59, 58, 987e6, time.UTC).Add(time.Duration(n) * time.Minute)
}

// runOf returns a run in which every field of a running one is set.
func runOf(id string, n int) ingest.Run {
	return ingest.Run{
		ID:          id,
		StartedAt:   at(n),
		PruneBefore: at(n).Add(-1500 * time.Millisecond),
		Mapping:     "mapping of " + id,
		Sources:     []string{"work-item", "project"},
		Scopes:      3,
		Created:     []string{"blueprint_1", "blueprint_2"},
		Skipped: []ingest.SkippedScope{
			{Source: "work-item", Scope: ingest.Scope{ProjectID: "p9", ProjectName: "Fabrikam"}, Reason: "its state is deleting"},
		},
		Status: ingest.Running,
	}
}

// keyIn returns the key of a page of the scope "scope-1".
func keyIn(run string, number int) ingest.PageKey {
	return ingest.PageKey{Run: run, Source: "source-1", Scope: "scope-1", Number: number}
}

// pageOf returns a page in which every field is set.
func pageOf(key ingest.PageKey) ingest.Page {
	return ingest.Page{
		PageKey: key,
		Next:    fmt.Sprintf("cursor %d", key.Number+1),
		Counts: map[string]ingest.Counts{
			"":  {Read: 200},
			"b": {Read: 1, Created: 2, Updated: 3, Unchanged: 4, Deleted: 5, Failed: 6, Skipped: 7, Nulled: 8},
		},
		Keep: map[string][]uint64{
			"b": {0, 1, 1<<53 + 1, 1 << 63, 1<<64 - 1},
			"c": {uint64(key.Number) + 7},
		},
		Error:    "reading: refused",
		Unmapped: 9,
		Samples:  []ingest.Sample{{Item: "work-item 1", Where: "properties.x", Error: "no"}, {Item: "i", Error: "e"}},
	}
}

// pruneOf returns an outcome in which every field is set.
func pruneOf(blueprint string, n int) ingest.PruneOutcome {
	return ingest.PruneOutcome{
		Blueprint: blueprint,
		Owned:     n,
		Deleted:   n + 1,
		Failed:    n + 2,
		Skipped:   "too many",
		Refused:   true,
		Samples:   []ingest.Sample{{Item: "b i", Where: "w", Error: "e"}},
	}
}

func must(t *testing.T, what string, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}

func create(t *testing.T, l ingest.Ledger, runs ...ingest.Run) {
	t.Helper()
	for _, r := range runs {
		must(t, "Create "+r.ID, l.Create(t.Context(), r))
	}
}

// save saves a page that is new.
func save(t *testing.T, l ingest.Ledger, p ingest.Page) {
	t.Helper()
	stored, err := l.SavePage(t.Context(), p)
	must(t, "SavePage", err)
	if !stored {
		t.Fatalf("SavePage %+v = false; want true for a new page", p.PageKey)
	}
}

func finish(t *testing.T, l ingest.Ledger, id string, status ingest.Status, reason string, when time.Time) bool {
	t.Helper()
	ended, err := l.Finish(t.Context(), id, status, reason, when)
	must(t, "Finish", err)
	return ended
}

// expectEqual fails if got is not want. Empty and nil are equal.
func expectEqual(t *testing.T, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func expectRun(t *testing.T, l ingest.Ledger, want ingest.Run) {
	t.Helper()
	got, err := l.Run(t.Context(), want.ID)
	must(t, "Run", err)
	expectEqual(t, "Run "+want.ID, want, got)
}

func expectPage(t *testing.T, l ingest.Ledger, want ingest.Page) {
	t.Helper()
	got, err := l.Page(t.Context(), want.PageKey)
	must(t, "Page", err)
	expectEqual(t, fmt.Sprintf("Page %+v", want.PageKey), want, got)
}

// expectPages fails if Pages does not yield these once each.
func expectPages(t *testing.T, l ingest.Ledger, run string, want ...ingest.Page) {
	t.Helper()
	missing := map[ingest.PageKey]ingest.Page{}
	for _, p := range want {
		missing[p.PageKey] = p
	}
	for got, err := range l.Pages(t.Context(), run) {
		must(t, "Pages", err)
		p, ok := missing[got.PageKey]
		if !ok {
			t.Errorf("Pages yields %+v, which is not of this run or was there already", got.PageKey)
			continue
		}
		delete(missing, got.PageKey)
		expectEqual(t, fmt.Sprintf("Pages: %+v", got.PageKey), p, got)
	}
	for key := range missing {
		t.Errorf("Pages does not yield %+v", key)
	}
}

func expectPrunes(t *testing.T, l ingest.Ledger, run string, want ...ingest.PruneOutcome) {
	t.Helper()
	byBlueprint := map[string]ingest.PruneOutcome{}
	for _, p := range want {
		byBlueprint[p.Blueprint] = p
	}
	got, err := l.Prunes(t.Context(), run)
	must(t, "Prunes", err)
	expectEqual(t, "Prunes", byBlueprint, got)
}

func expectNotFound(t *testing.T, what string, err error) {
	t.Helper()
	if !errors.Is(err, ingest.ErrNotFound) {
		t.Errorf("%s = %v; want ErrNotFound", what, err)
	}
}

// race calls do n times side by side, with 0 to n-1, and returns how many of
// them returned true.
func race(t *testing.T, n int, do func(i int) (bool, error)) int {
	t.Helper()
	var (
		wg    sync.WaitGroup
		mu    sync.Mutex
		won   int
		begin = make(chan struct{})
	)
	for i := range n {
		wg.Go(func() {
			<-begin
			ok, err := do(i)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Errorf("number %d: %v", i, err)
			}
			if ok {
				won++
			}
		})
	}
	close(begin)
	wg.Wait()
	return won
}
