package functionshost

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// process is one run of the handler.
type process struct {
	id      string // GUID of the worker
	cmd     *exec.Cmd
	console *console
	// disposed says that the host itself ended it: its exit is no event.
	disposed atomic.Bool
	// over is closed when it has exited and all it wrote was read.
	over chan struct{}
}

// passedOn are the variables of this process that the handler gets.
var passedOn = []string{"PATH", "HOME", "TMPDIR"}

// environment returns what the handler gets: the app settings, and the variables
// that the host adds (host, HttpWorkerProcess.cs).
func (o Options) environment(id string, port int) []string {
	var env []string
	for _, name := range passedOn {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	if s := newSettings(o.Environment); o.Storage != "" && !s.has(storageSetting) {
		env = append(env, storageSetting+"="+o.Storage)
	}
	env = append(env, o.Environment...)
	return append(env,
		"FUNCTIONS_CUSTOMHANDLER_PORT="+strconv.Itoa(port),
		"FUNCTIONS_HTTPWORKER_PORT="+strconv.Itoa(port),
		"FUNCTIONS_CUSTOMHANDLER_WORKER_ID="+id,
		"FUNCTIONS_HTTPWORKER_ID="+id,
		"FUNCTIONS_APP_ROOT_PATH="+o.Root)
}

// startProcess starts the handler; exited is called when it has ended by itself.
func startProcess(c command, o Options, port int, l *logs, exited func(*process)) (*process, error) {
	if o.AddExecuteBit {
		if err := addExecuteBit(c.path, l); err != nil {
			return nil, err
		}
	}
	p := &process{id: newGUID(), console: &console{logs: l}, over: make(chan struct{})}
	p.cmd = exec.Command(c.path, c.arguments...) //nolint:noctx // it ends when the host kills it
	p.cmd.Dir = c.directory
	p.cmd.Env = o.environment(p.id, port)
	p.cmd.SysProcAttr = processAttributes()
	p.cmd.WaitDelay = time.Second // for what the handler started and left behind
	stdout, stderr := p.console.stdout(), p.console.stderr()
	p.cmd.Stdout, p.cmd.Stderr = stdout, stderr
	if err := p.cmd.Start(); err != nil {
		return nil, &startError{c, err}
	}
	go func() {
		// The error tells the exit code, which the state has, or that a child of
		// the handler still has its stdout.
		_ = p.cmd.Wait()
		stdout.flush()
		stderr.flush()
		close(p.over)
		if !p.disposed.Load() {
			exited(p)
		}
	}()
	return p, nil
}

// startError tells what .NET does when a process cannot be started.
type startError struct {
	command command
	err     error
}

func (e *startError) Error() string {
	reason := e.err.Error()
	switch {
	case errors.Is(e.err, fs.ErrPermission):
		reason = "Permission denied"
	case errors.Is(e.err, fs.ErrNotExist), errors.Is(e.err, exec.ErrNotFound):
		reason = "No such file or directory"
	}
	return fmt.Sprintf("An error occurred trying to start process '%s' with working directory '%s'. %s", e.command.path, e.command.directory, reason)
}

func (e *startError) Unwrap() error { return e.err }

// addExecuteBit does what the host does on Linux Consumption and Flex Consumption.
func addExecuteBit(path string, l *logs) error {
	info, err := os.Stat(path)
	if err != nil || info.Mode()&0o111 != 0 {
		return nil // what is not there will be told by starting it
	}
	l.write(Information, processing, "Assigning execute permissions to file: %s", path)
	if err := os.Chmod(path, info.Mode()|0o111); err != nil {
		return fmt.Errorf("assigning execute permissions: %w", err)
	}
	return nil
}

// isOver reports whether it has exited.
func (p *process) isOver() bool {
	select {
	case <-p.over:
		return true
	default:
		return false
	}
}

// exitCode returns the code as .NET has it: 128 plus the signal for a process
// that a signal ended.
func (p *process) exitCode() int {
	state := p.cmd.ProcessState
	if code := state.ExitCode(); code >= 0 {
		return code
	}
	return 128 + signalOf(state)
}

// dispose kills the process, which gets no signal that it could handle, and waits
// until it is over (host, WorkerProcess.cs, Dispose).
func (p *process) dispose() {
	p.disposed.Store(true)
	// It may be over already.
	_ = p.cmd.Process.Kill()
	<-p.over
}

// exitError is how the host tells the end of a process, with the last lines of
// its stderr.
func (p *process) exitError() error {
	return fmt.Errorf("%s exited with code %d (0x%X)\n %s", p.cmd.Path, p.exitCode(), p.exitCode(), strings.Join(p.console.lastErrors(), ","))
}
