package local

import (
	"testing"
	"time"
)

func TestBackoff(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		failures  int
		low, high time.Duration
	}{
		{0, 250 * time.Millisecond, 500 * time.Millisecond},
		{1, 250 * time.Millisecond, 500 * time.Millisecond},
		{2, 500 * time.Millisecond, time.Second},
		{4, 2 * time.Second, 4 * time.Second},
		{6, 8 * time.Second, 16 * time.Second},
		{7, 15 * time.Second, 30 * time.Second},
		{1_000_000, 15 * time.Second, 30 * time.Second},
	} {
		for random, want := range map[float64]time.Duration{0: tt.low, 1: tt.high} {
			o := Options{random: func() float64 { return random }}.withDefaults()
			if got := o.backoff(tt.failures); got != want {
				t.Errorf("backoff(%d) with random %g = %s; want %s", tt.failures, random, got, want)
			}
		}
	}
	o := Options{BackoffBase: time.Minute, BackoffCap: time.Second, random: func() float64 { return 1 }}.withDefaults()
	if got := o.backoff(1); got != time.Second {
		t.Errorf("a base over the cap gives %s; want the cap", got)
	}
}
