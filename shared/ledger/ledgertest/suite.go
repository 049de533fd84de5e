// Package ledgertest is the conformance suite of ingest.Ledger and ingest.Notes:
// what every driver of a ledger must do, whatever it is made of.
//
// The suite asserts on behavior only. Its times are whole milliseconds, its
// strings are valid UTF-8 of a few KB at most, and no ledger sees more than 10
// runs, so that a driver may forget what is too long ago.
package ledgertest

import (
	"testing"

	"adoport/shared/ingest"
)

// Ledger is what a driver implements.
type Ledger interface {
	ingest.Ledger
	ingest.Notes
}

// Run tests a driver. factory makes a new, empty ledger for every test, which
// nobody else uses, and cleans up with t.Cleanup; it MUST be safe for
// concurrent use.
func Run(t *testing.T, factory func(t *testing.T) Ledger) {
	t.Helper()
	tests := []struct {
		name string
		run  func(t *testing.T, l Ledger)
	}{
		{"create and read a run", testCreate},
		{"a run exists", testCreateExists},
		{"one of many creators wins", testCreateRace},
		{"a run is not found", testRunNotFound},
		{"newest runs first", testRuns},
		{"runs are not aliased", testRunAliasing},
		{"finish once", testFinish},
		{"one of many finishers wins", testFinishRace},
		{"an ended run can be read", testReadEnded},
		{"save and read a page", testPage},
		{"a page is saved once", testPageOnce},
		{"one of many savers wins", testPageRace},
		{"a page is not found", testPageNotFound},
		{"pages yields all", testPages},
		{"pages may be left early", testPagesBreak},
		{"pages is never short", testPagesContext},
		{"big pages", testBigPages},
		{"pages are not aliased", testPageAliasing},
		{"nasty keys are all different", testNastyKeys},
		{"nasty strings survive", testNastyStrings},
		{"finish scopes", testFinishScope},
		{"one of many scope finishers is last", testFinishScopeRace},
		{"prunes", testPrunes},
		{"prunes are not aliased", testPruneAliasing},
		{"runs are isolated", testIsolation},
		{"everything at once", testConcurrent},
		{"save and read a note", testNote},
		{"a note is not too big", testNoteSize},
		{"notes of nasty names are all different", testNastyNotes},
		{"notes are not aliased", testNoteAliasing},
		{"one of many note savers is last", testNoteRace},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.run(t, factory(t))
		})
	}
}
