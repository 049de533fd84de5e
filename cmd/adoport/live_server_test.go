package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"adoport/shared/servicehook"
)

// server is `adoport run` as a process of its own, behind a door that stays when
// the process is killed and started again.
type server struct {
	w   *world
	log output

	command *exec.Cmd
	// ended is closed when the process has.
	ended chan struct{}

	mu sync.Mutex
	// address is the process's own, and up is closed while it answers.
	address string
	up      chan struct{}
}

// serve starts adoport run on a filled catalog and waits until it answers and has
// its subscriptions.
func (w *world) serve(t *testing.T) *server {
	t.Helper()
	w.backfill(t)
	s := &server{w: w, up: make(chan struct{})}
	w.environment["ADOPORT_DATA"] = t.TempDir()
	w.environment["SERVICE_HOOK_URL"] = s.openDoor(t) + "/api/servicehooks"
	w.environment["SERVICE_HOOK_PASSWORD"] = "hook-password"
	s.start(t)
	t.Cleanup(func() { s.end(t, os.Kill) })
	target, err := servicehook.NewTarget(w.environment["SERVICE_HOOK_URL"], "adoport", "hook-password")
	must(t, err)
	want, err := servicehook.Desired([]string{"pipeline", "project", "repository", "work-item"}, servicehook.Scope{}, target)
	must(t, err)
	for len(w.azureDevOps.Subscriptions()) < len(want) {
		s.pause(t)
	}
	return s
}

// openDoor returns the URL at which the process gets its events. An event that
// comes while there is no process fails only when there is one again: Azure
// DevOps does not try for ever, and how long a process takes to start MUST NOT
// decide whether an event is lost.
func (s *server) openDoor(t *testing.T) string {
	t.Helper()
	transport := &http.Transport{}
	door := httptest.NewServer(&httputil.ReverseProxy{
		Transport: transport,
		Rewrite: func(r *httputil.ProxyRequest) {
			address, _ := s.place()
			r.SetURL(&url.URL{Scheme: "http", Host: address})
		},
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, _ error) {
			_, up := s.place()
			select {
			case <-up:
				w.WriteHeader(http.StatusBadGateway)
			case <-r.Context().Done():
			}
		},
	})
	t.Cleanup(transport.CloseIdleConnections)
	t.Cleanup(door.Close)
	return door.URL
}

// place is where the process is, and what is closed as soon as it answers there.
func (s *server) place() (address string, up <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.address, s.up
}

var listens = regexp.MustCompile(`"msg":"running","address":"([^"]+)"`)

// start starts the process on a port that it finds itself.
func (s *server) start(t *testing.T) {
	t.Helper()
	before := len(s.log.String())
	s.command = exec.Command("adoport", "run", "--addr", "127.0.0.1:0", "--initial-backfill=false")
	s.command.Env = os.Environ()
	for name, value := range s.w.environment {
		s.command.Env = append(s.command.Env, name+"="+value)
	}
	s.command.Stderr = &s.log
	must(t, s.command.Start())
	s.ended = make(chan struct{})
	go func(command *exec.Cmd, ended chan<- struct{}) {
		_ = command.Wait() // its exit code says it
		close(ended)
	}(s.command, s.ended)
	for !s.answers() {
		if found := listens.FindStringSubmatch(s.log.String()[before:]); found != nil {
			s.mu.Lock()
			s.address = found[1]
			s.mu.Unlock()
		}
		s.pause(t)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.up)
}

// pause is one step of a wait. The test's own deadline bounds the wait.
func (s *server) pause(t *testing.T) {
	t.Helper()
	select {
	case <-time.After(5 * time.Millisecond):
	case <-s.ended:
		t.Fatalf("the process ended: %s\n%s", s.command.ProcessState, s.log.String())
	case <-t.Context().Done():
		t.Fatal("the test ended while it was waiting")
	}
}

func (s *server) get(path string) (int, string) {
	address, _ := s.place()
	response, err := http.Get("http://" + address + path)
	if err != nil {
		return 0, ""
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(response.Body)
	return response.StatusCode, string(body)
}

func (s *server) answers() bool {
	status, _ := s.get("/api/status")
	return status == http.StatusOK
}

// end stops the process and returns its exit code.
func (s *server) end(t *testing.T, signal os.Signal) int {
	t.Helper()
	s.mu.Lock()
	select {
	case <-s.up:
		s.address, s.up = "", make(chan struct{})
	default: // it never answered, or was ended before
	}
	s.mu.Unlock()
	select {
	case <-s.ended:
	default:
		must(t, s.command.Process.Signal(signal))
		<-s.ended
		if t.Failed() {
			t.Log(s.log.String())
		}
	}
	return s.command.ProcessState.ExitCode()
}

// settle waits until every event was delivered and every task done.
func (s *server) settle(t *testing.T) {
	t.Helper()
	must(t, s.w.azureDevOps.Drain(t.Context()))
	for {
		_, body := s.get("/api/status")
		if strings.Contains(body, `"name": "live"`) && liveLength(body) == 0 {
			return
		}
		s.pause(t)
	}
}

func liveLength(status string) int {
	_, after, _ := strings.Cut(status, `"name": "live"`)
	_, after, _ = strings.Cut(after, `"waiting":`)
	n := -1
	_, _ = fmt.Sscanf(after, "%d", &n)
	return n
}

// output is what a process has written until now. It is safe for concurrent use.
type output struct {
	mu   sync.Mutex
	text strings.Builder
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}
