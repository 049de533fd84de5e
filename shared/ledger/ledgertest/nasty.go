package ledgertest

import (
	"strings"
	"testing"

	"adoport/shared/ingest"
)

// nastyStrings are valid UTF-8 that keys, encodings and escapes get wrong. No
// two are equal.
func nastyStrings() []string {
	return []string{
		"", ".", "..", "/", "//", "a", "A", "a/", "/a", "a/b", "a\\b", "a#b?c%2Fd", "%2F", "a b", " a", "a ",
		"a\x00", "\x00a", "a\x00b", "a\x1fb\x7f", "a\r\nb\tc", "a|b", "a:b", "a;b", "a,b", "a_b", "a-b", "a~b",
		`a"b'c`, "`a`", `{"a": null}`, "a'eq'b", "$a", "@a", "é", "e\u0301", "İı", "ß", "ünïcödé Ωμέγα Привет 日本語",
		"\u2028\ufeff\ufffd", "👩\u200d🚀 𝔘", "\U0010ffff", strings.Repeat("x", 200), strings.Repeat("x", 201),
	}
}

// testNastyKeys: no key may be taken for another, however they are joined,
// escaped, sorted or folded.
func testNastyKeys(t *testing.T, l Ledger) {
	create(t, l, runOf("run-1", 1))
	keys := map[ingest.PageKey]bool{}
	add := func(source, scope string, number int) {
		keys[ingest.PageKey{Run: "run-1", Source: source, Scope: scope, Number: number}] = true
	}
	for _, s := range nastyStrings() {
		add(s, "scope", 0)
		add("source", s, 0)
		add(s, s, 0)
	}
	for _, separator := range []string{"/", "\x00", "|", ":", "_", "-", "~", "#", ",", ".", " ", "%"} {
		add("a"+separator+"b", "c", 0)
		add("a", "b"+separator+"c", 0)
		add("a", "b"+separator, 0)
		add("a"+separator, "b", 0)
		add("a"+separator+"b", "", 0)
	}
	for _, number := range []int{0, 1, 2, 9, 10, 11, 100, 1_000_000, 1<<31 - 1} {
		add("a", "", number)
		add("a", "1", number)
		add("a1", "", number)
	}
	all := make([]ingest.Page, 0, len(keys))
	for key := range keys {
		p := ingest.Page{PageKey: key, Next: "of " + key.Source + " and " + key.Scope}
		save(t, l, p)
		all = append(all, p)
	}
	for _, p := range all {
		expectPage(t, l, p)
	}
	expectPages(t, l, "run-1", all...)
	testNastyScopes(t, l, keys)
}

// testNastyScopes ends the scopes of these keys: each counts once.
func testNastyScopes(t *testing.T, l ingest.Ledger, keys map[ingest.PageKey]bool) {
	t.Helper()
	type scope struct{ source, scope string }
	ended := map[scope]bool{}
	for key := range keys {
		ended[scope{key.Source, key.Scope}] = true
	}
	r := runOf("run-2", 2)
	r.Scopes = len(ended) + 1
	create(t, l, r)
	clear(ended)
	for key := range keys {
		ended[scope{key.Source, key.Scope}] = true
		key.Run = "run-2"
		remaining, err := l.FinishScope(t.Context(), key)
		must(t, "FinishScope", err)
		if want := r.Scopes - len(ended); remaining != want {
			t.Fatalf("FinishScope %+v = %d; want %d", key, remaining, want)
		}
	}
}

func testNastyStrings(t *testing.T, l Ledger) {
	long := strings.Repeat("a long reason, ", 200)
	r := runOf("run-1", 1)
	r.Sources = nastyStrings()
	p := pageOf(keyIn("run-1", 0))
	for i, s := range append(nastyStrings(), long) {
		r.Skipped = append(r.Skipped, ingest.SkippedScope{Source: s, Scope: ingest.Scope{ProjectID: s, ProjectName: s}, Reason: s})
		p.Counts[s] = ingest.Counts{Read: i}
		p.Keep[s] = []uint64{uint64(i)}
		p.Samples = append(p.Samples, ingest.Sample{Item: s, Where: s, Error: s})
	}
	p.Next, p.Error, r.Mapping = strings.Join(nastyStrings(), "+"), long, strings.Join(nastyStrings(), "+")
	create(t, l, r)
	expectRun(t, l, r)
	save(t, l, p)
	expectPage(t, l, p)

	prunes := make([]ingest.PruneOutcome, 0, len(r.Sources))
	for _, s := range nastyStrings() {
		o := pruneOf(s, 1)
		o.Skipped, o.Samples = s, []ingest.Sample{{Item: s, Where: s, Error: s}}
		must(t, "SavePrune", l.SavePrune(t.Context(), "run-1", o))
		prunes = append(prunes, o)
	}
	expectPrunes(t, l, "run-1", prunes...)

	r.Status, r.Reason, r.FinishedAt = ingest.Failed, long+strings.Join(nastyStrings(), "+"), at(2)
	finish(t, l, "run-1", r.Status, r.Reason, r.FinishedAt)
	expectRun(t, l, r)
}
