package functionshost

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestTimer: the first run has a Last without a zone, the next one has it.
func TestTimer(t *testing.T) {
	t.Parallel()
	a := newApp(t, hostJSONFor(""), map[string]string{"tick": timerFunction})
	h := a.start(Options{Environment: []string{never}})
	for range 2 {
		if i, err := h.RunTimer(a.context(), "TICK"); err != nil || i.Err != nil || i.Function != "tick" || !strings.HasPrefix(i.Reason, "Timer fired at 2") {
			t.Fatal(i, err)
		}
	}
	got := a.requests()
	for n, want := range []string{
		`{"Data":{"timer":{"Schedule":{"AdjustForDST":true},"ScheduleStatus":{"Last":"0001-01-01T00:00:00","Next":"2028-02-29T00:00:00+00:00","LastUpdated":"2`,
		`{"Data":{"timer":{"Schedule":{"AdjustForDST":true},"ScheduleStatus":{"Last":"2`,
	} {
		if !strings.HasPrefix(got[n].Body, want) || !strings.Contains(got[n].Body, `"IsPastDue":false`) || got[n].URL != "/tick" {
			t.Errorf("run %d: %s", n+1, got[n].Body)
		}
	}
	if _, err := h.RunTimer(a.context(), "tock"); !errors.Is(err, ErrUnknownFunction) {
		t.Errorf("%v", err)
	}
}

// TestTicks: the schedule runs by itself; of one that is more frequent than once a
// minute no status is kept.
func TestTicks(t *testing.T) {
	t.Parallel()
	a := newApp(t, hostJSONFor(""), map[string]string{"tick": timerFunction})
	h := a.start(Options{Environment: []string{"SCHEDULE=* * * * * *"}})
	await(a, h, "tick", 2)
	if r := a.requests()[0]; !strings.Contains(r.Body, `"ScheduleStatus":null`) {
		t.Errorf("%s", r.Body)
	}
	if !hasLine(h, Debug, "UseMonitor changed to false based on schedule frequency.") {
		t.Error("nobody is told")
	}
}

// TestPastDue: a run that was missed while no host ran is made up for at once.
func TestPastDue(t *testing.T) {
	t.Parallel()
	a := newApp(t, hostJSONFor(""), map[string]string{"tick": timerFunction})
	schedules := &Schedules{}
	last := at("2020-02-29T00:00:00")
	schedules.Set("tick", ScheduleStatus{Last: last, Next: at("2024-02-29T00:00:00"), LastUpdated: last})
	h := a.start(Options{Environment: []string{never}, Schedules: schedules})
	await(a, h, "tick", 1)
	if r := a.requests()[0]; !strings.Contains(r.Body, `"Last":"2020-02-29T00:00:00+00:00","Next":"2024-02-29T00:00:00+00:00"`) || !strings.Contains(r.Body, `"IsPastDue":true`) {
		t.Errorf("%s", r.Body)
	}
	if !hasLine(h, Information, "Trigger Details: UnscheduledInvocationReason: IsPastDue, OriginalSchedule: 2024-02-29T00:00:00+00:00") {
		t.Error("the log does not tell")
	}
	eventually(t, "the status moved on", func() bool {
		status, ok := schedules.Get("tick")
		return ok && status.Next.Equal(at("2028-02-29T00:00:00"))
	})
}

// TestRunOnStartup: a timer that wants it runs when the host starts.
func TestRunOnStartup(t *testing.T) {
	t.Parallel()
	a := newApp(t, hostJSONFor(""), map[string]string{
		"tick": bindings(`{"type":"timerTrigger","name":"timer","schedule":"%SCHEDULE%","runOnStartup":true,"useMonitor":false}`),
	})
	h := a.start(Options{Environment: []string{never}})
	await(a, h, "tick", 1)
	if r := a.requests()[0]; !strings.Contains(r.Body, `"ScheduleStatus":null,"IsPastDue":false`) || !hasLine(h, Information, "Trigger Details: UnscheduledInvocationReason: RunOnStartup") {
		t.Errorf("%s", r.Body)
	}
}

// TestNeverOverlapping: a run waits for the one before; a manual run does not.
func TestNeverOverlapping(t *testing.T) {
	t.Parallel()
	a := newApp(t, hostJSONFor(""), map[string]string{"tick": timerFunction})
	release := make(chan struct{})
	a.onRequest(func(received) reply { <-release; return ok })
	h := a.start(Options{Environment: []string{never}})
	ended := make(chan error, 2)
	for range 2 {
		go func() {
			_, err := h.RunTimer(a.context(), "tick")
			ended <- err
		}()
	}
	eventually(t, "one runs", func() bool { return len(a.requests()) == 1 })
	go func() { _, _ = h.Trigger(a.context(), "tick", "") }()
	eventually(t, "the manual run runs too", func() bool { return len(a.requests()) == 2 })
	close(release)
	for range 2 {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
	if len(a.requests()) != 3 {
		t.Errorf("%d runs", len(a.requests()))
	}
	if list := h.Invocations(); slices.IndexFunc(list, func(i Invocation) bool { return i.Reason == reasonHTTP }) < 0 {
		t.Errorf("%v", list)
	}
}

// TestRetryPolicy: a failed run is made again, with its RetryContext.
func TestRetryPolicy(t *testing.T) {
	t.Parallel()
	a := newApp(t, hostJSONFor(""), map[string]string{
		"tick": `{"bindings":[` + timerIn + `],"retry":{"strategy":"fixedDelay","maxRetryCount":2,"delayInterval":"00:00:00.001"}}`,
	})
	a.onRequest(func(received) reply { return reply{Status: 503} })
	h := a.start(Options{Environment: []string{never}})
	if i, err := h.RunTimer(a.context(), "tick"); err != nil || i.Err == nil {
		t.Fatal(i, err)
	}
	for n, want := range []string{
		`"RetryContext":{"RetryCount":0,"MaxRetryCount":2,"Exception":null}`,
		`"RetryContext":{"RetryCount":1,"MaxRetryCount":2,"Exception":{"ClassName":`,
		`"RetryContext":{"RetryCount":2,"MaxRetryCount":2,"Exception":{"ClassName":`,
	} {
		if r := a.requests()[n]; !strings.Contains(r.Body, want) {
			t.Errorf("try %d: %s", n+1, r.Body)
		}
	}
	if len(a.requests()) != 3 || len(h.Invocations()) != 3 || h.Invocations()[0].ID == h.Invocations()[1].ID {
		t.Errorf("%v", h.Invocations())
	}
}

// TestRetryDelays: the delays of both strategies.
func TestRetryDelays(t *testing.T) {
	t.Parallel()
	count := 3
	fixed, err := (&retryJSON{Strategy: "FixedDelay", MaxRetryCount: &count, DelayInterval: "00:00:05"}).policy()
	if err != nil || fixed.delay(0) != 5*time.Second || fixed.delay(9) != 5*time.Second {
		t.Errorf("fixed: %v", err)
	}
	grown, err := (&retryJSON{Strategy: "exponentialBackoff", MaxRetryCount: &count, MinimumInterval: "00:00:01", MaximumInterval: "00:01:00"}).policy()
	if err != nil || grown.delay(0) < time.Second || grown.delay(3) < 6*time.Second || grown.delay(3) > 10*time.Second || grown.delay(20) != time.Minute {
		t.Errorf("exponential: %v", err)
	}
	if _, err := (&retryJSON{Strategy: "exponentialBackoff", MaxRetryCount: &count, MinimumInterval: "00:01:00", MaximumInterval: "00:00:01"}).policy(); err == nil {
		t.Error("a minimum above the maximum")
	}
	if p, err := (*retryJSON)(nil).policy(); p != nil || err != nil {
		t.Error("no policy is one")
	}
}

// TestOneInstance: of two hosts of one app one runs the timers, until it ends.
func TestOneInstance(t *testing.T) {
	t.Parallel()
	schedules := &Schedules{}
	a := newApp(t, hostJSONFor(""), map[string]string{"tick": timerFunction})
	o := Options{Environment: []string{"SCHEDULE=* * * * * *"}, Schedules: schedules}
	first := a.start(o)
	second := a.start(o)
	await(a, first, "tick", 2)
	if n := len(second.Invocations()); n != 0 {
		t.Errorf("both run it: %d", n)
	}
	first.Close()
	await(a, second, "tick", 1)
}

// TestScheduleChanged: a schedule that was changed is not past due at once.
func TestScheduleChanged(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, err := parseSchedule("0 0 6 * * *")
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		f := &function{name: "tick", schedule: s}
		h := &Host{options: Options{Schedules: &Schedules{}}, logs: &logs{tell: func(Line) {}}, life: ctx}
		now := time.Now().UTC() // synctest begins at midnight
		next := s.next(now)
		tests := map[string]struct {
			stored  *ScheduleStatus
			pastDue bool
			want    ScheduleStatus
		}{
			"the first start":  {nil, false, ScheduleStatus{Next: next, LastUpdated: now}},
			"not yet due":      {&ScheduleStatus{Last: now, Next: next, LastUpdated: now}, false, ScheduleStatus{Last: now, Next: next, LastUpdated: now}},
			"missed":           {&ScheduleStatus{Last: now.Add(-3 * day), Next: s.next(now.Add(-3 * day)), LastUpdated: now.Add(-3 * day)}, true, ScheduleStatus{Last: now.Add(-3 * day), Next: s.next(now.Add(-3 * day)), LastUpdated: now.Add(-3 * day)}},
			"missed the first": {&ScheduleStatus{Next: s.next(now.Add(-3 * day)), LastUpdated: now.Add(-3 * day)}, true, ScheduleStatus{Next: s.next(now.Add(-3 * day)), LastUpdated: now.Add(-3 * day)}},
			"changed":          {&ScheduleStatus{Last: now.Add(-3 * day), Next: now.Add(-time.Hour), LastUpdated: now.Add(-3 * day)}, false, ScheduleStatus{Next: next, LastUpdated: now}},
			"changed, ahead":   {&ScheduleStatus{Last: now.Add(-time.Hour), Next: now.Add(time.Hour), LastUpdated: now.Add(-time.Hour)}, false, ScheduleStatus{Next: next, LastUpdated: now.Add(-time.Hour)}},
		}
		for name, tt := range tests {
			h.options.Schedules = &Schedules{}
			if tt.stored != nil {
				h.options.Schedules.Set("tick", *tt.stored)
			}
			timer := newTimer(h, f)
			if pastDue := timer.begin(); pastDue != tt.pastDue || timer.status != tt.want {
				t.Errorf("%s: %v, %+v; want %v, %+v", name, pastDue, timer.status, tt.pastDue, tt.want)
			}
			if stored, ok := h.options.Schedules.Get("tick"); !ok || stored != tt.want {
				t.Errorf("%s: %+v is stored, want %+v", name, stored, tt.want)
			}
		}
	})
}
