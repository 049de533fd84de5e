package functionshost

import (
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// patience is how long a test waits for what must come: long enough for any
// machine.
const patience = 10 * time.Minute

// ok is the answer of a function in the default mode.
var ok = reply{Header: jsonType, Body: `{}`}

var jsonType = http.Header{"Content-Type": {"application/json"}}

// app is an app under test: its files, and what its handler does.
type app struct {
	t    *testing.T
	root string
	url  string

	mu      sync.Mutex // guards what follows
	begin   func(run int) beginning
	handle  func(received) reply
	started []introduction
	got     []received
	pings   []received
}

// hostJSONFor returns a host.json; more is what follows version in it.
func hostJSONFor(more string) string {
	if more != "" {
		more = "," + more
	}
	return `{"version":"2.0","customHandler":{"description":{"defaultExecutablePath":"handler"},"enableProxyingHttpRequest":true},
		"logging":{"logLevel":{"default":"Debug"}},
		"extensionBundle":{"id":"Microsoft.Azure.Functions.ExtensionBundle","version":"[4.*, 5.0.0)"}` + more + `}`
}

// newApp writes an app: files by path, function.json by the name of the function.
func newApp(t *testing.T, hostJSON string, functions map[string]string) *app {
	t.Helper()
	a := &app{
		t: t, root: t.TempDir(),
		begin:  func(int) beginning { return beginning{} },
		handle: func(received) reply { return ok },
	}
	a.write("host.json", hostJSON)
	for name, text := range functions {
		a.write(filepath.Join(name, "function.json"), text)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(a.root, "handler")); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /begin", a.serveBegin)
	mux.HandleFunc("POST /handle", a.serveHandle)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	a.url = server.URL
	return a
}

// onBegin says how the handler's runs begin, from 1.
func (a *app) onBegin(f func(run int) beginning) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.begin = f
}

// onRequest says what the handler does with requests.
func (a *app) onRequest(f func(received) reply) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.handle = f
}

func (a *app) write(path, text string) {
	a.t.Helper()
	path = filepath.Join(a.root, path)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		a.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		a.t.Fatal(err)
	}
}

func (a *app) serveBegin(w http.ResponseWriter, r *http.Request) {
	var i introduction
	if err := json.NewDecoder(r.Body).Decode(&i); err != nil {
		a.t.Error(err)
	}
	a.mu.Lock()
	a.started = append(a.started, i)
	begin, run := a.begin, len(a.started)
	a.mu.Unlock()
	_ = json.NewEncoder(w).Encode(begin(run))
}

func (a *app) serveHandle(w http.ResponseWriter, r *http.Request) {
	var got received
	if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
		a.t.Error(err)
	}
	a.mu.Lock()
	if got.URL == "/" {
		a.pings = append(a.pings, got)
	} else {
		a.got = append(a.got, got)
	}
	handle := a.handle
	a.mu.Unlock()
	if got.URL == "/" { // readiness
		_ = json.NewEncoder(w).Encode(reply{Status: http.StatusNotFound})
		return
	}
	_ = json.NewEncoder(w).Encode(handle(got))
}

// requests returns what the handler got, without the questions whether it is ready.
func (a *app) requests() []received {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.got)
}

// introductions returns the runs of the handler.
func (a *app) introductions() []introduction {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.started)
}

// start starts the host with fast settings and waits for the handler.
func (a *app) start(o Options) *Host {
	a.t.Helper()
	h := a.launch(o)
	if err := h.Ready(a.context()); err != nil {
		a.t.Fatal(err)
	}
	return h
}

// launch starts the host.
func (a *app) launch(o Options) *Host {
	a.t.Helper()
	o.Root = a.root
	// The race detector makes a program wait for a second at its end.
	o.Environment = append(o.Environment, controlVariable+"="+a.url, "GORACE=atexit_sleep_ms=0")
	if o.MaxPollingInterval == 0 {
		o.MaxPollingInterval = 10 * time.Millisecond
	}
	if o.TimeoutGrace == 0 {
		o.TimeoutGrace = time.Millisecond
	}
	h, err := Start(a.t.Context(), o)
	if err != nil {
		a.t.Fatal(err)
	}
	a.t.Cleanup(func() {
		h.Close()
		if a.t.Failed() {
			for _, line := range h.Logs() {
				a.t.Log(line)
			}
		}
	})
	return h
}

// context ends when the test's patience does.
func (a *app) context() context.Context {
	ctx, cancel := context.WithTimeout(a.t.Context(), patience)
	a.t.Cleanup(cancel)
	return ctx
}

// eventually waits until a condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for !holds() {
		if time.Now().After(deadline) {
			t.Fatalf("in vain: %s", what)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// await waits for the n-th invocation of a function, from 1.
func await(a *app, h *Host, function string, n int) Invocation {
	a.t.Helper()
	var found []Invocation
	eventually(a.t, "an invocation of "+function, func() bool {
		found = slices.DeleteFunc(h.Invocations(), func(i Invocation) bool { return i.Function != function })
		return len(found) >= n
	})
	return found[n-1]
}

// hasLine reports whether a line has a text.
func hasLine(h *Host, level Level, text string) bool {
	return slices.ContainsFunc(h.Logs(), func(l Line) bool { return l.Level == level && strings.Contains(l.Text, text) })
}

// answer is what a client got.
type answer struct {
	status int
	header http.Header
	body   string
}

// send sends a request to a host.
func send(t *testing.T, h *Host, method, path string, header http.Header, body io.Reader) answer {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, h.URL()+path, body)
	if err != nil {
		t.Fatal(err)
	}
	maps.Copy(request.Header, header)
	if host := header.Get("Host"); host != "" {
		request.Host = host
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	return answer{response.StatusCode, response.Header, string(text)}
}

const (
	httpFunction = `{"bindings":[
		{"type":"httpTrigger","direction":"in","name":"request","authLevel":"anonymous","methods":["post","get"],"route":"hook"},
		{"type":"http","direction":"out","name":"response"}]}`
	timerFunction = `{"bindings":[{"type":"timerTrigger","direction":"in","name":"timer","schedule":"%SCHEDULE%"}]}`
	// never is a schedule that does not come while tests run.
	never = "SCHEDULE=0 0 0 29 2 *"
)
