package azuretable

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"adoport/shared/ingest"
)

// TestHalfSaved: a page of which only the parts were stored is not there, and
// does not keep another one out.
func TestHalfSaved(t *testing.T) {
	t.Parallel()
	w := &wire{}
	l := open(t, newName(), Options{Transport: w, Retry: hastily})
	create(t, l, "run-1", 1, 1)
	for _, half := range []struct {
		name   string
		refuse func(r *http.Request, body string) bool
	}{
		{"the row itself", func(_ *http.Request, body string) bool { return strings.Contains(body, `"RowKey":"page~`) }},
		{"the second part", func(_ *http.Request, body string) bool { return strings.Contains(body, `~000001"`) }},
	} {
		w.set(half.refuse, nil)
		if stored, err := l.SavePage(t.Context(), pageOf("run-1", 0, 120_000)); stored || !errors.Is(err, errWire) {
			t.Fatalf("SavePage without %s = %t, %v; want that it failed", half.name, stored, err)
		}
		w.set(nil, nil)
		if _, err := l.Page(t.Context(), pageOf("run-1", 0, 0).PageKey); !errors.Is(err, ingest.ErrNotFound) {
			t.Errorf("Page = %v; want ErrNotFound", err)
		}
		if n, err := pages(t, l, "run-1"); n != 0 || err != nil {
			t.Errorf("%d pages, %v; want none", n, err)
		}
	}
	if !strings.Contains(strings.Join(rows(t, l, runPartition("run-1")), " "), "page-part~") {
		t.Error("no part was stored before the row; this test shows nothing")
	}
	// Another attempt, with other contents.
	expectPage(t, l, savePage(t, l, "run-1", 0, 119_999))
}

// losing loses the answer to the first transaction that has a text.
func losing(text string) func(r *http.Request, body string) bool {
	lost := false
	return func(_ *http.Request, body string) bool {
		if lost || !strings.Contains(body, text) {
			return false
		}
		lost = true
		return true
	}
}

// TestLostAnswers: whoever did it is told so, although the answer that said so
// was lost and the request sent again.
func TestLostAnswers(t *testing.T) {
	t.Parallel()
	w := &wire{}
	l := open(t, newName(), Options{Transport: w, Retry: hastily})
	if err := l.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	key := ingest.PageKey{Run: "run-1", Source: "s"}
	is := func(want, got bool, err error) error {
		if err == nil && got != want {
			err = errors.New("it says that another one did it")
		}
		return err
	}
	for _, step := range []struct {
		name, text string
		call       func() error
	}{
		{"Create", `"RowKey":"run~record"`, func() error {
			return l.Create(t.Context(), ingest.Run{ID: "run-1", Scopes: 2, Status: ingest.Running})
		}},
		{"SavePage", `"RowKey":"page~`, func() error {
			stored, err := l.SavePage(t.Context(), pageOf("run-1", 0, 1))
			return is(true, stored, err)
		}},
		{"SavePage, a part", `"RowKey":"page-part~`, func() error {
			stored, err := l.SavePage(t.Context(), pageOf("run-1", 1, 100_000))
			return is(true, stored, err)
		}},
		{"FinishScope", `"RowKey":"scope~`, func() error {
			remaining, err := l.FinishScope(t.Context(), key)
			return is(true, remaining == 1, err)
		}},
		{"Finish", `"RowKey":"run~end"`, func() error {
			ended, err := l.Finish(t.Context(), "run-1", ingest.Failed, "x", time.Unix(1, 0))
			return is(true, ended, err)
		}},
	} {
		lose := losing(step.text)
		w.set(nil, lose)
		if err := step.call(); err != nil {
			t.Errorf("%s: %v", step.name, err)
		}
		if lose(nil, step.text) {
			t.Errorf("%s: no answer was lost; this test shows nothing", step.name)
		}
	}
	w.set(nil, nil)
	expectPage(t, l, pageOf("run-1", 1, 100_000))
}

// TestHalfCreated: a run whose row could not be stored is not there, however it
// is asked for, and can be created later.
func TestHalfCreated(t *testing.T) {
	t.Parallel()
	w := &wire{}
	l := open(t, newName(), Options{Transport: w, Retry: hastily})
	create(t, l, "run-0", 1, 1)
	w.set(func(_ *http.Request, body string) bool { return strings.Contains(body, `"RowKey":"run~record"`) }, nil)
	r := ingest.Run{ID: "run-1", StartedAt: time.Unix(2, 0).UTC(), Status: ingest.Running}
	if err := l.Create(t.Context(), r); !errors.Is(err, errWire) {
		t.Fatalf("Create = %v; want that it failed", err)
	}
	w.set(nil, nil)
	if _, err := l.Run(t.Context(), "run-1"); !errors.Is(err, ingest.ErrNotFound) {
		t.Errorf("Run = %v; want ErrNotFound", err)
	}
	for limit := 1; limit <= 3; limit++ {
		if runs, err := l.Runs(t.Context(), limit); err != nil || len(runs) != 1 || runs[0].ID != "run-0" {
			t.Errorf("Runs = %+v, %v; want run-0", runs, err)
		}
	}
	if err := l.Create(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if runs, err := l.Runs(t.Context(), 9); err != nil || len(runs) != 2 || runs[0].ID != "run-1" {
		t.Errorf("Runs = %+v, %v; want both", runs, err)
	}
}

// TestEndedContext: every method refuses an ended context and changes nothing.
func TestEndedContext(t *testing.T) {
	t.Parallel()
	l := open(t, newName(), Options{})
	create(t, l, "run-1", 1, 1)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, call := range calls(ctx, l) {
		if err := call(); !errors.Is(err, context.Canceled) {
			t.Errorf("%s = %v; want the context's error", name, err)
		}
	}
	if runs, err := l.Runs(t.Context(), 9); len(runs) != 1 || runs[0].Status != ingest.Running || err != nil {
		t.Errorf("Runs = %+v, %v; want what was there before", runs, err)
	}
}

// calls are all methods of a ledger.
func calls(ctx context.Context, l *Ledger) map[string]func() error {
	key := ingest.PageKey{Run: "run-1"}
	return map[string]func() error{
		"Create":      func() error { return l.Create(ctx, ingest.Run{ID: "run-2"}) },
		"Run":         func() error { _, err := l.Run(ctx, "run-1"); return err },
		"Runs":        func() error { _, err := l.Runs(ctx, 1); return err },
		"no runs":     func() error { _, err := l.Runs(ctx, 0); return err },
		"Finish":      func() error { _, err := l.Finish(ctx, "run-1", ingest.Failed, "", time.Time{}); return err },
		"SavePage":    func() error { _, err := l.SavePage(ctx, ingest.Page{PageKey: key}); return err },
		"Page":        func() error { _, err := l.Page(ctx, key); return err },
		"FinishScope": func() error { _, err := l.FinishScope(ctx, key); return err },
		"SavePrune":   func() error { return l.SavePrune(ctx, "run-1", ingest.PruneOutcome{}) },
		"Prunes":      func() error { _, err := l.Prunes(ctx, "run-1"); return err },
		"Note":        func() error { _, err := l.Note(ctx, "note"); return err },
		"SaveNote":    func() error { return l.SaveNote(ctx, "note", nil) },
		"Ping":        func() error { return l.Ping(ctx) },
		"Pages": func() error {
			for _, err := range l.Pages(ctx, "run-1") {
				return err
			}
			return nil
		},
	}
}
