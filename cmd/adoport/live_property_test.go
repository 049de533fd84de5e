package main

import (
	"flag"
	"math/rand/v2"
	"os"
	"testing"

	"pgregory.net/rapid"

	azuredevopssim "adoport/shared/simulator/azuredevops"
	"adoport/shared/simulator/fault"
	portsim "adoport/shared/simulator/port"
)

// liveChecks is how many stories the property test tells: each starts processes.
const liveChecks = "12"

// TestAnyStoryConverges draws a story of changes, lost, repeated and reordered
// events, crashes and backfills. It must end with a catalog that is equal to the
// organization, and must never have deleted an entity whose item lives.
func TestAnyStoryConverges(t *testing.T) {
	before := flag.Lookup("rapid.checks").Value.String()
	must(t, flag.Set("rapid.checks", liveChecks))
	t.Cleanup(func() { must(t, flag.Set("rapid.checks", before)) })
	rapid.Check(t, func(r *rapid.T) { tellStory(t, r) })
}

func tellStory(t *testing.T, r *rapid.T) {
	var faults []fault.Kind
	if rapid.Bool().Draw(r, "faults") {
		faults = fault.All()
	}
	w := newWorld(t, hooked(nasty(small)), faults...)
	w.environment["PRUNE_MAX_PERCENT"] = "100"
	s := w.serve(t)
	defer s.end(t, os.Kill)
	stop := w.azureDevOps.StartHooks(t.Context(), azuredevopssim.HookOptions{
		Scale:     0.02,
		Duplicate: rapid.Float64Range(0, 0.5).Draw(r, "duplicate"),
		Reorder:   rapid.Float64Range(0, 0.5).Draw(r, "reorder"),
		Drop:      rapid.SampledFrom([]float64{0, 0, 0.3}).Draw(r, "drop"),
		Seed:      rapid.Uint64().Draw(r, "seed"),
	})
	defer stop()
	random := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "changes"), 0))
	for range rapid.IntRange(1, 6).Draw(r, "chapters") {
		for range rapid.IntRange(0, 25).Draw(r, "events") {
			w.event(t, random)
		}
		switch rapid.IntRange(0, 3).Draw(r, "turn") {
		case 0:
			s.end(t, os.Kill)
			s.start(t)
		case 1: // while events are being worked on
			w.backfill(t)
		}
	}
	s.settle(t)
	w.backfill(t)
	w.checkEqual(t)
	w.checkNoneDeletedAlive(t)
}

// checkNoneDeletedAlive holds the deletions against what lives. It takes an
// organization in which nothing comes back once it is deleted.
func (w *world) checkNoneDeletedAlive(t testing.TB) {
	t.Helper()
	alive := w.expected()
	for _, write := range w.port.Log() {
		if _, lives := alive[write.Blueprint][write.Identifier]; lives && write.Op == portsim.Deleted {
			t.Errorf("%s/%s was deleted, but its item lives", write.Blueprint, write.Identifier)
		}
	}
}
