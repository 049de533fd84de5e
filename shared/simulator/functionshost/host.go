package functionshost

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Host runs one app, as one instance. It is safe for concurrent use.
type Host struct {
	options     Options
	config      config
	settings    settings
	functions   []*function
	timers      map[*function]*timer
	errors      map[string]error
	logs        *logs
	invocations *invocations
	worker      *worker
	throttle    *throttle
	url         string
	server      *http.Server

	// life ends with the host, with why as its cause; listening ends earlier when
	// the host is drained.
	life      context.Context
	end       context.CancelCauseFunc
	listening context.Context
	silence   context.CancelFunc
	// listeners are the queue and timer listeners.
	listeners sync.WaitGroup
	done      chan struct{}

	mu      sync.Mutex // guards what follows
	ended   bool
	running sync.WaitGroup
}

// URL is where the host serves HTTP, without a slash at the end. Functions are
// below the route prefix, /api by default.
func (h *Host) URL() string { return h.url }

// MasterKey is for the admin endpoints, and for functions of any authLevel.
func (h *Host) MasterKey() string { return h.options.MasterKey }

// FunctionKey is for functions of authLevel function.
func (h *Host) FunctionKey() string { return h.options.FunctionKey }

// Functions are the names of those that were loaded, in order.
func (h *Host) Functions() []string {
	names := make([]string, len(h.functions))
	for i, f := range h.functions {
		names[i] = f.name
	}
	return names
}

// FunctionErrors are those of the functions in error, by name: they are not run,
// and the others are.
func (h *Host) FunctionErrors() map[string]error { return maps.Clone(h.errors) }

// Ready waits until the handler has answered for the first time. Its error is why
// it could not be started, or that the host has stopped.
func (h *Host) Ready(ctx context.Context) error {
	select {
	case <-h.worker.ready:
		h.worker.mu.Lock()
		defer h.worker.mu.Unlock()
		return h.worker.failure
	case <-h.life.Done():
		return fmt.Errorf("waiting for the handler: %w", context.Cause(h.life))
	case <-ctx.Done():
		return fmt.Errorf("waiting for the handler: %w", context.Cause(ctx))
	}
}

// HandlerPID is the process id of the handler, 0 while none runs.
func (h *Host) HandlerPID() int {
	if p := h.worker.process(); p != nil {
		return p.cmd.Process.Pid
	}
	return 0
}

// Kill ends the handler with SIGKILL, as a crash. It counts as an error: the host
// starts the handler again, and stops itself the third time. The error is that no
// handler runs.
func (h *Host) Kill() error { return h.worker.kill() }

// Restarts is how often the handler was started again.
func (h *Host) Restarts() int {
	h.worker.mu.Lock()
	defer h.worker.mu.Unlock()
	return h.worker.restarts
}

// Logs are the lines that are remembered, the oldest first.
func (h *Host) Logs() []Line { return h.logs.all() }

// Invocations are those that are remembered, in the order in which they ended.
func (h *Host) Invocations() []Invocation {
	list, _ := h.invocations.all()
	return list
}

// Await returns the first remembered invocation that matches, and waits for it.
func (h *Host) Await(ctx context.Context, match func(Invocation) bool) (Invocation, error) {
	return h.invocations.await(ctx, match)
}

// RunTimer runs a timer as if it were time, and waits for its end. Unlike Trigger it
// waits for a run that is under way, and moves the schedule's status on. It ignores
// that a function is disabled. The error is about the name or ctx; how the run ended
// is in the Invocation.
func (h *Host) RunTimer(ctx context.Context, name string) (Invocation, error) {
	t := h.timers[h.function(name)]
	if t == nil {
		return Invocation{}, fmt.Errorf("running the timer %q: %w", name, ErrUnknownFunction)
	}
	return h.wait(ctx, func() Invocation { return t.run(tick{}) })
}

// function returns a loaded function by its name in any case.
func (h *Host) function(name string) *function {
	for _, f := range h.functions {
		if strings.EqualFold(f.name, name) {
			return f
		}
	}
	return nil
}

// background runs something that the end of the host waits for. It returns false
// if the host has ended.
func (h *Host) background(run func()) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ended {
		return false
	}
	h.running.Go(run)
	return true
}

// wait makes a run in the background and waits for it.
func (h *Host) wait(ctx context.Context, run func() Invocation) (Invocation, error) {
	result := make(chan Invocation, 1)
	if !h.background(func() { result <- run() }) {
		return Invocation{}, fmt.Errorf("running a function: %w", context.Cause(h.life))
	}
	select {
	case i := <-result:
		return i, nil
	case <-ctx.Done():
		return Invocation{}, fmt.Errorf("waiting for the function: %w", context.Cause(ctx))
	}
}

// Done is closed when the host has stopped, by itself or not.
func (h *Host) Done() <-chan struct{} { return h.done }

// Err is why the host stopped itself: ErrRestarts, ErrInitialization or ErrUnhandled.
// It is nil while it runs, and if it was closed.
func (h *Host) Err() error {
	err := context.Cause(h.life)
	if errors.Is(err, errClosed) || errors.Is(err, errDrained) {
		return nil
	}
	return err
}

// Close ends the host as an instance that disappears: the handler gets SIGKILL, and
// messages that were received stay invisible until their time is over.
func (h *Host) Close() {
	h.end(errClosed)
	<-h.done
}

// Drain ends the host as scaling in does: it takes no new messages and ticks, waits
// for those that were taken, and then kills the handler. When ctx ends it waits no
// longer.
func (h *Host) Drain(ctx context.Context) error {
	h.silence()
	idle := make(chan struct{})
	go func() {
		h.listeners.Wait()
		close(idle)
	}()
	select {
	case <-idle:
		h.end(errDrained)
		<-h.done
		return nil
	case <-h.done:
		return nil
	case <-ctx.Done():
		h.Close()
		return fmt.Errorf("draining the host: %w", context.Cause(ctx))
	}
}

// unhandled stops the host after an error that listeners do not expect.
func (h *Host) unhandled(err error) {
	if h.life.Err() != nil {
		return
	}
	h.logs.write(Error, startup, "%v %v", ErrUnhandled, err)
	h.end(fmt.Errorf("%w %w", ErrUnhandled, err))
}

// shutdownTimeout is how long open requests have after the host has ended.
const shutdownTimeout = time.Second

// finish ends everything when life has ended.
func (h *Host) finish() {
	<-h.life.Done()
	h.silence()
	h.mu.Lock()
	h.ended = true
	h.mu.Unlock()
	h.worker.close()
	h.listeners.Wait()
	h.running.Wait()
	ctx, cancel := context.WithTimeout(context.Background(), shutdownTimeout)
	defer cancel()
	if h.server.Shutdown(ctx) != nil {
		// Connections are left over; closing them cannot fail in a way that matters.
		_ = h.server.Close()
	}
	close(h.done)
}

// serve answers HTTP until the server is shut down.
func (h *Host) serve(listener net.Listener) {
	if err := h.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		h.unhandled(err)
	}
}
