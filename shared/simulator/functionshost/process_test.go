package functionshost

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestEnvironment: the handler runs in the script root, with the app settings and
// the variables of the host, and with nothing else of this process.
func TestEnvironment(t *testing.T) {
	t.Setenv("FUNCTIONSHOST_TEST_SECRET", "not for the handler")
	a := newApp(t, hostJSONFor(""), map[string]string{"tick": timerFunction})
	h := a.start(Options{Environment: []string{never, "NAME=a=b"}, Storage: "AccountName=x"})
	run := a.introductions()[0]
	root, err := filepath.EvalSymlinks(a.root)
	if err != nil {
		t.Fatal(err)
	}
	if run.Directory != root || run.PID != h.HandlerPID() {
		t.Errorf("it runs in %s as %d, want %s and %d", run.Directory, run.PID, root, h.HandlerPID())
	}
	env := map[string]string{}
	for _, entry := range run.Env {
		name, value, _ := strings.Cut(entry, "=")
		env[name] = value
	}
	if env["NAME"] != "a=b" || env["AzureWebJobsStorage"] != "AccountName=x" || env["FUNCTIONS_APP_ROOT_PATH"] != a.root {
		t.Errorf("settings are missing: %v", env)
	}
	if env["FUNCTIONS_CUSTOMHANDLER_PORT"] == "" || env["FUNCTIONS_HTTPWORKER_PORT"] != env["FUNCTIONS_CUSTOMHANDLER_PORT"] ||
		len(env["FUNCTIONS_CUSTOMHANDLER_WORKER_ID"]) != 36 || env["FUNCTIONS_HTTPWORKER_ID"] != env["FUNCTIONS_CUSTOMHANDLER_WORKER_ID"] {
		t.Errorf("the host's variables are not right: %v", env)
	}
	if _, ok := env["FUNCTIONSHOST_TEST_SECRET"]; ok {
		t.Error("a variable of this process was passed on")
	}
}

// TestPing: the question whether the handler is ready is a bare GET /, and any
// answer will do.
func TestPing(t *testing.T) {
	t.Parallel()
	a := newApp(t, hostJSONFor(""), map[string]string{"tick": timerFunction})
	a.start(Options{Environment: []string{never}})
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.pings) != 1 || a.pings[0].Method != "GET" || len(a.pings[0].Header) != 0 || a.pings[0].Body != "" {
		t.Errorf("%+v", a.pings)
	}
}

// TestPort: the port of host.json is used, if it can be had.
func TestPort(t *testing.T) {
	t.Parallel()
	port, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	hostJSON := `{"version":"2.0","customHandler":{"description":{"defaultExecutablePath":"handler"},"port":` + strconv.Itoa(port) + `}}`
	a := newApp(t, hostJSON, map[string]string{"tick": timerFunction})
	h := a.start(Options{Environment: []string{never}})
	if !slices.Contains(a.introductions()[0].Env, "FUNCTIONS_CUSTOMHANDLER_PORT="+strconv.Itoa(port)) {
		t.Error("it got another port")
	}
	_, err = Start(t.Context(), Options{Root: a.root, Environment: []string{never}})
	if err == nil || !strings.Contains(err.Error(), "Unable to bind to port "+strconv.Itoa(port)) {
		t.Errorf("a port that is taken: %v", err)
	}
	h.Close()
}

// TestIdentitySettings: an app that opens its storage with an identity gets no
// connection string.
func TestIdentitySettings(t *testing.T) {
	t.Parallel()
	a := newApp(t, hostJSONFor(""), map[string]string{"tick": timerFunction})
	a.start(Options{Environment: []string{never, "AzureWebJobsStorage__accountName=fabrikam"}, Storage: "AccountName=x"})
	if env := a.introductions()[0].Env; slices.Contains(env, "AzureWebJobsStorage=AccountName=x") {
		t.Error("it has both")
	}
}

// TestArguments: arguments are passed on, with settings put in.
func TestArguments(t *testing.T) {
	t.Parallel()
	hostJSON := `{"version":"2.0","customHandler":{"description":{"defaultExecutablePath":"handler","workingDirectory":"tick",
		"arguments":["one","%NAME%-%MISSING%"]}}}`
	a := newApp(t, hostJSON, map[string]string{"tick": timerFunction})
	a.start(Options{Environment: []string{never, "NAME=two"}})
	run := a.introductions()[0]
	if want := []string{"one", "two-"}; !slices.Equal(run.Arguments, want) || filepath.Base(run.Directory) != "tick" {
		t.Errorf("arguments %q in %s, want %q in tick", run.Arguments, run.Directory, want)
	}
}

// TestConsole: stdout is Information; stderr is Error, or Warning if it says so.
func TestConsole(t *testing.T) {
	t.Parallel()
	a := newApp(t, hostJSONFor(""), map[string]string{"tick": timerFunction})
	a.onBegin(func(int) beginning {
		return beginning{
			Stdout: []string{`{"level":"error"}`, "LanguageWorkerConsoleLog for the host"},
			Stderr: []string{"it broke", "a Warning", "listen: address already in use"},
		}
	})
	h := a.start(Options{Environment: []string{never}})
	for text, want := range map[string]Level{`{"level":"error"}`: Information, "it broke": Error, "a Warning": Warning} {
		eventually(t, text, func() bool {
			return slices.ContainsFunc(h.Logs(), func(l Line) bool {
				return l.Text == text && l.Level == want && l.Category == Console && l.Invocation == ""
			})
		})
	}
	for text, want := range map[string]Level{"LanguageWorkerConsoleLog for the host": Information, "Port is already in use. Process cannot start.": Error} {
		eventually(t, text, func() bool {
			return slices.ContainsFunc(h.Logs(), func(l Line) bool { return l.Text == text && l.Level == want && l.Category == processing })
		})
	}
}

// TestLines: lines are cut where they end, and where they are too long.
func TestLines(t *testing.T) {
	t.Parallel()
	var lines []string
	w := lineWriter{write: func(line string) { lines = append(lines, line) }}
	for _, text := range []string{"a\r\nb", "c\n\nd\n", strings.Repeat("x", maxLine+10), "\n", "rest"} {
		if n, err := w.Write([]byte(text)); n != len(text) || err != nil {
			t.Fatal(n, err)
		}
	}
	w.flush()
	w.flush()
	if len(lines) != 7 || !slices.Equal(lines[:4], []string{"a", "bc", "", "d"}) || len(lines[4]) != maxLine-1 || len(lines[5]) != 10 || lines[6] != "rest" {
		t.Errorf("%.60q", lines)
	}
}

// TestNotExecutable: without its execute bit the handler is not started, nor tried
// again, and every invocation fails to connect. With AddExecuteBit the host sets it.
func TestNotExecutable(t *testing.T) {
	t.Parallel()
	for _, add := range []bool{false, true} {
		a := newApp(t, hostJSONFor(""), map[string]string{"tick": timerFunction})
		copyHandler(t, a, 0o600)
		h := a.launch(Options{Environment: []string{never}, AddExecuteBit: add})
		err := h.Ready(a.context())
		if add {
			if err != nil || !hasLine(h, Information, "Assigning execute permissions to file") {
				t.Errorf("with the bit: %v", err)
			}
			continue
		}
		if !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), "Permission denied") || !hasLine(h, Error, "Failed to start Worker Channel. Process fileName: "+filepath.Join(a.root, "handler")) {
			t.Errorf("without the bit: %v", err)
		}
		i, err := h.RunTimer(a.context(), "tick")
		if err != nil || i.Err == nil || !strings.Contains(i.Err.Error(), "connection refused") {
			t.Errorf("%v, %v; want that the connection is refused", i, err)
		}
		if h.Restarts() != 0 || h.Err() != nil || h.HandlerPID() != 0 || h.Kill() == nil {
			t.Error("there was another try")
		}
	}
}

// copyHandler replaces the link to the handler by a file with a mode. Another
// process writes the file: whatever this one starts meanwhile would inherit a
// file that it has open for writing, and what somebody may write to cannot be
// started ("text file busy").
func copyHandler(t *testing.T, a *app, mode os.FileMode) {
	t.Helper()
	path := filepath.Join(a.root, "handler")
	self, err := os.Readlink(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), "cp", self, path).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

// TestNoExecutable: one that is nowhere is told as .NET tells it.
func TestNoExecutable(t *testing.T) {
	t.Parallel()
	a := newApp(t, hostJSONFor(""), map[string]string{"tick": timerFunction})
	if err := os.Remove(filepath.Join(a.root, "handler")); err != nil {
		t.Fatal(err)
	}
	h := a.launch(Options{Environment: []string{never}})
	if err := h.Ready(a.context()); err == nil || !strings.Contains(err.Error(), "No such file or directory") {
		t.Errorf("%v", err)
	}
}

// TestExits: what an exit code means.
func TestExits(t *testing.T) {
	t.Parallel()
	t.Run("0 leaves a host without a handler", func(t *testing.T) {
		t.Parallel()
		a := newApp(t, hostJSONFor(""), map[string]string{"tick": timerFunction})
		a.onRequest(func(received) reply { return reply{Exit: new(0)} })
		h := a.start(Options{Environment: []string{never}})
		for range 2 {
			if i, err := h.RunTimer(a.context(), "tick"); err != nil || i.Err == nil {
				t.Errorf("%v, %v; want a failure", i, err)
			}
			eventually(t, "the handler is gone", func() bool { return h.HandlerPID() == 0 })
		}
		if len(a.introductions()) != 1 || h.Restarts() != 0 || h.Err() != nil {
			t.Errorf("it was started %d times", len(a.introductions()))
		}
	})
	t.Run("200 asks for another, as often as it likes", func(t *testing.T) {
		t.Parallel()
		a := newApp(t, hostJSONFor(""), map[string]string{"tick": timerFunction})
		a.onBegin(func(run int) beginning {
			if run <= 5 {
				return beginning{Exit: new(200)}
			}
			return beginning{}
		})
		h := a.start(Options{Environment: []string{never}})
		if h.Restarts() != 5 || h.Err() != nil {
			t.Errorf("%d restarts, %v; want 5", h.Restarts(), h.Err())
		}
	})
	t.Run("others count, and the third stops the host", func(t *testing.T) {
		t.Parallel()
		a := newApp(t, hostJSONFor(""), map[string]string{"tick": timerFunction})
		a.onBegin(func(int) beginning {
			return beginning{Exit: new(3), Stderr: []string{"1", "2", "3", "4", "warning: not counted"}}
		})
		h := a.launch(Options{Environment: []string{never}})
		<-h.Done()
		if !errors.Is(h.Err(), ErrRestarts) || h.Restarts() != 2 || len(a.introductions()) != 3 {
			t.Errorf("%v after %d restarts; want %v after 2", h.Err(), h.Restarts(), ErrRestarts)
		}
		if !hasLine(h, Error, "exited with code 3 (0x3)\n 2,3,4") || !hasLine(h, Error, ErrRestarts.Error()) {
			t.Error("the log does not tell")
		}
		if err := h.Ready(a.context()); !errors.Is(err, ErrRestarts) {
			t.Errorf("Ready: %v", err)
		}
		if _, err := h.RunTimer(a.context(), "tick"); err == nil {
			t.Error("a timer ran after the host's end")
		}
	})
}

// TestKill: a crash is an error: twice the handler comes back.
func TestKill(t *testing.T) {
	t.Parallel()
	a := newApp(t, hostJSONFor(""), map[string]string{"tick": timerFunction})
	h := a.start(Options{Environment: []string{never}})
	for restarts := 1; restarts < 3; restarts++ {
		before := h.HandlerPID()
		if err := h.Kill(); err != nil {
			t.Fatal(err)
		}
		eventually(t, "another handler", func() bool { pid := h.HandlerPID(); return pid != 0 && pid != before })
		eventually(t, "an invocation", func() bool {
			i, err := h.RunTimer(a.context(), "tick")
			return err == nil && i.Err == nil
		})
		if h.Restarts() != restarts {
			t.Errorf("%d restarts, want %d", h.Restarts(), restarts)
		}
	}
	if !hasLine(h, Error, "exited with code 137") {
		t.Error("the log does not tell the signal")
	}
	if err := h.Kill(); err != nil {
		t.Fatal(err)
	}
	<-h.Done()
	if !errors.Is(h.Err(), ErrRestarts) {
		t.Errorf("it stopped with %v", h.Err())
	}
}

// TestErrorWindow: an error that was long ago does not count.
func TestErrorWindow(t *testing.T) {
	t.Parallel()
	w := &worker{errors: []time.Time{time.Now().Add(-2 * errorWindow), time.Now().Add(-errorWindow - time.Second)}}
	w.count()
	if len(w.errors) != 1 {
		t.Errorf("%d errors count, want 1", len(w.errors))
	}
	w.errors = []time.Time{time.Now().Add(-2 * errorWindow), time.Now().Add(-errorWindow + time.Minute)}
	w.count()
	if len(w.errors) != 3 {
		t.Errorf("%d errors count, want 3: only the last is compared", len(w.errors))
	}
}

// TestReadiness: a handler that does not listen in time is an error.
func TestReadiness(t *testing.T) {
	t.Parallel()
	hostJSON := `{"version":"2.0","customHandler":{"description":{"defaultExecutablePath":"handler"},"initializationTimeout":"00:00:00.2"}}`
	a := newApp(t, hostJSON, map[string]string{"tick": timerFunction})
	a.onBegin(func(int) beginning { return beginning{Deaf: true} })
	h := a.launch(Options{Environment: []string{never}})
	<-h.Done()
	if !errors.Is(h.Err(), ErrRestarts) || !hasLine(h, Error, "Initializing HttpWorker timed out.") {
		t.Errorf("it stopped with %v", h.Err())
	}
}

// TestNeverReady: an invocation that has waited for all the starts that there may be
// stops the host.
func TestNeverReady(t *testing.T) {
	t.Parallel()
	var stopped error
	w := &worker{timeout: time.Millisecond, stop: func(err error) { stopped = err }, logs: &logs{tell: func(Line) {}, lines: kept[Line]{limit: 10}}}
	if err := w.waitInitialized(t.Context()); !errors.Is(err, ErrInitialization) || !errors.Is(stopped, ErrInitialization) {
		t.Errorf("%v, and the host stops with %v", err, stopped)
	}
	want := "Final functionDispatcher state: Initializing. Initialization timed out and host is shutting down"
	if lines := w.logs.all(); len(lines) != 1 || lines[0].Text != want {
		t.Errorf("%v, want %q", lines, want)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w.timeout = time.Hour
	if err := w.waitInitialized(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	w.set(restarting) // nobody waits for another start
	if err := w.waitInitialized(ctx); err != nil {
		t.Error(err)
	}
}

// TestInvocationsWait: what comes before the handler is ready for the first time
// waits for it.
func TestInvocationsWait(t *testing.T) {
	t.Parallel()
	a := newApp(t, hostJSONFor(""), map[string]string{"tick": timerFunction})
	release := make(chan struct{})
	a.onBegin(func(int) beginning { <-release; return beginning{} })
	h := a.launch(Options{Environment: []string{never}})
	result := make(chan Invocation)
	go func() {
		i, err := h.RunTimer(a.context(), "tick")
		if err != nil {
			t.Error(err)
		}
		result <- i
	}()
	eventually(t, "the timer runs", func() bool { return hasLine(h, Information, "Executing 'Functions.tick'") })
	if len(h.Invocations()) != 0 {
		t.Error("it did not wait")
	}
	close(release)
	if i := <-result; i.Err != nil {
		t.Error(i.Err)
	}
}

// TestReadyGivesUp: Ready ends with its context.
func TestReadyGivesUp(t *testing.T) {
	t.Parallel()
	a := newApp(t, hostJSONFor(""), map[string]string{"tick": timerFunction})
	a.onBegin(func(int) beginning { return beginning{Deaf: true} })
	h := a.launch(Options{Environment: []string{never}})
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("no patience"))
	if err := h.Ready(ctx); err == nil || !strings.Contains(err.Error(), "no patience") {
		t.Error(err)
	}
}

// TestNoFunctions: without functions the handler is not started.
func TestNoFunctions(t *testing.T) {
	t.Parallel()
	a := newApp(t, hostJSONFor(""), nil)
	h := a.launch(Options{})
	if err := h.Ready(a.context()); err == nil || len(a.introductions()) != 0 || !hasLine(h, Warning, "No job functions found.") {
		t.Errorf("%v", err)
	}
}
