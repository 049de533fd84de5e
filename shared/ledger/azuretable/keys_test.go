package azuretable

import (
	"crypto/sha256"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"adoport/shared/ingest"
)

func hashOf(s string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(s))) }

func TestText(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                             "_",
		"aZ09-":                        "aZ09-",
		"_":                            "_5f",
		`a/b\c#d?`:                     "a_2fb_5cc_23d_3f",
		"\x00é~.":                      "_00_c3_a9_7e_2e",
		strings.Repeat("x", maxText):   strings.Repeat("x", maxText),
		strings.Repeat("x", maxText+1): strings.Repeat("x", keptText) + "." + hashOf(strings.Repeat("x", maxText+1)),
		strings.Repeat("/", 1_000):     strings.Repeat("_2f", keptText/3) + "." + hashOf(strings.Repeat("/", 1_000)),
	} {
		if got := text(in); got != want {
			t.Errorf("text(%q) = %q; want %q", in, got, want)
		}
	}
}

// TestLongText: strings that differ only beyond what is kept differ in keys too.
func TestLongText(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, unit := range []string{"x", "é", "/", "_", "日"} {
		for n := 1; n <= 300; n++ {
			for _, end := range []string{"", "x", "y"} {
				s := strings.Repeat(unit, n) + end
				key := text(s)
				if other, ok := seen[key]; ok && other != s {
					t.Fatalf("%q and %q are both %q", s, other, key)
				}
				seen[key] = s
			}
		}
	}
}

// checkKey fails if the service would refuse a key, or a URL change it.
func checkKey(t *testing.T, key string) {
	t.Helper()
	if key == "" || len(key) > 512 {
		t.Errorf("a key has %d characters; want 1 to 512", len(key))
	}
	for _, c := range key {
		if !strings.ContainsRune("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~", c) {
			t.Errorf("key %q has %q", key, c)
		}
	}
}

func FuzzText(f *testing.F) {
	long := strings.Repeat("é/", 200)
	for _, s := range []string{"", "_", "_5f", "/", "~", ".", "a~b", long, long + "x", text(long)} {
		f.Add(s, s+"_")
		f.Add(s, text(s))
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		for _, s := range []string{text(a), text(b)} {
			checkKey(t, s)
			// The end of a span, and the border between texts, is "~".
			if strings.Contains(s, "~") {
				t.Errorf("%q has ~", s)
			}
		}
		if (text(a) == text(b)) != (a == b) {
			t.Errorf("%q and %q are %q and %q", a, b, text(a), text(b))
		}
		x, y := ingest.PageKey{Source: a, Scope: b}, ingest.PageKey{Source: b, Scope: a}
		for _, row := range []func(ingest.PageKey) string{pageRow, scopeRow} {
			checkKey(t, row(x))
			if (row(x) == row(y)) != (x == y) {
				t.Errorf("%+v and %+v are %q and %q", x, y, row(x), row(y))
			}
		}
	})
}

// TestSpans: every row is in its span, and in no other one of its partition.
func TestSpans(t *testing.T) {
	t.Parallel()
	in := func(row string, s span) bool { return s.from <= row && row < s.to }
	spans := map[string]span{"run": runRows, "page": pageRows, "prune": pruneRows, "scope": scopeRows}
	for _, s := range []string{"", "~", "z", "-", "\U0010ffff", strings.Repeat("~", 999)} {
		key := ingest.PageKey{Run: s, Source: s, Scope: s, Number: math.MaxInt}
		for kind, list := range map[string][]string{
			"run":   {recordRow, endRow, stateRow},
			"page":  {pageRow(key)},
			"prune": {pruneRow(s)},
			"scope": {scopeRow(key)},
			"part":  {partRow(recordRow, "A", 1), partRow(pageRow(key), "A", 1), partRow(pruneRow(s), "A", 1)},
		} {
			for _, row := range list {
				checkKey(t, row)
				for name, rows := range spans {
					if in(row, rows) != (name == kind) {
						t.Errorf("row %s is in the span of %s: %t", row, name, in(row, rows))
					}
				}
				if !in(row, allRows) {
					t.Errorf("row %s is not in the span of all", row)
				}
				if want := strings.HasPrefix(row, "page"); in(row, pageAndPartRows) != want {
					t.Errorf("row %s is in the span of pages and their parts: %t", row, !want)
				}
			}
		}
	}
}

// TestIndexRow: what started later comes first.
func TestIndexRow(t *testing.T) {
	t.Parallel()
	times := []time.Time{
		{},
		time.Unix(-1, 999_999_999), time.Unix(0, 0), time.Unix(0, 1), time.Unix(1, 0), time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC),
		time.Date(2026, 3, 1, 12, 0, 0, 1, time.FixedZone("", -3600)), time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC),
	}
	keys := make([]string, 0, len(times))
	for _, at := range times {
		key := indexRow("run", at)
		checkKey(t, key)
		keys = append(keys, key)
	}
	slices.Reverse(keys)
	if !slices.IsSorted(keys) {
		t.Errorf("the keys of later times are not smaller: %q", keys)
	}
	if long := indexRow(strings.Repeat("/", 9_999), times[0]); len(long) > 512 {
		t.Errorf("a key has %d characters", len(long))
	}
}
