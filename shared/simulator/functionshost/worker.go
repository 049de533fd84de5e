package functionshost

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"
)

const (
	// maxErrors is the error of the handler at which the host gives up, and
	// errorWindow how long the last one counts (host, HttpFunctionInvocationDispatcher.cs).
	maxErrors   = 3
	errorWindow = 30 * time.Minute

	// exitRestart is the exit code with which a handler asks to be started again;
	// 0 is success, after which the host does nothing (host, WorkerConstants.cs).
	exitRestart = 200
)

// workerState is that of the dispatcher. Invocations wait while it is
// initializing, which it is only once: after a restart they are sent at once.
type workerState int

const (
	initializing workerState = iota
	restarting
	initialized
)

// worker keeps the handler running.
type worker struct {
	options Options
	command command
	timeout time.Duration // for the handler to be ready
	port    int
	client  *http.Client
	logs    *logs
	// stop stops the host.
	stop func(error)

	// life ends with the host.
	life context.Context
	// events orders what happens to the handler.
	events sync.Mutex

	mu       sync.Mutex // guards what follows
	state    workerState
	current  *process
	closed   bool
	restarts int
	errors   []time.Time
	// ready is closed when the handler was ready, or could not be started; failure
	// tells why.
	ready   chan struct{}
	failure error
	once    sync.Once

	background sync.WaitGroup
}

// start starts the handler for the first time.
func (w *worker) start() {
	w.events.Lock()
	defer w.events.Unlock()
	w.launch()
}

// launch starts a process and waits in the background until it is ready. If it
// cannot be started the host tells so, does not try again, and takes the handler
// for ready: every invocation then fails to connect (host, HttpWorkerChannel.cs:
// the error is published only if readiness times out).
func (w *worker) launch() {
	w.logs.write(Debug, processing, "Starting worker process with FileName:%s WorkingDirectory:%s", w.command.path, w.command.directory)
	p, err := startProcess(w.command, w.options, w.port, w.logs, w.exited)
	if err != nil {
		w.logs.write(Error, processing, "Failed to start Worker Channel. Process fileName: %s. %v", w.command.path, err)
		w.set(initialized)
		w.settle(err)
		return
	}
	w.mu.Lock()
	w.current = p
	w.mu.Unlock()
	w.background.Go(func() { w.initialize(p) })
}

// initialize waits until the process answers.
func (w *worker) initialize(p *process) {
	switch err := w.waitReady(p); {
	case p.disposed.Load(), w.life.Err() != nil:
	case err != nil:
		w.logs.write(Error, dispatcher, "Failed to start http worker process. workerId:%s. %v", p.id, err)
		w.replace(p, err)
	default:
		w.logs.write(Debug, dispatcher, "HttpWorker is Initialized.")
		w.set(initialized)
		w.settle(nil)
	}
}

// exited handles a process that ended by itself.
func (w *worker) exited(p *process) {
	switch code := p.exitCode(); code {
	case 0:
		// Nothing, not even a line (host issue 6301).
	case exitRestart:
		w.logs.write(Information, processing, "Language Worker Process exited and needs to be restarted.")
		w.replace(p, nil)
	default:
		err := p.exitError()
		w.logs.write(Error, processing, "Language Worker Process exited. Pid=%d. %v", p.cmd.Process.Pid, err)
		w.replace(p, err)
	}
}

// replace ends the process that runs, if it is p or p is nil, and starts the next.
// An error counts: the third stops the host.
func (w *worker) replace(p *process, err error) {
	w.events.Lock()
	defer w.events.Unlock()
	if !w.drop(p) {
		return
	}
	if err != nil {
		w.count()
	}
	w.again(err)
}

// drop ends the process that runs. It returns false if that is not the one that
// was meant, or if the host is being closed.
func (w *worker) drop(p *process) bool {
	w.mu.Lock()
	current := w.current
	meant := !w.closed && (p == nil || p == current)
	if meant {
		w.current, w.state = nil, restarting
	}
	w.mu.Unlock()
	if meant && current != nil {
		current.dispose()
	}
	return meant
}

// count remembers an error, and forgets those before if the last was long ago.
func (w *worker) count() {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	if n := len(w.errors); n > 0 && now.Sub(w.errors[n-1]) > errorWindow {
		w.errors = nil
	}
	w.errors = append(w.errors, now)
}

// again starts the next process, unless there were too many errors.
func (w *worker) again(err error) {
	w.mu.Lock()
	tooMany := len(w.errors) >= maxErrors
	if !tooMany {
		w.restarts++
	}
	w.mu.Unlock()
	if tooMany {
		w.logs.write(Error, dispatcher, "%v", ErrRestarts)
		err = errors.Join(ErrRestarts, err) // err may be nil
		w.settle(err)
		w.stop(err)
		return
	}
	w.logs.write(Debug, dispatcher, "Restarting http invoker channel")
	w.launch()
}

// kill ends the process as a crash of the platform would: it is an error.
func (w *worker) kill() error {
	p := w.process()
	if p == nil {
		return errors.New("killing the handler: it does not run")
	}
	if err := p.cmd.Process.Kill(); err != nil {
		return fmt.Errorf("killing the handler: %w", err)
	}
	<-p.over
	return nil
}

// close ends the handler for good.
func (w *worker) close() {
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
	w.events.Lock() // what was being started is there now
	if p := w.latest(); p != nil {
		p.dispose()
	}
	w.events.Unlock()
	w.background.Wait()
	w.client.CloseIdleConnections()
}

// latest returns the process that was started last, nil if it was dropped or
// could not be started.
func (w *worker) latest() *process {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.current
}

// process returns the one that runs, nil if none does.
func (w *worker) process() *process {
	if p := w.latest(); p != nil && !p.isOver() {
		return p
	}
	return nil
}

func (w *worker) set(s workerState) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.state = s
}

// settle tells whoever waits for the handler's first start how it ended.
func (w *worker) settle(err error) {
	w.once.Do(func() {
		w.mu.Lock()
		w.failure = err
		w.mu.Unlock()
		close(w.ready)
	})
}
