package ledgertest

import (
	"bytes"
	"fmt"
	"testing"

	"adoport/shared/ingest"
)

func saveNote(t *testing.T, l Ledger, name string, value []byte) {
	t.Helper()
	must(t, "SaveNote", l.SaveNote(t.Context(), name, value))
}

func expectNote(t *testing.T, l Ledger, name string, want []byte) {
	t.Helper()
	got, err := l.Note(t.Context(), name)
	must(t, "Note", err)
	if !bytes.Equal(got, want) {
		t.Errorf("Note %q has %d bytes, %.40q; want %d, %.40q", name, len(got), got, len(want), want)
	}
}

func testNote(t *testing.T, l Ledger) {
	_, err := l.Note(t.Context(), "a")
	expectNotFound(t, "Note of a ledger without notes", err)
	saveNote(t, l, "a", []byte("first"))
	expectNote(t, l, "a", []byte("first"))
	_, err = l.Note(t.Context(), "b")
	expectNotFound(t, "Note of another name", err)
	saveNote(t, l, "b", []byte{0, 0xff, '\n', 0})
	saveNote(t, l, "a", []byte("a longer second one"))
	saveNote(t, l, "a", []byte("last"))
	expectNote(t, l, "a", []byte("last"))
	expectNote(t, l, "b", []byte{0, 0xff, '\n', 0})
	// An empty note is one, unlike none.
	saveNote(t, l, "a", nil)
	expectNote(t, l, "a", nil)

	// Notes and runs have nothing to do with one another.
	create(t, l, runOf("b", 1))
	_, err = l.Run(t.Context(), "a")
	expectNotFound(t, "Run of a note's name", err)
	_, err = l.Note(t.Context(), "run")
	expectNotFound(t, "Note of no name", err)
	expectNote(t, l, "b", []byte{0, 0xff, '\n', 0})
	expectRun(t, l, runOf("b", 1))
}

func testNoteSize(t *testing.T, l Ledger) {
	biggest := bytes.Repeat([]byte{0xfe, 'x'}, ingest.MaxNote/2)
	saveNote(t, l, "a", biggest)
	if err := l.SaveNote(t.Context(), "a", append(biggest, 0)); err == nil {
		t.Error("SaveNote took more than MaxNote bytes")
	}
	expectNote(t, l, "a", biggest)
}

func testNastyNotes(t *testing.T, l Ledger) {
	for _, name := range nastyStrings() {
		saveNote(t, l, name, []byte("of "+name))
	}
	for _, name := range nastyStrings() {
		expectNote(t, l, name, []byte("of "+name))
	}
}

func testNoteAliasing(t *testing.T, l Ledger) {
	given := []byte("value")
	saveNote(t, l, "a", given)
	given[0] = 'x'
	expectNote(t, l, "a", []byte("value"))

	got, err := l.Note(t.Context(), "a")
	must(t, "Note", err)
	got[0] = 'x'
	expectNote(t, l, "a", []byte("value"))
}

// testNoteRace: a note is whole, whoever saves it at the same time.
func testNoteRace(t *testing.T, l Ledger) {
	value := func(i int) []byte { return bytes.Repeat(fmt.Append(nil, i), 1_000) }
	race(t, 8, func(i int) (bool, error) {
		return true, l.SaveNote(t.Context(), "a", value(i))
	})
	got, err := l.Note(t.Context(), "a")
	must(t, "Note", err)
	for i := range 8 {
		if bytes.Equal(got, value(i)) {
			return
		}
	}
	t.Errorf("Note has %d bytes, %.40q; want what one of them saved", len(got), got)
}
