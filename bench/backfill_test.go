package bench

import (
	"testing"
	"time"

	"adoport/shared/simulator/fault"
)

// sampleProjects is how many projects the script does if it is not run whole.
const sampleProjects = 2

// BenchmarkBackfillAgainstScript fills an empty catalog, as the program and as
// the script does.
func BenchmarkBackfillAgainstScript(b *testing.B) {
	var runs []run
	for range 5 {
		w := newWorld(b, budgeted, fault.Options{Latency: latency})
		runs = append(runs, w.backfill(b))
		if n := w.stored(); n != budgeted.entities() {
			b.Fatalf("the catalog has %d entities, want %d", n, budgeted.entities())
		}
	}
	r, fastest := median(runs, run.wall), byWall(runs, run.wall)[0]
	baseline := runScript(b)

	n := float64(budgeted.entities())
	record(b, "speed-up over the script (median of 5)", "x-script", baseline.Seconds()/r.Wall.Seconds(), atLeast(100))
	record(b, "the script, s", "script-s", baseline.Seconds(), unlimited)
	record(b, "wall time (median of 5), s", "s", r.Wall.Seconds(), unlimited)
	record(b, "wall time (fastest of 5), s", "fastest-s", fastest.Wall.Seconds(), unlimited)
	record(b, "CPU time, s", "cpu-s", r.CPU.Seconds(), unlimited)
	record(b, "entities a second", "entities/s", n/r.Wall.Seconds(), atLeast(25*80))
	record(b, "requests to Port for a changed entity", "port-requests/entity", float64(r.portRequests())/n, atMost(0.06))
	record(b, "requests to Azure DevOps for work items", "work-item-requests", float64(r.workItemRequests()), readBudget(budgeted))
	record(b, "requests to Azure DevOps in all", "ado-requests", float64(r.azureDevOpsRequests()), unlimited)
	record(b, "peak RSS, MB", "peak-MB", megabytes(r.Peak), atMost(150))
}

// runScript returns what the script takes for all projects.
func runScript(b *testing.B) time.Duration {
	projects := sampleProjects
	if full {
		projects = budgeted.projects
	}
	w := newWorld(b, budgeted, fault.Options{Latency: latency})
	s, err := newScript(b.Context(), w)
	if err != nil {
		b.Fatal(err)
	}
	defer s.close()
	begin := time.Now()
	done, err := s.run(b.Context(), projects)
	took := time.Since(begin)
	if err != nil {
		b.Fatal(err)
	}
	if want := projects * budgeted.entities() / budgeted.projects; done != want || w.stored() != want {
		b.Fatalf("the script wrote %d entities and the catalog has %d, want %d", done, w.stored(), want)
	}
	if full {
		note("The script wrote all %d entities.", done)
		return took
	}
	note("The script wrote %d of the %d entities (%d of %d projects) in %.2f s; its time for all of them is extrapolated. BENCH_FULL=1 runs it whole.",
		done, budgeted.entities(), projects, budgeted.projects, took.Seconds())
	return time.Duration(float64(took) * float64(budgeted.entities()) / float64(done))
}

// readBudget is what the design allows for the work items of an organization.
func readBudget(s size) budget {
	return atMost(float64(s.allWorkItems())/190 + 2*float64(s.projects))
}

func (r run) wall() time.Duration { return r.Wall }

func megabytes(bytes int64) float64 { return float64(bytes) / 1e6 }
