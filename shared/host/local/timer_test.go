package local

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"
)

func TestParseSchedule(t *testing.T) {
	t.Parallel()
	for expression, valid := range map[string]bool{
		"0 0 */6 * * *":       true,
		"0 */15 * * * *":      true,
		"*/5 * * * * *":       true,
		"0 30 9 * * MON-FRI":  true,
		"0 */6 * * *":         false, // five fields are cron, not NCRONTAB
		"0 0 25 * * *":        false,
		"every six hours now": false,
		"":                    false,
	} {
		if _, err := ParseSchedule(expression); (err == nil) != valid {
			t.Errorf("%q: %v", expression, err)
		}
	}
}

func TestNext(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 2, 3, 4, 5, 600, time.UTC)
	tests := map[string]time.Time{
		"0 0 */6 * * *":  time.Date(2026, 1, 2, 6, 0, 0, 0, time.UTC),
		"0 */15 * * * *": time.Date(2026, 1, 2, 3, 15, 0, 0, time.UTC),
		"*/10 * * * * *": time.Date(2026, 1, 2, 3, 4, 10, 0, time.UTC),
		"0 0 0 1 1 *":    time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	for expression, want := range tests {
		got, err := Schedule(expression).Next(at)
		if err != nil || !got.Equal(want) {
			t.Errorf("%s after %v: %v, %v; want %v", expression, at, got, err, want)
		}
	}
}

func TestTimer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		var ticks []time.Time
		err := Timer(ctx, "test", "*/10 * * * * *", slog.New(slog.DiscardHandler), func(context.Context) error {
			ticks = append(ticks, time.Now())
			switch len(ticks) {
			case 1:
				return errors.New("the next tick comes all the same")
			case 2:
				time.Sleep(25 * time.Second) // two ticks are left out
			case 3:
				cancel()
			}
			return nil
		})
		if err != nil || len(ticks) != 3 {
			t.Fatalf("%d ticks, %v", len(ticks), err)
		}
		for i, want := range []time.Duration{10 * time.Second, 30 * time.Second} {
			if got := ticks[i+1].Sub(ticks[i]); got != want {
				t.Errorf("tick %d came after %v, want %v", i+1, got, want)
			}
		}
	})
}
