package status

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"adoport/shared/ingest"
)

// reports adds up runs, and remembers it of those that have ended: they do not
// change, and adding up a large one reads all its pages.
type reports struct {
	report func(ctx context.Context, run string) (ingest.Report, error)

	mu    sync.Mutex
	ended map[string]ingest.Report
}

// of returns the report of a run, and false if only its outcome is known.
func (r *reports) of(ctx context.Context, run ingest.Run) (ingest.Report, bool, error) {
	if r.report == nil {
		return ingest.Report{}, false, nil
	}
	r.mu.Lock()
	report, ok := r.ended[run.ID]
	r.mu.Unlock()
	if ok {
		return report, true, nil
	}
	report, err := r.report(ctx, run.ID)
	if errors.Is(err, ingest.ErrNotFound) {
		return ingest.Report{}, false, nil
	}
	if err != nil {
		return ingest.Report{}, false, fmt.Errorf("adding up run %s: %w", run.ID, err)
	}
	// What failed is about items: it is for the log and for the one who runs a
	// backfill.
	report.Failures = nil
	return report, true, nil
}

// keep remembers the reports of ended runs in place of those before.
func (r *reports) keep(ended map[string]ingest.Report) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended = ended
}

// readRuns reads the newest runs. One that cannot be added up is shown without
// counts. Those that have ended come first: they are remembered, and a large one
// that goes on MUST NOT take the time for all.
func (h *handler) readRuns(ctx context.Context) (func(*Document), error) {
	runs, err := h.o.Runs(ctx, shownRuns)
	if err != nil {
		return nil, err
	}
	out := make([]Run, len(runs))
	ended := map[string]ingest.Report{}
	var failures []Error
	for _, goesOn := range []bool{false, true} {
		for i, run := range runs {
			if (run.Status == ingest.Running) != goesOn {
				continue
			}
			report, counted, err := h.reports.of(ctx, run)
			if err != nil {
				failures = append(failures, Error{Part: "run " + clean(run.ID), Error: clean(err.Error())})
			}
			if counted && !goesOn {
				ended[run.ID] = report
			}
			out[i] = h.newRun(run, report, counted)
		}
	}
	h.reports.keep(ended)
	return func(d *Document) { d.Runs, d.Errors = out, append(d.Errors, failures...) }, nil
}

func (h *handler) newRun(run ingest.Run, report ingest.Report, counted bool) Run {
	out := Run{
		ID: clean(run.ID), Status: run.Status, Reason: clean(run.Reason),
		StartedAt: run.StartedAt.UTC(), FinishedAt: run.FinishedAt, Counted: counted,
		Kinds: make([]ingest.KindReport, 0, len(report.Kinds)), Blueprints: make([]ingest.BlueprintReport, 0, len(report.Blueprints)),
	}
	end := h.o.Now()
	if !run.FinishedAt.IsZero() {
		end = run.FinishedAt
		out.FinishedAt = end.UTC()
	}
	out.Seconds = max(0, end.Sub(run.StartedAt).Seconds())
	for _, k := range report.Kinds {
		k.Kind = clean(k.Kind)
		out.Kinds = append(out.Kinds, k)
	}
	for _, b := range report.Blueprints {
		b.Blueprint, b.PruneSkipped = clean(b.Blueprint), clean(b.PruneSkipped)
		out.Blueprints = append(out.Blueprints, b)
	}
	return out
}
