package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	azuredevopssim "adoport/shared/simulator/azuredevops"
	"adoport/shared/simulator/fault"
)

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
	second := exec.CommandContext(t.Context(), "adoport", "run", "--addr", "127.0.0.1:0")
	second.Env = os.Environ()
	for name, value := range w.environment {
		second.Env = append(second.Env, name+"="+value)
	}
	out, err := second.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "adoport.db") || !strings.Contains(string(out), "process") {
		t.Errorf("%v\n%s", err, out)
	}
}
