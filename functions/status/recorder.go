package status

import (
	"strconv"
	"sync"
	"time"

	"adoport/functions/servicehooks"
	"adoport/shared/servicehook"
)

// minutes is how many of them a Recorder remembers.
const minutes = 60

// Recorder counts what became of the deliveries of the last hour, as far as this
// process took them. It needs a fixed amount of memory, whatever is delivered,
// and is safe for concurrent use. Make one with NewRecorder.
type Recorder struct {
	start time.Time

	mu      sync.Mutex
	buckets [minutes]bucket
	last    servicehooks.Event
}

// bucket counts the deliveries of one minute, which is numbered from 1970.
type bucket struct {
	minute int64
	counts map[reasoned]int
}

// reasoned is an outcome and its reason: a servicehook.Cause, or an HTTP status.
// There are few of them.
type reasoned struct {
	outcome servicehooks.Outcome
	reason  string
}

// NewRecorder returns a recorder that has seen nothing until now.
func NewRecorder() *Recorder { return &Recorder{start: time.Now()} }

// Observe counts a delivery; it is what servicehooks.Options.Observe needs.
func (r *Recorder) Observe(e servicehooks.Event) {
	key := reasoned{outcome: e.Outcome}
	switch e.Outcome {
	case servicehooks.Ignored:
		key.reason = string(e.Cause)
	case servicehooks.Refused:
		key.reason = strconv.Itoa(e.Status)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	minute := minuteOf(e.At)
	b := &r.buckets[place(minute)]
	if b.minute < minute || b.counts == nil {
		*b = bucket{minute: minute, counts: map[reasoned]int{}}
	}
	// One that is older than what its bucket has is out of the window.
	if b.minute == minute {
		b.counts[key]++
	}
	// The sample data of a test were not made when they say.
	isEvent := e.Outcome == servicehooks.Queued || e.Outcome == servicehooks.Ignored && e.Cause != servicehook.Test
	if isEvent && !e.At.Before(r.last.At) {
		r.last = e
	}
}

// Summary adds up the 60 minutes up to now, of which the current one is the last.
func (r *Recorder) Summary(now time.Time) Events {
	out := Events{Since: now.Add(-minutes * time.Minute).UTC(), IgnoredBy: map[string]int{}, RefusedBy: map[string]int{}}
	if r.start.After(out.Since) {
		out.Since = r.start.UTC()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	current := minuteOf(now)
	for _, b := range r.buckets {
		if b.minute <= current-minutes || b.minute > current {
			continue
		}
		for key, n := range b.counts {
			out.add(key, n)
		}
	}
	if !r.last.At.IsZero() {
		out.Last = newLast(r.last)
	}
	return out
}

func (e *Events) add(key reasoned, n int) {
	switch key.outcome {
	case servicehooks.Queued:
		e.Queued += n
	case servicehooks.Ignored:
		e.Ignored += n
		e.IgnoredBy[key.reason] += n
	case servicehooks.Refused:
		e.Refused += n
		e.RefusedBy[key.reason] += n
	case servicehooks.Unavailable:
		e.Unavailable += n
	}
}

func newLast(e servicehooks.Event) *LastEvent {
	last := &LastEvent{At: e.At.UTC(), Type: clean(e.Type), Outcome: string(e.Outcome)}
	if !e.CreatedAt.IsZero() {
		// Two clocks differ a little.
		lag := max(0, e.At.Sub(e.CreatedAt).Seconds())
		last.LagSeconds = &lag
	}
	return last
}

func minuteOf(t time.Time) int64 { return t.Unix() / 60 }

// place is where a minute is kept, also one before 1970.
func place(minute int64) int { return int((minute%minutes + minutes) % minutes) }
