package bench

import (
	"testing"

	"adoport/shared/simulator/fault"
)

// TestScriptDoesTheSameWork: where the script has been, the program finds
// nothing to write, so both write the same catalog and their times may be
// compared.
func TestScriptDoesTheSameWork(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program")
	}
	s := size{projects: 2, repositories: 2, pipelines: 3, workItems: 210}
	w := newWorld(t, s, fault.Options{})
	script, err := newScript(t.Context(), w)
	if err != nil {
		t.Fatal(err)
	}
	defer script.close()
	done, err := script.run(t.Context(), s.projects)
	if err != nil {
		t.Fatal(err)
	}
	if done != s.entities() || w.stored() != s.entities() {
		t.Errorf("the script wrote %d entities and the catalog has %d, want %d", done, w.stored(), s.entities())
	}
	if n := w.traffic().writes.UpsertRequests; n != s.entities() {
		t.Errorf("the script wrote with %d requests, want one for each of %d entities", n, s.entities())
	}
	if r := w.backfill(t); r.written() != 0 || w.stored() != s.entities() {
		t.Errorf("after the script, the program made these writes: %+v", r.writes)
	}
}
