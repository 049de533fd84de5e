package backfill

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"adoport/shared/ingest"
)

// late is how much later than planned a run may begin before it is missed.
const late = 30 * time.Minute

// CatchUp begins a run of all kinds if one is missing: there was none yet, the
// last one failed, could not be planned or lost its tasks, or ticks were lost. It
// does nothing else, so it may be called as often as somebody looks.
func (t *Timer) CatchUp(ctx context.Context) error {
	missing, err := t.missing(ctx)
	if err != nil {
		return fmt.Errorf("looking for a backfill that is missing: %w", err)
	}
	if !missing {
		return nil
	}
	t.o.Logger.LogAttrs(ctx, slog.LevelInfo, "a backfill is missing and is begun now")
	return t.Tick(ctx)
}

func (t *Timer) missing(ctx context.Context) (bool, error) {
	t.beginning.Lock()
	defer t.beginning.Unlock()
	runs, err := t.look(ctx)
	if err != nil {
		return false, err
	}
	for _, run := range runs {
		if run.Status != ingest.Failed && len(run.Sources) >= t.o.Sources && t.o.Now().Sub(run.StartedAt) < t.o.Every+late {
			return false, nil
		}
	}
	return true, nil
}
