// Package subscriptions is the timer function that looks after the service
// hooks: it creates what is missing, repairs what is broken, and starts a
// backfill of the kinds whose events were lost meanwhile.
package subscriptions

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"adoport/shared/servicehook"
)

// Reconciler makes the subscriptions those that are needed.
type Reconciler interface {
	Ensure(ctx context.Context, r servicehook.Request) (servicehook.Report, error)
}

// Function is the timer function. All fields are required.
type Function struct {
	Reconciler Reconciler
	// Kinds are those that are mapped.
	Kinds []string
	// Backfill starts a backfill of some kinds.
	Backfill func(ctx context.Context, kinds []string) error
	Logger   *slog.Logger

	mu   sync.Mutex
	last Health
	// owed are kinds whose backfill could not be started yet.
	owed []string
}

// Health is what the last look at the subscriptions found.
type Health struct {
	// At is the zero time if there was no look yet.
	At      time.Time `json:"at,omitzero"`
	Enabled int       `json:"enabled"`
	Created int       `json:"created"`
	// Repaired were found in another status than enabled.
	Repaired int `json:"repaired"`
	// Backfilled are the kinds of which a backfill was started, because events
	// were lost.
	Backfilled []string `json:"backfilled,omitempty"`
	Error      string   `json:"error,omitempty"`
}

// Last returns what the last look found.
func (f *Function) Last() Health {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.last
}

// Run looks once.
func (f *Function) Run(ctx context.Context) error {
	report, err := f.Reconciler.Ensure(ctx, servicehook.Request{Kinds: f.Kinds})
	h := Health{
		At: time.Now(), Enabled: len(report.Kept) + len(report.Created),
		Created: len(report.Created), Repaired: len(report.Lost),
	}
	if len(report.Created)+len(report.Deleted) > 0 {
		f.Logger.LogAttrs(ctx, slog.LevelInfo, "subscriptions changed", slog.Int("created", len(report.Created)),
			slog.Int("deleted", len(report.Deleted)), slog.Int("lostEvents", len(report.Lost)))
	}
	f.mu.Lock()
	owed := slices.Compact(slices.Sorted(slices.Values(slices.Concat(f.owed, servicehook.Kinds(report.Lost)))))
	f.mu.Unlock()
	if len(owed) > 0 {
		if backfillErr := f.Backfill(ctx, owed); backfillErr != nil {
			err = errors.Join(err, fmt.Errorf("events of %q were lost, and their backfill could not be started: %w", owed, backfillErr))
		} else {
			h.Backfilled, owed = owed, nil
		}
	}
	if err != nil {
		h.Error = err.Error()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.last, f.owed = h, owed
	return err
}
