package azuretable

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"adoport/shared/ingest"
)

func expectPage(t *testing.T, l *Ledger, want ingest.Page) {
	t.Helper()
	got, err := l.Page(t.Context(), want.PageKey)
	if err != nil {
		t.Fatal(err)
	}
	expectSame(t, want, got)
}

func expectSame(t *testing.T, want, got ingest.Page) {
	t.Helper()
	if reflect.DeepEqual(want, got) {
		return // The rest takes seconds for big pages.
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("the page is not what was saved (-want +got):\n%.2000s", diff)
	}
}

// TestPageSizes: pages around what fits in a row that is listed, in one row, and
// in several.
func TestPageSizes(t *testing.T) {
	t.Parallel()
	l := open(t, newName(), Options{})
	create(t, l, "run-1", 1, 1)
	all := map[int]ingest.Page{}
	for number, n := range []int{0, 200, 4_000, 4_096, 6_144, 20_000, 92_000, 92_160, 120_000} {
		all[number] = savePage(t, l, "run-1", number, n)
	}
	// As big as it can be without a fingerprint.
	text := pageOf("run-1", len(all), 0)
	for i := range 60 {
		text.Samples = append(text.Samples, ingest.Sample{Item: strconv.Itoa(i), Error: strings.Repeat("é\x00", 500)})
	}
	text.Error = strings.Repeat("not read, ", 100_000)
	if stored, err := l.SavePage(t.Context(), text); err != nil || !stored {
		t.Fatalf("SavePage = %t, %v", stored, err)
	}
	all[text.Number] = text
	for _, p := range all {
		expectPage(t, l, p)
	}
	next := 0
	for p, err := range l.Pages(t.Context(), "run-1") {
		if err != nil {
			t.Fatal(err)
		}
		expectSame(t, all[next], p)
		next++
	}
	if next != len(all) {
		t.Errorf("Pages yields %d pages; want %d", next, len(all))
	}
}

// TestManyPages: a list that the service gives in pieces is whole and in order.
func TestManyPages(t *testing.T) {
	t.Parallel()
	w := &wire{}
	l := open(t, newName(), Options{Transport: w})
	create(t, l, "run-1", 1, 1)
	const n = 2*pagesAtOnce + 44
	for number := range n {
		savePage(t, l, "run-1", number, 3)
	}
	next := 0
	requests := w.during(t, func() error {
		for p, err := range l.Pages(t.Context(), "run-1") {
			if err != nil {
				return err
			}
			if p.Number != next {
				return fmt.Errorf("page %d comes after %d", p.Number, next-1)
			}
			next++
		}
		return nil
	})
	if next != n || requests != 5 {
		t.Errorf("%d pages with %d requests; want %d with 3, and 2 that look at the run", next, requests, n)
	}
}

// TestLongNames: whatever a name is, its keys fit the service.
func TestLongNames(t *testing.T) {
	t.Parallel()
	l := open(t, newName(), Options{})
	for i, unit := range []string{"x", `/\#?%`, "日本語", "'", "\x00\x7f\u0085", " +&=;"} {
		name := strings.Repeat(unit, 3_000)
		create(t, l, name, i, 2)
		r, err := l.Run(t.Context(), name)
		if err != nil || r.ID != name {
			t.Fatalf("Run of %.9q… = %.9q…, %v", name, r.ID, err)
		}
		for number, scope := range []string{name, name + "x", ""} {
			p := ingest.Page{PageKey: ingest.PageKey{Run: name, Source: name, Scope: scope}, Next: strconv.Itoa(number)}
			if stored, err := l.SavePage(t.Context(), p); err != nil || !stored {
				t.Fatalf("SavePage = %t, %v", stored, err)
			}
			expectPage(t, l, p)
			if remaining, err := l.FinishScope(t.Context(), p.PageKey); err != nil || remaining != max(1-number, 0) {
				t.Errorf("FinishScope = %d, %v", remaining, err)
			}
		}
		if err := l.SavePrune(t.Context(), name, ingest.PruneOutcome{Blueprint: name}); err != nil {
			t.Fatal(err)
		}
		if prunes, err := l.Prunes(t.Context(), name); err != nil || prunes[name].Blueprint != name {
			t.Errorf("Prunes has %d, %v", len(prunes), err)
		}
		if err := l.SaveNote(t.Context(), name, []byte(unit)); err != nil {
			t.Fatal(err)
		}
		if note, err := l.Note(t.Context(), name); err != nil || string(note) != unit {
			t.Errorf("Note = %q, %v", note, err)
		}
	}
	if runs, err := l.Runs(t.Context(), 9); err != nil || len(runs) != 6 {
		t.Errorf("%d runs, %v", len(runs), err)
	}
}

// TestBigRun: a run that could plan next to nothing, and the reasons for it, do
// not fit in one row.
func TestBigRun(t *testing.T) {
	t.Parallel()
	l := open(t, newName(), Options{})
	r := ingest.Run{ID: "run-1", Status: ingest.Running, Scopes: 1}
	for i := range 1_000 {
		r.Created = append(r.Created, fmt.Sprint("blueprint_", i))
		r.Skipped = append(r.Skipped, ingest.SkippedScope{
			Source: "work-item", Scope: ingest.Scope{ProjectID: strconv.Itoa(i), ProjectName: strings.Repeat("é", 60)}, Reason: strings.Repeat("refused ", 100),
		})
	}
	if err := l.Create(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	r.Status, r.Reason = ingest.Failed, strings.Repeat("a reason, ", 80_000)
	if ended, err := l.Finish(t.Context(), r.ID, r.Status, r.Reason, r.FinishedAt); err != nil || !ended {
		t.Fatalf("Finish = %t, %v", ended, err)
	}
	outcome := ingest.PruneOutcome{Blueprint: "b", Skipped: strings.Repeat("because ", 100_000)}
	for range 2 {
		if err := l.SavePrune(t.Context(), r.ID, outcome); err != nil {
			t.Fatal(err)
		}
	}
	got, err := l.Run(t.Context(), r.ID)
	if diff := cmp.Diff(r, got); err != nil || diff != "" {
		t.Errorf("Run: %v (-want +got):\n%.2000s", err, diff)
	}
	runs, err := l.Runs(t.Context(), 1)
	if diff := cmp.Diff([]ingest.Run{r}, runs); err != nil || diff != "" {
		t.Errorf("Runs: %v (-want +got):\n%.2000s", err, diff)
	}
	prunes, err := l.Prunes(t.Context(), r.ID)
	if diff := cmp.Diff(map[string]ingest.PruneOutcome{"b": outcome}, prunes); err != nil || diff != "" {
		t.Errorf("Prunes: %v (-want +got):\n%.2000s", err, diff)
	}
}
