package bench

import (
	"fmt"
	"testing"

	"adoport/shared/simulator/fault"
)

// BenchmarkChanged runs again when one work item in a hundred has changed.
func BenchmarkChanged(b *testing.B) {
	w := newWorld(b, budgeted, fault.Options{Latency: latency})
	w.backfill(b)
	unchanged := w.backfill(b)
	changed := 0
	// Ids go round the projects: steps of 101 change some in every project.
	for id := 1; id <= budgeted.allWorkItems() && changed < budgeted.allWorkItems()/100; id += 101 {
		if err := w.azureDevOps.UpdateWorkItem(id, map[string]any{"System.Title": fmt.Sprintf("Changed %d", id)}); err != nil {
			b.Fatal(err)
		}
		changed++
	}
	r := w.backfill(b)
	n := float64(changed)
	record(b, fmt.Sprintf("entities written, %d changed", changed), "written", float64(r.written()), exactly(n))
	record(b, "writing requests for a changed entity", "writing-requests/entity", float64(r.writes.UpsertRequests)/n, atMost(0.06))
	record(b, "more requests than the unchanged run, for a changed entity", "more-requests/entity",
		float64(r.portRequests()-unchanged.portRequests())/n, unlimited)
	record(b, "wall time, s", "s", r.Wall.Seconds(), unlimited)
}
