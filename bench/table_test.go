package bench

import (
	"fmt"
	"io"
	"math"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"
)

// budget is what the design allows. The zero budget allows everything.
type budget struct {
	sign  string
	limit float64
}

func atMost(limit float64) budget  { return budget{"≤", limit} }
func atLeast(limit float64) budget { return budget{"≥", limit} }
func exactly(limit float64) budget { return budget{"=", limit} }

// unlimited is for what is told, and has no budget.
var unlimited budget

func (b budget) String() string {
	if b == unlimited {
		return "–"
	}
	return b.sign + " " + number(b.limit)
}

func (b budget) verdict(v float64) string {
	switch {
	case b == unlimited:
		return ""
	case b.sign == "≤" && v <= b.limit, b.sign == "≥" && v >= b.limit, b.sign == "=" && v == b.limit:
		return "ok"
	default:
		return "MISSED"
	}
}

// row is one line of the table.
type row struct {
	benchmark, what string
	budget          budget
	measured        float64
}

// table is what is printed at the end.
type table struct {
	mu    sync.Mutex
	rows  []row
	notes []string
}

var results table

// record puts a number into the table, and as a metric into the benchmark's own
// line. what says the unit in words; unit is the metric's, without spaces. A
// number that is recorded again replaces the one before.
func record(b *testing.B, what, unit string, measured float64, allowed budget) {
	b.Helper()
	b.ReportMetric(measured, unit)
	b.ReportMetric(0, "ns/op") // not wanted: it is that of the preparations too
	results.put(row{strings.TrimPrefix(b.Name(), "Benchmark"), what, allowed, measured})
}

// note adds a sentence below the table.
func note(format string, args ...any) {
	results.mu.Lock()
	defer results.mu.Unlock()
	if text := fmt.Sprintf(format, args...); !slices.Contains(results.notes, text) {
		results.notes = append(results.notes, text)
	}
}

func (t *table) put(r row) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i, old := range t.rows {
		if old.benchmark == r.benchmark && old.what == r.what {
			t.rows[i] = r
			return
		}
	}
	t.rows = append(t.rows, r)
}

// write prints the table, if there is anything in it.
func (t *table) write(w io.Writer) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.rows) == 0 {
		return nil
	}
	fmt.Fprintf(w, "\nBudgets (%s/%s, %d CPUs, %s)\n\n", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version())
	tw := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(tw, "BENCHMARK\tWHAT\tBUDGET\tMEASURED\t")
	for _, r := range t.rows {
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%s\n", r.benchmark, r.what, r.budget, number(r.measured), r.budget.verdict(r.measured))
	}
	if err := tw.Flush(); err != nil {
		return fmt.Errorf("printing the table: %w", err)
	}
	fmt.Fprintln(w)
	for _, n := range t.notes {
		fmt.Fprintln(w, n)
	}
	return nil
}

// number prints three digits that count, and whole numbers whole.
func number(v float64) string {
	if v == math.Trunc(v) || math.Abs(v) >= 100 {
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.3g", v)
}
