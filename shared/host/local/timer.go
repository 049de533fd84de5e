package local

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/adhocore/gronx"
)

// Schedule is an NCRONTAB expression in UTC, as timers of Azure Functions have
// it: {second} {minute} {hour} {day} {month} {day of week}.
type Schedule string

// ParseSchedule checks an expression. Its error says what a schedule looks like.
func ParseSchedule(expression string) (Schedule, error) {
	if len(strings.Fields(expression)) != 6 || !gronx.IsValid(expression) {
		return "", fmt.Errorf("%q is no schedule: it has six fields, {second} {minute} {hour} {day} {month} {day of week}; every six hours is 0 0 */6 * * *", expression)
	}
	return Schedule(expression), nil
}

// Next returns the first tick after t.
func (s Schedule) Next(t time.Time) (time.Time, error) {
	return gronx.NextTickAfter(string(s), t.UTC(), false)
}

// Timer calls do at every tick of a schedule until ctx ends. A tick that comes
// while do is still going on is left out. An error of do is told and waits for
// the next tick.
func Timer(ctx context.Context, name string, s Schedule, log *slog.Logger, do func(context.Context) error) error {
	for {
		next, err := s.Next(time.Now())
		if err != nil {
			return fmt.Errorf("computing the next tick of %s: %w", name, err)
		}
		wait := time.NewTimer(time.Until(next))
		select {
		case <-wait.C:
		case <-ctx.Done():
			wait.Stop()
			return nil
		}
		if err := do(ctx); err != nil && ctx.Err() == nil {
			log.LogAttrs(ctx, slog.LevelError, "timer failed", slog.String("timer", name), slog.Any("error", err))
		}
	}
}
