package functionshost

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// timer runs one timerTrigger (azure-webjobs-sdk-extensions, TimerListener.cs).
type timer struct {
	host      *Host
	function  *function
	monitored bool

	running sync.Mutex // one run at a time
	status  ScheduleStatus
}

func newTimer(h *Host, f *function) *timer {
	t := &timer{host: h, function: f, monitored: f.monitored()}
	if f.schedule.tooFrequent() && !t.monitored {
		h.logs.write(Debug, timing, "UseMonitor changed to false based on schedule frequency.")
	}
	return t
}

// monitored reports whether the status of a timer is kept, so that a missed run is
// made up for: unless useMonitor is false, or it runs more than once a minute.
func (f *function) monitored() bool {
	return (f.trigger.UseMonitor == nil || *f.trigger.UseMonitor) && !f.schedule.tooFrequent()
}

// listen runs the function at every occurrence until ctx ends. Only one instance
// of the app does, the others wait for it to end.
func (t *timer) listen(ctx context.Context) {
	if !t.host.options.Schedules.acquire(ctx, t.function.name) {
		return
	}
	defer t.host.options.Schedules.release(t.function.name)
	switch pastDue := t.begin(); {
	case ctx.Err() != nil:
		return
	case pastDue:
		t.host.logs.write(Debug, timing, "Function '%s' is past due on startup. Executing now.", t.function.name)
		t.run(tick{pastDue: true, was: t.next()})
	case t.function.trigger.RunOnStartup:
		t.host.logs.write(Debug, timing, "Function '%s' is configured to run on startup. Executing now.", t.function.name)
		t.run(tick{onStartup: true})
	}
	for t.sleep(ctx) {
		t.run(tick{})
	}
}

// begin reads the status and reports whether a run was missed (ScheduleMonitor.cs,
// CheckPastDueAsync).
func (t *timer) begin() (pastDue bool) {
	t.running.Lock()
	defer t.running.Unlock()
	now := time.Now().UTC()
	t.load(now)
	if !t.monitored {
		return false
	}
	if expected, from := t.expected(t.status, now); !t.status.Next.Equal(expected) { // the schedule was changed
		t.status = ScheduleStatus{Next: expected, LastUpdated: from}
		t.host.options.Schedules.Set(t.function.name, t.status)
	}
	return now.After(t.status.Next)
}

// load reads the status, or makes the first one. It is called with running held.
func (t *timer) load(now time.Time) {
	if stored, ok := t.host.options.Schedules.Get(t.function.name); ok && t.monitored {
		t.status = stored
		return
	}
	if !t.status.Next.IsZero() {
		return
	}
	t.status.Next = t.function.schedule.next(now)
	if t.monitored {
		t.status.LastUpdated = now
		t.host.options.Schedules.Set(t.function.name, t.status)
	}
}

// expected returns what Next should be, and the time from which it was computed.
func (t *timer) expected(stored ScheduleStatus, now time.Time) (next, from time.Time) {
	from = now
	for _, known := range []time.Time{stored.LastUpdated, stored.Last} {
		if !known.IsZero() {
			from = known
		}
	}
	next = t.function.schedule.next(from)
	if !stored.Next.Equal(next) && now.After(next) {
		// A new schedule is not past due at once.
		return t.function.schedule.next(now), now
	}
	return next, from
}

func (t *timer) next() time.Time {
	t.running.Lock()
	defer t.running.Unlock()
	return t.status.Next
}

// sleep waits for the next occurrence; one that came during the last run, which
// may be manual, comes at once. It returns false if ctx ended.
func (t *timer) sleep(ctx context.Context) bool {
	wait := time.NewTimer(time.Until(t.next()))
	defer wait.Stop()
	select {
	case <-wait.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

// tick says why a timer runs.
type tick struct {
	pastDue, onStartup bool
	// was is when a run that is past due should have been.
	was time.Time
}

// run runs the function once, and again as its retry policy says, and computes the
// next occurrence from the time at which it began.
func (t *timer) run(k tick) Invocation {
	t.running.Lock()
	defer t.running.Unlock()
	began := time.Now().UTC()
	t.load(began)
	i := t.host.executeWithRetries(t.function, t.event(k))
	if !k.pastDue && !k.onStartup && t.status.Next.After(began) {
		began = t.status.Next // the clock is behind: the same occurrence must not come twice
	}
	t.status = ScheduleStatus{Last: began, Next: t.function.schedule.next(began), LastUpdated: began}
	if t.monitored {
		t.host.options.Schedules.Set(t.function.name, t.status)
	}
	return i
}

// event returns what is sent to the handler.
func (t *timer) event(k tick) retriable {
	var status *ScheduleStatus
	if t.monitored {
		current := t.status
		status = &current
	}
	details := ""
	switch {
	case k.pastDue:
		details = fmt.Sprintf("UnscheduledInvocationReason: IsPastDue, OriginalSchedule: %s", local(k.was))
	case k.onStartup:
		details = "UnscheduledInvocationReason: RunOnStartup"
	}
	return t.host.timerEvent(t.function, status, k.pastDue, "Timer fired at "+local(time.Now()), details)
}

// timerEvent returns an event of a timer; status is nil if it is not kept.
func (h *Host) timerEvent(f *function, status *ScheduleStatus, pastDue bool, reason, details string) retriable {
	return func(retry *object) event {
		return event{reason: reason, details: details, call: func(ctx context.Context, id string) error {
			_, err := h.invoke(ctx, f, id, timerEnvelope(f, status, pastDue, retry))
			return err
		}}
	}
}

// manualTimer is a run by an operator: it has the status that was stored last.
func (h *Host) manualTimer(f *function) retriable {
	var status *ScheduleStatus
	if stored, ok := h.options.Schedules.Get(f.name); ok && f.monitored() {
		status = &stored
	}
	return h.timerEvent(f, status, false, reasonHTTP, "")
}
