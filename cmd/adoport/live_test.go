package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"adoport/shared/servicehook"
	azuredevopssim "adoport/shared/simulator/azuredevops"
	"adoport/shared/simulator/fault"
)

// server is `adoport run` as a process of its own.
type server struct {
	w       *world
	address string
	command *exec.Cmd
	log     strings.Builder
}

// serve starts adoport run on a filled catalog and waits until it answers and has
// its subscriptions.
func (w *world) serve(t *testing.T) *server {
	t.Helper()
	w.backfill(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	s := &server{w: w, address: l.Addr().String()}
	must(t, l.Close())
	w.environment["ADOPORT_DATA"] = t.TempDir()
	w.environment["SERVICE_HOOK_URL"] = "http://" + s.address + "/api/servicehooks"
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

func (s *server) start(t *testing.T) {
	t.Helper()
	s.command = exec.Command("adoport", "run", "--addr", s.address, "--initial-backfill=false")
	s.command.Env = os.Environ()
	for name, value := range s.w.environment {
		s.command.Env = append(s.command.Env, name+"="+value)
	}
	s.command.Stderr = &s.log
	must(t, s.command.Start())
	for !s.answers() {
		s.pause(t)
	}
}

// pause is one step of a wait. The test's own deadline bounds the wait.
func (s *server) pause(t *testing.T) {
	t.Helper()
	select {
	case <-time.After(5 * time.Millisecond):
	case <-t.Context().Done():
		t.Fatal("the test ended while it was waiting")
	}
}

func (s *server) get(path string) (int, string) {
	response, err := http.Get("http://" + s.address + path)
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
	if s.command.ProcessState != nil {
		return s.command.ProcessState.ExitCode()
	}
	must(t, s.command.Process.Signal(signal))
	_ = s.command.Wait() // its exit code says it
	if t.Failed() {
		t.Log(s.log.String())
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

// event makes a random change that Azure DevOps tells about.
func (w *world) event(t *testing.T, r *rand.Rand) {
	t.Helper()
	o := w.azureDevOps
	title := fmt.Sprintf("Title %d", r.IntN(1000))
	repositories, pipelines := o.Repositories(), o.Pipelines()
	items := slices.Collect(o.WorkItems)
	project := o.Projects()[r.IntN(len(o.Projects()))].ID
	item := func() int { return items[r.IntN(len(items))].ID }
	repository := func() string { return repositories[r.IntN(len(repositories))].ID }
	switch r.IntN(10) {
	case 0, 1, 2:
		must(t, o.UpdateWorkItem(item(), map[string]any{"System.Title": title}))
	case 3:
		_, err := o.AddWorkItem(project, map[string]any{"System.Title": title, "System.WorkItemType": "Bug"})
		must(t, err)
	case 4:
		if len(items) > 5 {
			must(t, o.DeleteWorkItem(item()))
		}
	case 5:
		_ = o.RenameRepository(repository(), title) // refused if the name is taken
	case 6:
		_, _ = o.AddRepository(project, title)
	case 7:
		if len(repositories) > 3 {
			must(t, o.DeleteRepository(repository()))
		}
	case 8:
		must(t, o.SetRepositoryDisabled(repository(), r.IntN(2) == 0))
	case 9: // the change itself has no event, a run of the pipeline has
		id := pipelines[r.IntN(len(pipelines))].ID
		_ = o.RenamePipeline(id, title)
		run, err := o.QueueRun(id)
		must(t, err)
		must(t, o.CompleteRun(run, "succeeded"))
	}
}

func hooked(o azuredevopssim.Options) azuredevopssim.Options {
	o.LoopbackHooks = true
	return o
}

// TestEventsKeepTheCatalogEqual changes the organization at random, delivers the
// events twice, out of order and late, and expects the catalog to follow without
// a backfill.
func TestEventsKeepTheCatalogEqual(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		faults []fault.Kind
		kill   bool
	}{
		"quiet":                   {},
		"with faults":             {faults: fault.All()},
		"killed in the middle":    {kill: true},
		"killed, and with faults": {faults: fault.All(), kill: true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, hooked(nasty(small)), test.faults...)
			s := w.serve(t)
			stop := w.azureDevOps.StartHooks(t.Context(), azuredevopssim.HookOptions{Scale: 0.02, Duplicate: 0.1, Reorder: 0.3, Seed: 5})
			defer stop()
			r := rand.New(rand.NewPCG(1, 2))
			for i := range 120 {
				w.event(t, r)
				if i == 60 && test.kill {
					s.end(t, os.Kill)
					s.start(t)
				}
			}
			s.settle(t)
			if lost := w.azureDevOps.Deliveries().Lost; lost > 0 {
				t.Errorf("%d events were lost on the way", lost)
			}
			w.checkEqual(t)
			if code := s.end(t, os.Interrupt); code != exitDone {
				t.Errorf("exit %d after an interrupt", code)
			}
		})
	}
}

// TestDroppedEventsAreMadeUpFor loses half of the events; one backfill repairs
// that.
func TestDroppedEventsAreMadeUpFor(t *testing.T) {
	t.Parallel()
	w := newWorld(t, hooked(small))
	s := w.serve(t)
	stop := w.azureDevOps.StartHooks(t.Context(), azuredevopssim.HookOptions{Scale: 0.001, Drop: 0.5, Seed: 6})
	defer stop()
	r := rand.New(rand.NewPCG(3, 4))
	for range 60 {
		w.event(t, r)
	}
	s.settle(t)
	w.environment["PRUNE_MAX_PERCENT"] = "100"
	w.backfill(t)
	w.checkEqual(t)
}

// TestASecondProcessIsRefused starts another one on the same data.
func TestASecondProcessIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, hooked(small))
	w.serve(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	second := exec.CommandContext(ctx, "adoport", "run", "--addr", "127.0.0.1:0")
	second.Env = os.Environ()
	for name, value := range w.environment {
		second.Env = append(second.Env, name+"="+value)
	}
	out, err := second.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "adoport.db") || !strings.Contains(string(out), "process") {
		t.Errorf("%v\n%s", err, out)
	}
}
