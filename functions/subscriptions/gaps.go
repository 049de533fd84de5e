package subscriptions

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"adoport/shared/servicehook"
)

const (
	// lookBack is how much earlier than the last look deliveries are looked at: one
	// that was under way then may have failed after it.
	lookBack = time.Hour
	// remembered is how many failed deliveries fit into a note. More than that are
	// an outage of everything; then some are made up for twice.
	remembered = 200
)

// unknownQuery is what a server answers that has no such query: an older one. It
// MUST NOT make every look a failed one.
var unknownQuery = []int{http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented}

// gaps are the subscriptions that are healthy, but were not all the time since the
// last look. A delivery that failed for good puts its subscription on probation,
// where further events are lost, until one delivery is answered well again (Learn,
// "Troubleshoot service hooks"): only the failed one can be seen.
func (f *Function) gaps(ctx context.Context, kept []servicehook.Subscription, before state, now *state) ([]servicehook.Subscription, error) {
	now.Asked, now.Failed = before.Asked, before.Failed
	if before.Asked.IsZero() {
		now.Asked = now.At // of what was before there is nothing to make up for
		return nil, nil
	}
	if len(kept) == 0 {
		return nil, nil
	}
	ids := make([]string, len(kept))
	for i, s := range kept {
		ids[i] = s.ID
	}
	failed, err := f.FailedSince(ctx, ids, before.Asked.Add(-lookBack))
	if refused, ok := errors.AsType[*servicehook.RefusedError](err); ok && slices.Contains(unknownQuery, refused.Status) {
		f.Logger.LogAttrs(ctx, slog.LevelInfo, "this server does not tell which deliveries failed", slog.Int("status", refused.Status))
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	now.Asked, now.Failed = now.At, map[string]string{}
	var gaps []servicehook.Subscription
	for _, s := range kept {
		delivery, ok := failed[s.ID]
		if !ok {
			continue
		}
		if len(now.Failed) < remembered {
			now.Failed[s.ID] = delivery
		}
		if before.Failed[s.ID] != delivery {
			gaps = append(gaps, s)
			f.Logger.LogAttrs(ctx, slog.LevelWarn, "a delivery failed since the last look; events after it may be lost",
				slog.String("subscription", s.ID), slog.String("eventType", s.EventType), slog.String("notification", delivery))
		}
	}
	return gaps, nil
}
