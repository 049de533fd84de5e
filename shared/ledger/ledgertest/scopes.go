package ledgertest

import (
	"fmt"
	"testing"

	"adoport/shared/ingest"
)

func testFinishScope(t *testing.T, l Ledger) {
	create(t, l, runOf("run-1", 1)) // It has 3 scopes.
	for i, step := range []struct {
		source, scope string
		number, want  int
	}{
		{"source-1", "scope-1", 0, 2},
		{"source-1", "scope-1", 0, 2}, // Again.
		{"source-1", "scope-1", 7, 2}, // The number does not count.
		{"source-2", "scope-1", 0, 1},
		{"source-1", "scope-1", 0, 1},
		{"source-1", "", 3, 0},
		{"source-2", "scope-1", 1, 0},
		{"source-1", "", 3, 0},
	} {
		key := ingest.PageKey{Run: "run-1", Source: step.source, Scope: step.scope, Number: step.number}
		remaining, err := l.FinishScope(t.Context(), key)
		must(t, "FinishScope", err)
		if remaining != step.want {
			t.Errorf("step %d: FinishScope %+v = %d; want %d", i, key, remaining, step.want)
		}
	}
}

// testFinishScopeRace ends all scopes side by side. Every count down to 0 MUST
// be seen by exactly one.
func testFinishScopeRace(t *testing.T, l Ledger) {
	const n = 40
	r := runOf("run-1", 1)
	r.Scopes = n
	create(t, l, r)
	seen := make(chan int, n)
	last := race(t, n, func(i int) (bool, error) {
		key := ingest.PageKey{Run: "run-1", Source: fmt.Sprint("source-", i%4), Scope: fmt.Sprint("scope-", i/4), Number: i}
		remaining, err := l.FinishScope(t.Context(), key)
		seen <- remaining
		return remaining == 0, err
	})
	if last != 1 {
		t.Errorf("%d of %d were told that theirs was the last scope; want 1", last, n)
	}
	close(seen)
	counts := map[int]int{}
	for remaining := range seen {
		counts[remaining]++
	}
	for remaining := range n {
		if counts[remaining] != 1 {
			t.Errorf("%d were told that %d scopes remain; want 1", counts[remaining], remaining)
		}
	}
}
