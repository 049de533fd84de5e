package functionshost

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// event is why a function is invoked, and how.
type event struct {
	// reason and details are for the log.
	reason, details string
	// call sends the invocation to the handler. It returns ErrHang, once ctx has
	// ended, for an invocation that has no result.
	call func(ctx context.Context, id string) error
}

// execute invokes a function and records how that ended.
func (h *Host) execute(f *function, e event) Invocation {
	i := Invocation{ID: newGUID(), Function: f.name, Reason: e.reason, Started: time.Now()}
	h.tell(i, Information, "Executing 'Functions.%s' (Reason='%s', Id=%s)", f.name, e.reason, i.ID)
	if e.details != "" {
		h.tell(i, Information, "Trigger Details: %s", e.details)
	}
	if i.Err = h.worker.waitInitialized(h.life); i.Err == nil {
		h.run(&i, e)
	}
	if i.Duration == 0 {
		i.Duration = time.Since(i.Started)
	}
	level, text := Information, i.String()
	if i.Err != nil {
		level, text = Error, fmt.Sprintf("%s %v", i, i.Err)
	}
	h.tell(i, level, "%s", text)
	h.invocations.add(i)
	return i
}

// run makes the call and lets it have functionTimeout.
func (h *Host) run(i *Invocation, e event) {
	ctx, cancel := context.WithCancel(h.life)
	defer cancel()
	result := make(chan error, 1)
	go func() { result <- e.call(ctx, i.ID) }()
	var timeout <-chan time.Time
	if h.config.timeout > 0 {
		timer := time.NewTimer(h.config.timeout)
		defer timer.Stop()
		timeout = timer.C
	}
	select {
	case i.Err = <-result:
	case <-timeout:
		i.Duration = time.Since(i.Started)
		i.Err = h.timedOut(i, result, cancel)
	}
}

// timedOut waits a little for the call to end after all, and then kills the
// handler, with all that it is doing (host, WebScriptHostExceptionHandler.cs).
// Late results change nothing: the invocation has failed.
func (h *Host) timedOut(i *Invocation, result <-chan error, cancel func()) error {
	h.tell(*i, Error, "Timeout value of %s exceeded by function 'Functions.%s' (Id: '%s'). Initiating cancellation.", formatTimeSpan(h.config.timeout), i.Function, i.ID)
	err := fmt.Errorf("%w: Timeout value of %s was exceeded by function: Functions.%s", ErrTimeout, formatTimeSpan(h.config.timeout), i.Function)
	grace := time.NewTimer(h.options.TimeoutGrace)
	defer grace.Stop()
	select {
	case <-result: //nolint:errcheck // it came too late
		return err
	case <-grace.C:
	}
	h.logs.write(Warning, startup, "A function timeout has occurred. Restarting worker process executing invocationId '%s'.", i.ID)
	h.worker.replace(nil, nil)
	h.logs.write(Warning, startup, "Attempt to restart language worker process(es) completed.")
	cancel()
	if late := <-result; errors.Is(late, ErrHang) {
		return fmt.Errorf("%w: %w", err, ErrHang)
	}
	return err
}

// tell writes a line of an invocation.
func (h *Host) tell(i Invocation, level Level, format string, a ...any) {
	h.logs.add(Line{
		Level: level, Category: "Function." + i.Function, Function: i.Function, Invocation: i.ID,
		Text: fmt.Sprintf(format, a...),
	})
}
