package ledgertest

import (
	"testing"

	"adoport/shared/ingest"
)

func testPrunes(t *testing.T, l Ledger) {
	create(t, l, runOf("run-1", 1))
	expectPrunes(t, l, "run-1")
	savePrune := func(p ingest.PruneOutcome) {
		t.Helper()
		must(t, "SavePrune", l.SavePrune(t.Context(), "run-1", p))
	}
	bare := ingest.PruneOutcome{Blueprint: "c"}
	savePrune(pruneOf("b", 1))
	savePrune(bare)
	expectPrunes(t, l, "run-1", pruneOf("b", 1), bare)
	savePrune(pruneOf("b", 7))
	expectPrunes(t, l, "run-1", pruneOf("b", 7), bare)
	// The last one wins as a whole.
	savePrune(ingest.PruneOutcome{Blueprint: "b", Deleted: 1})
	expectPrunes(t, l, "run-1", ingest.PruneOutcome{Blueprint: "b", Deleted: 1}, bare)
}

func testPruneAliasing(t *testing.T, l Ledger) {
	create(t, l, runOf("run-1", 1))
	given := pruneOf("b", 1)
	must(t, "SavePrune", l.SavePrune(t.Context(), "run-1", given))
	given.Samples[0].Item = "spoiled"
	expectPrunes(t, l, "run-1", pruneOf("b", 1))

	got, err := l.Prunes(t.Context(), "run-1")
	must(t, "Prunes", err)
	got["b"].Samples[0].Item = "spoiled"
	got["spoiled"] = ingest.PruneOutcome{}
	expectPrunes(t, l, "run-1", pruneOf("b", 1))
}
