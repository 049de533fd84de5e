package ingest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// end ends a run, and tells about it if nobody else did.
func (e *Engine) end(ctx context.Context, run Run, status Status, reason string) error {
	at := e.o.Now()
	ended, err := e.o.Ledger.Finish(ctx, run.ID, status, reason, at)
	if err != nil {
		return fmt.Errorf("ending run %s: %w", run.ID, err)
	}
	if ended {
		TellEnd(ctx, e.o.Logger, run, status, reason, at)
	}
	return nil
}

// endTask ends the run of a task that found credentials refused. A run that is
// not known needs no end.
func (e *Engine) endTask(ctx context.Context, id string, refused *AuthError) error {
	run, err := e.o.Ledger.Run(ctx, id)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading run %s: %w", id, err)
	}
	return e.end(ctx, run, Failed, refused.Error())
}

// toldFailures is how many failures of a run are logged. More of them are rarely of
// other kinds; the report has all samples.
const toldFailures = 20

// tellFailures logs what failed in a run, by its identity. It is no warning: who
// runs a backfill by hand gets the same in its summary.
func (e *Engine) tellFailures(ctx context.Context, r Report) {
	for _, f := range r.Failures[:min(toldFailures, len(r.Failures))] {
		e.o.Logger.LogAttrs(ctx, slog.LevelInfo, "failed in a backfill", slog.String("run", r.Run),
			slog.String("item", f.Item), slog.String("where", f.Where), slog.String("error", f.Error))
	}
}

// TellEnd logs the end of a run. Alerts look for this line: its message and the
// names of its attributes MUST NOT change (infra/modules/alerts.bicep,
// docs/operations.md).
func TellEnd(ctx context.Context, log *slog.Logger, run Run, status Status, reason string, at time.Time) {
	level := slog.LevelInfo
	if status != Complete {
		level = slog.LevelError
	}
	log.LogAttrs(ctx, level, "backfill ended", slog.String("run", run.ID), slog.String("status", string(status)),
		slog.String("reason", reason), slog.Float64("seconds", at.Sub(run.StartedAt).Seconds()), slog.Int("sources", len(run.Sources)))
}
