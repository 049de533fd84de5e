package azuretable

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"adoport/shared/ingest"
)

// race calls do from two ledgers on one table, n times each, side by side.
func race(t *testing.T, a, b *Ledger, n int, do func(l *Ledger, i int)) {
	t.Helper()
	var wg sync.WaitGroup
	begin := make(chan struct{})
	for i := range 2 * n {
		l := a
		if i%2 == 1 {
			l = b
		}
		wg.Go(func() {
			<-begin
			do(l, i)
		})
	}
	close(begin)
	wg.Wait()
}

func two(t *testing.T) (a, b *Ledger) {
	t.Helper()
	name := newName()
	return open(t, name, Options{}), open(t, name, Options{})
}

// TestCreateRace: of runs of one ID, one is created, and one is listed.
func TestCreateRace(t *testing.T) {
	t.Parallel()
	a, b := two(t)
	won := make(chan time.Time, 10)
	race(t, a, b, 5, func(l *Ledger, i int) {
		r := ingest.Run{ID: "run-1", StartedAt: time.Unix(int64(i/2), 0).UTC(), Scopes: i, Status: ingest.Running}
		switch err := l.Create(t.Context(), r); {
		case err == nil:
			won <- r.StartedAt
		case !errors.Is(err, ingest.ErrExists):
			t.Error(err)
		}
	})
	if len(won) != 1 {
		t.Fatalf("%d created the run; want 1", len(won))
	}
	runs, err := b.Runs(t.Context(), 10)
	if err != nil || len(runs) != 1 || !runs[0].StartedAt.Equal(<-won) {
		t.Errorf("Runs = %+v, %v; want the one that was created", runs, err)
	}
	if listed := rows(t, a, runsPartition); len(listed) != 1 {
		t.Errorf("the list has %q; want one row", listed)
	}
}

func TestFinishRace(t *testing.T) {
	t.Parallel()
	a, b := two(t)
	create(t, a, "run-1", 1, 1)
	won := make(chan string, 10)
	race(t, a, b, 5, func(l *Ledger, i int) {
		reason := fmt.Sprint("because of ", i)
		ended, err := l.Finish(t.Context(), "run-1", ingest.Failed, reason, time.Unix(int64(i), 0))
		if err != nil {
			t.Error(err)
		}
		if ended {
			won <- reason
		}
	})
	if len(won) != 1 {
		t.Fatalf("%d ended the run; want 1", len(won))
	}
	if r, err := b.Run(t.Context(), "run-1"); err != nil || r.Status != ingest.Failed || r.Reason != <-won {
		t.Errorf("Run = %+v, %v; want what the one said that ended it", r, err)
	}
}

// TestSavePageRace: the page is the winner's as a whole, also if it is in many
// rows, and no row of the others stays.
func TestSavePageRace(t *testing.T) {
	t.Parallel()
	a, b := two(t)
	create(t, a, "run-1", 1, 1)
	won := make(chan ingest.Page, 10)
	race(t, a, b, 4, func(l *Ledger, i int) {
		p := pageOf("run-1", 0, 95_000+i)
		p.Next = strconv.Itoa(i)
		stored, err := l.SavePage(t.Context(), p)
		if err != nil {
			t.Error(err)
		}
		if stored {
			won <- p
		}
	})
	if len(won) != 1 {
		t.Fatalf("%d saved the page; want 1", len(won))
	}
	got, err := b.Page(t.Context(), pageOf("run-1", 0, 0).PageKey)
	if err != nil {
		t.Fatal(err)
	}
	expectSame(t, <-won, got)
	if n, err := pages(t, a, "run-1"); n != 1 || err != nil {
		t.Errorf("%d pages, %v; want 1", n, err)
	}
	if left := rows(t, a, runPartition("run-1")); len(left) != 5 {
		t.Errorf("the run has rows %q; want its record, its state, and the page with two parts", left)
	}
}

// TestFinishScopeRace: every count is told once, though two processes count.
func TestFinishScopeRace(t *testing.T) {
	t.Parallel()
	a, b := two(t)
	const n = 20
	create(t, a, "run-1", 1, 2*n)
	told := make(chan int, 2*n)
	race(t, a, b, n, func(l *Ledger, i int) {
		remaining, err := l.FinishScope(t.Context(), ingest.PageKey{Run: "run-1", Source: "s", Scope: strconv.Itoa(i)})
		if err != nil {
			t.Error(err)
		}
		told <- remaining
	})
	close(told)
	counts := map[int]int{}
	for remaining := range told {
		counts[remaining]++
	}
	for remaining := range 2 * n {
		if counts[remaining] != 1 {
			t.Errorf("%d were told that %d scopes remain; want 1", counts[remaining], remaining)
		}
	}
}

// TestFinishScopeOvertaken: another process counts between the two requests.
func TestFinishScopeOvertaken(t *testing.T) {
	t.Parallel()
	w, name := &wire{}, newName()
	a, b := open(t, name, Options{Transport: w}), open(t, name, Options{})
	create(t, a, "run-1", 1, 5)
	scope := func(l *Ledger, scope string) int {
		t.Helper()
		remaining, err := l.FinishScope(t.Context(), ingest.PageKey{Run: "run-1", Source: "s", Scope: scope})
		if err != nil {
			t.Fatal(err)
		}
		return remaining
	}
	for _, step := range []struct {
		mine, others string
		want         int
	}{
		{"p1", "p2", 3},
		{"p3", "p3", 2},
	} {
		overtaken := false
		w.set(func(_ *http.Request, body string) bool {
			if !overtaken && strings.Contains(body, `"RowKey":"scope~`) {
				overtaken = true
				scope(b, step.others)
			}
			return false
		}, nil)
		if got := scope(a, step.mine); got != step.want || !overtaken {
			t.Errorf("FinishScope of %s after %s = %d; want %d", step.mine, step.others, got, step.want)
		}
	}
}

// TestFinishScopeTogether: one scope that all end counts once.
func TestFinishScopeTogether(t *testing.T) {
	t.Parallel()
	a, b := two(t)
	create(t, a, "run-1", 1, 2)
	race(t, a, b, 6, func(l *Ledger, _ int) {
		if remaining, err := l.FinishScope(t.Context(), ingest.PageKey{Run: "run-1", Source: "s"}); err != nil || remaining != 1 {
			t.Errorf("FinishScope = %d, %v; want 1", remaining, err)
		}
	})
	if remaining, err := a.FinishScope(t.Context(), ingest.PageKey{Run: "run-1", Source: "last"}); err != nil || remaining != 0 {
		t.Errorf("FinishScope = %d, %v; want 0", remaining, err)
	}
}
