package status

import (
	"sync"
	"testing"
	"time"

	"adoport/functions/servicehooks"
	"adoport/shared/servicehook"
)

func TestWindow(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		ages []time.Duration
		want int
	}{
		{"now", []time.Duration{0}, 1},
		{"just within", []time.Duration{59 * time.Minute}, 1},
		{"just out", []time.Duration{60 * time.Minute}, 0},
		{"long ago", []time.Duration{300 * time.Hour}, 0},
		{"each minute of two hours", each(120, time.Minute), 60},
		{"backwards", []time.Duration{0, time.Minute, 30 * time.Minute, 60 * time.Minute, 61 * time.Minute}, 3},
		{"the same minute an hour before", []time.Duration{60 * time.Minute, 0, 60 * time.Minute}, 1},
		{"in the future", []time.Duration{-5 * time.Minute}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := NewRecorder()
			for _, age := range tt.ages {
				r.Observe(servicehooks.Event{At: noon.Add(-age), Outcome: servicehooks.Queued})
			}
			if got := r.Summary(noon).Queued; got != tt.want {
				t.Errorf("%d in the last hour, want %d", got, tt.want)
			}
		})
	}
}

// each returns n ages, the oldest first.
func each(n int, step time.Duration) []time.Duration {
	ages := make([]time.Duration, n)
	for i := range ages {
		ages[i] = time.Duration(n-1-i) * step
	}
	return ages
}

func TestSince(t *testing.T) {
	t.Parallel()
	r := NewRecorder()
	r.start = noon
	if got := r.Summary(noon.Add(time.Minute)).Since; !got.Equal(noon) {
		t.Errorf("a minute after the start: since %s", got)
	}
	if got := r.Summary(noon.Add(3 * time.Hour)).Since; !got.Equal(noon.Add(2 * time.Hour)) {
		t.Errorf("three hours after the start: since %s", got)
	}
}

func TestLast(t *testing.T) {
	t.Parallel()
	r := NewRecorder()
	if last := r.Summary(noon).Last; last != nil {
		t.Errorf("the last of no events is %+v", last)
	}
	at := func(age time.Duration, typ string, o servicehooks.Outcome, cause servicehook.Cause, lag time.Duration) {
		e := servicehooks.Event{At: noon.Add(-age), Type: typ, Outcome: o, Cause: cause}
		if lag != 0 {
			e.CreatedAt = e.At.Add(-lag)
		}
		r.Observe(e)
	}
	check := func(typ string, lag float64) {
		t.Helper()
		last := r.Summary(noon).Last
		if last == nil || last.Type != typ || (last.LagSeconds == nil) != (lag < 0) || lag >= 0 && *last.LagSeconds != lag {
			t.Errorf("last: %+v, want %s with a lag of %g s", last, typ, lag)
		}
	}
	at(10*time.Minute, "first", servicehooks.Queued, "", 3*time.Second)
	check("first", 3)
	at(11*time.Minute, "older", servicehooks.Queued, "", time.Second)
	at(5*time.Minute, "test", servicehooks.Ignored, servicehook.Test, time.Hour)
	at(4*time.Minute, "", servicehooks.Refused, "", 0)
	at(3*time.Minute, "unavailable", servicehooks.Unavailable, "", 0)
	check("first", 3)
	at(2*time.Minute, "undated", servicehooks.Ignored, servicehook.Unneeded, 0)
	check("undated", -1)
	at(time.Minute, "clocks differ", servicehooks.Queued, "", -time.Second)
	check("clocks differ", 0)
}

func TestObserveTogether(t *testing.T) {
	t.Parallel()
	r := NewRecorder()
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for j := range 1000 {
				r.Observe(servicehooks.Event{At: noon.Add(-time.Duration(j%59) * time.Minute), Outcome: servicehooks.Refused, Status: 400 + i%2})
				if j%100 == 0 {
					r.Summary(noon)
				}
			}
		})
	}
	all.Wait()
	s := r.Summary(noon)
	if s.Refused != 8000 || s.RefusedBy["400"] != 4000 || s.RefusedBy["401"] != 4000 {
		t.Errorf("%+v", s)
	}
}
