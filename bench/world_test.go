package bench

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"adoport/shared/simulator/azuredevops"
	"adoport/shared/simulator/fault"
	"adoport/shared/simulator/port"
)

// size is how much an organization holds: projects, and of the others so many in
// each of them.
type size struct{ projects, repositories, pipelines, workItems int }

// budgeted is the organization that the design speaks of: 6,300 entities.
var budgeted = size{projects: 20, repositories: 4, pipelines: 10, workItems: 300}

// latency is what the design lets every request take on both sides.
const latency = 20 * time.Millisecond

func (s size) entities() int { return s.projects * (1 + s.repositories + s.pipelines + s.workItems) }

func (s size) allWorkItems() int { return s.projects * s.workItems }

// world is an organization and a catalog that begins empty, both on loopback.
type world struct {
	size                    size
	azureDevOps             *azuredevops.Server
	port                    *port.Server
	azureDevOpsURL, portURL string
	faults                  []*fault.Injector
}

// newWorld serves a world until the end of the test.
func newWorld(tb testing.TB, s size, o fault.Options) *world {
	tb.Helper()
	w := &world{
		size: s,
		azureDevOps: azuredevops.New(azuredevops.Options{
			Projects: s.projects, RepositoriesPerProject: s.repositories,
			PipelinesPerProject: s.pipelines, WorkItemsPerProject: s.workItems, Seed: 7,
		}),
		port: port.New(port.Options{}),
	}
	w.azureDevOpsURL = w.serve(tb, w.azureDevOps, o)
	o.Seed++
	w.portURL = w.serve(tb, w.port, o)
	return w
}

func (w *world) serve(tb testing.TB, h http.Handler, o fault.Options) string {
	injector := fault.Wrap(h, o)
	w.faults = append(w.faults, injector)
	s := httptest.NewUnstartedServer(injector)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.Start()
	tb.Cleanup(s.Close)
	return s.URL
}

// environment is what a user would set.
func (w *world) environment() []string {
	return []string{
		"AZURE_DEVOPS_ORG_URL=" + w.azureDevOpsURL + "/fabrikam",
		"AZURE_DEVOPS_APP_PASSWORD=pat",
		"PORT_CLIENT_ID=client",
		"PORT_CLIENT_SECRET=secret",
		"PORT_BASE_URL=" + w.portURL,
		"ADOPORT_INSTANCE=bench",
	}
}

// stored counts the entities of the catalog.
func (w *world) stored() int {
	n := 0
	for blueprint := range w.port.Blueprints() {
		n += w.port.Count(blueprint)
	}
	return n
}

// injected adds up the faults of both sides.
func (w *world) injected() int {
	n := 0
	for _, i := range w.faults {
		for _, count := range i.Injected() {
			n += count
		}
	}
	return n
}
