package backfill

import (
	"errors"
	"testing"
	"time"

	"adoport/shared/ingest"
)

func TestCatchUp(t *testing.T) {
	t.Parallel()
	run := func(id string, age time.Duration, status ingest.Status, sources ...string) ingest.Run {
		return ingest.Run{ID: id, StartedAt: noon.Add(-age), Status: status, Sources: sources}
	}
	tests := []struct {
		name string
		runs []ingest.Run
		want int
	}{
		{"there was none yet", nil, 1},
		{"the last one is done", []ingest.Run{run("a", 6*time.Hour, ingest.Complete, "p", "w")}, 0},
		{"the last one found something wrong", []ingest.Run{run("a", time.Hour, ingest.Incomplete, "p", "w")}, 0},
		{"the last one goes on", []ingest.Run{run("a", time.Hour, ingest.Running, "p", "w")}, 0},
		{"the last one failed", []ingest.Run{run("a", time.Hour, ingest.Failed, "p", "w")}, 1},
		{"one failed after one that is done", []ingest.Run{run("a", 2*time.Hour, ingest.Complete, "p", "w"), run("b", time.Hour, ingest.Failed, "p", "w")}, 0},
		{"a tick is only just late", []ingest.Run{run("a", 6*time.Hour+late-1, ingest.Complete, "p", "w")}, 0},
		{"a tick was lost", []ingest.Run{run("a", 6*time.Hour+late, ingest.Complete, "p", "w")}, 1},
		{"the last one was of some kinds only", []ingest.Run{run("a", time.Hour, ingest.Complete, "p")}, 1},
		{"one of some kinds goes on", []ingest.Run{run("a", time.Hour, ingest.Running, "p")}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, tt.runs...)
			b.o.Sources, b.o.Every = 2, 6*time.Hour
			if err := b.CatchUp(t.Context()); err != nil || len(b.planned) != tt.want {
				t.Errorf("planned %d runs, %v; want %d", len(b.planned), err, tt.want)
			}
		})
	}
}

func TestCatchUpWithoutLedger(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	failure := errors.New("ledger gone")
	b.o.Ledger = broken{Ledger: b.ledger, runs: failure}
	if err := b.CatchUp(t.Context()); !errors.Is(err, failure) || len(b.planned) != 0 {
		t.Errorf("%v, planned %d", err, len(b.planned))
	}
}
