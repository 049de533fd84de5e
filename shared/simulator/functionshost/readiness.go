package functionshost

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"time"
)

const (
	// pingInterval is how often the host asks whether the handler is ready (host,
	// WorkerConstants.cs).
	pingInterval = 25 * time.Millisecond
	// waits is how many times the time for readiness an invocation waits: once for
	// every start that there may be.
	waits = maxErrors + 1
)

// errNotReady is the host's exception for a handler that does not answer.
var errNotReady error = hostError("Initializing HttpWorker timed out.")

// address returns the URL of a path at the handler.
func (w *worker) address(path string) string {
	return "http://" + net.JoinHostPort("127.0.0.1", strconv.Itoa(w.port)) + path
}

// waitReady asks for / until there is any answer. Only a connection that cannot be
// made means that the handler is not ready yet (host, DefaultHttpWorkerService.cs,
// IsWorkerReady). It ends early if the host disposes of the process; of one that
// exited with 0 it asks on in vain, as the host does.
func (w *worker) waitReady(p *process) error {
	deadline := time.NewTimer(w.timeout)
	defer deadline.Stop()
	tick := time.NewTicker(pingInterval)
	defer tick.Stop()
	for !p.disposed.Load() {
		if !p.isOver() && w.ping() {
			return nil
		}
		select {
		case <-tick.C:
		case <-deadline.C:
			return errNotReady
		case <-w.life.Done():
			return context.Cause(w.life)
		}
	}
	return nil
}

// ping reports whether there is a server. The request has no headers but Host.
func (w *worker) ping() bool {
	request, err := http.NewRequestWithContext(w.life, http.MethodGet, w.address("/"), nil)
	if err != nil {
		return false
	}
	request.Header.Set("User-Agent", "")
	response, err := w.client.Do(request)
	if err != nil {
		op, ok := errors.AsType[*net.OpError](err)
		refused := ok && op.Op == "dial"
		return !refused && w.life.Err() == nil
	}
	_, _ = io.Copy(io.Discard, response.Body) // only that it answers matters
	return response.Body.Close() == nil
}

// waitInitialized lets an invocation wait for the handler's first start. If that
// takes too long the host stops.
func (w *worker) waitInitialized(ctx context.Context) error {
	if w.currentState() != initializing {
		return nil
	}
	deadline := time.NewTimer(waits * w.timeout)
	defer deadline.Stop()
	tick := time.NewTicker(pingInterval)
	defer tick.Stop()
	for w.currentState() != initialized {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-deadline.C:
			w.logs.write(Error, dispatcher, "Final functionDispatcher state: %s. %v", w.currentState(), ErrInitialization)
			w.stop(ErrInitialization)
			return ErrInitialization
		}
	}
	return nil
}

func (w *worker) currentState() workerState {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.state
}

func (s workerState) String() string {
	return [...]string{"Initializing", "WorkerProcessRestarting", "Initialized"}[s]
}

// choosePort returns the port of host.json, if it can be had, or a free one.
func (c handlerConfig) choosePort() (int, error) {
	if c.port == 0 {
		return freePort()
	}
	if err := tryPort(c.port); err != nil {
		return 0, fmt.Errorf("%w: %w", hostErrorf("Unable to bind to port %d specified in configuration", c.port), err)
	}
	return c.port, nil
}

func tryPort(port int) error {
	listener, err := net.Listen("tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(port))) //nolint:noctx // it is immediate
	if err != nil {
		return err
	}
	return listener.Close()
}

// freePort returns a port that nobody listens on. It is below the ports that
// systems give to clients: in the time until the handler listens, a connection of
// somebody else could get one of those.
func freePort() (int, error) {
	var last error
	for range 100 {
		port := 10_000 + rand.IntN(20_000)
		if last = tryPort(port); last == nil {
			return port, nil
		}
	}
	return 0, fmt.Errorf("finding a free port: %w", last)
}
