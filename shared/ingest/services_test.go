package ingest_test

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"adoport/shared/azuredevops"
	"adoport/shared/defaultcatalog"
	"adoport/shared/ingest"
	"adoport/shared/kind"
	"adoport/shared/mapping"
	"adoport/shared/port"
	devopssimulator "adoport/shared/simulator/azuredevops"
	portsimulator "adoport/shared/simulator/port"
	"adoport/shared/transport"
)

// services is an engine with the real clients, the built-in mapping and the
// stand-ins of both services.
type services struct {
	*world
	devops *devopssimulator.Server
	port   *portsimulator.Server
	// ahead is how far Port's clock is ahead of ours.
	ahead atomic.Int64
}

var quick = transport.RetryOptions{Attempts: 3, Confirm: 1, Base: time.Microsecond, Cap: time.Microsecond}

func newServices(t *testing.T, o devopssimulator.Options) *services {
	t.Helper()
	s := &services{devops: devopssimulator.New(o)}
	s.port = portsimulator.New(portsimulator.Options{LogWrites: true, Now: func() time.Time { return time.Now().Add(time.Duration(s.ahead.Load())) }})
	there, here := httptest.NewServer(s.devops), httptest.NewServer(s.port)
	t.Cleanup(there.Close)
	t.Cleanup(here.Close)
	log := slog.New(slog.DiscardHandler)
	reader, err := azuredevops.New(azuredevops.Options{
		Organization: there.URL + "/fabrikam", HTTP: there.Client(), Logger: log, Retry: quick,
		PAT: func(context.Context) (string, error) { return "pat", nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	catalog, err := port.New(port.Options{
		BaseURL: here.URL, HTTP: here.Client(), Logger: log, Retry: quick, Version: "1", CreateMissingRelated: true, Merge: true, Linger: time.Millisecond,
		Credentials: func(context.Context) (string, string, error) { return "client", "secret", nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	config, err := mapping.Load(defaultcatalog.MappingName, defaultcatalog.Mapping, kind.Mapping())
	if err != nil {
		t.Fatal(err)
	}
	organization := kind.NewOrganization(reader)
	sources, err := kind.Sources(config, organization)
	if err != nil {
		t.Fatal(err)
	}
	s.world = newWorld(t, standard, func(o *ingest.Options) {
		o.Projects, o.Sources, o.Catalog = organization, sources, catalog
		o.Known, o.Extend, o.Now = defaultcatalog.Blueprints(), true, nil
	})
	return s
}

// dryRun does a run that MUST NOT change anything.
func (s *services) dryRun() ingest.Report {
	s.t.Helper()
	o := s.options
	o.Catalog = ingest.NewDryRun(o.Catalog)
	real := s.engine
	defer func() { s.engine = real }()
	s.engine = ingest.New(o)
	return s.complete()
}

// later lets Port's clock go on, so that what was written is old.
func (s *services) later() { s.ahead.Add(int64(time.Hour)) }

var small = devopssimulator.Options{Projects: 3, RepositoriesPerProject: 3, PipelinesPerProject: 2, WorkItemsPerProject: 30, Nasty: true}

// must fails the test on an error of a simulator's own API.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestDryRunBeforeAFirstRun: it tells what the run then does, and sends nothing
// that changes Port.
func TestDryRunBeforeAFirstRun(t *testing.T) {
	t.Parallel()
	s := newServices(t, small)
	dry := s.dryRun()
	told := s.told()
	if s.port.Writes() != (portsimulator.Writes{}) || len(s.port.Blueprints()) > 0 || s.devops.Writes() > 0 {
		t.Fatalf("a dry run wrote %+v, and made %d blueprints", s.port.Writes(), len(s.port.Blueprints()))
	}
	real := s.complete()
	if diff := cmp.Diff(s.told(), told); diff != "" {
		t.Errorf("changes (-real +dry):\n%s", diff)
	}
	if diff := cmp.Diff(real.Blueprints, dry.Blueprints); diff != "" {
		t.Errorf("reports (-real +dry):\n%s", diff)
	}
}

// TestDryRunAfterChanges, into blueprints that lack a part.
func TestDryRunAfterChanges(t *testing.T) {
	t.Parallel()
	s := newServices(t, small)
	s.complete()
	s.later()
	must(t, s.devops.UpdateWorkItem(1, map[string]any{"System.Title": "Changed", "Microsoft.VSTS.Common.Priority": nil}))
	must(t, s.devops.DeleteWorkItem(2))
	must(t, s.devops.DeletePipeline(1))
	must(t, s.devops.SetRepositoryDisabled(s.devops.Repositories()[1].ID, true))
	if _, err := s.devops.AddWorkItem(s.devops.Projects()[0].ID, nil); err != nil {
		t.Fatal(err)
	}
	must(t, s.devops.DeleteProject(s.devops.Projects()[2].ID))
	must(t, s.port.PutBlueprint([]byte(`{"identifier":"azure_devops_project","title":"Mine","schema":{"properties":{"url":{"type":"string"}},"required":[]},"relations":{}}`)))
	// The guard is not the point.
	s.options.PruneMaxPercent = 100
	s.engine = ingest.New(s.options)
	s.told()
	before := s.port.Writes()
	dry := s.dryRun()
	told := s.told()
	if s.port.Writes() != before || s.devops.Writes() > 0 {
		t.Fatalf("a dry run wrote: %+v after %+v", s.port.Writes(), before)
	}
	real := s.complete()
	if diff := cmp.Diff(s.told(), told); diff != "" {
		t.Errorf("changes (-real +dry):\n%s", diff)
	}
	if diff := cmp.Diff(real.Blueprints, dry.Blueprints); diff != "" {
		t.Errorf("reports (-real +dry):\n%s", diff)
	}
	if !slices.Contains(told, "update azure_devops_work_item/1") || !slices.Contains(told, "delete azure_devops_work_item/2") {
		t.Errorf("told %v", told)
	}
	s.later()
	s.complete()
	if again := s.told(); len(again) > 0 {
		t.Errorf("a further run changed %v", again)
	}
}

// TestFirstRunReadsNothingTwice: the placeholders that Port makes of a project
// meanwhile are not newer than the project.
func TestFirstRunReadsNothingTwice(t *testing.T) {
	t.Parallel()
	s := newServices(t, small)
	s.plan()
	// Everything that refers to projects first.
	var first, last []ingest.Delivery
	for range s.planned.Scopes {
		d, _ := s.receive()
		if d.Task.Source == "project" {
			last = append(last, d)
		} else {
			first = append(first, d)
		}
	}
	for _, d := range slices.Concat(first, last) {
		s.settle(d, s.engine.Handle(t.Context(), d))
	}
	s.work()
	r := s.report()
	if b := blueprint(r, "azure_devops_project"); r.Status != ingest.Complete || b.Created != 3 || b.Updated != 0 {
		t.Errorf("%s %+v", r.Status, b)
	}
	for route, n := range s.devops.Requests() {
		if strings.HasPrefix(route, "GET _apis/projects/{id}") {
			t.Errorf("%d of %s", n, route)
		}
	}
}

// TestPortRefusesInTheMiddle: its secret was changed while the run goes on.
func TestPortRefusesInTheMiddle(t *testing.T) {
	t.Parallel()
	s := newServices(t, small)
	s.complete()
	s.later()
	must(t, s.devops.DeleteWorkItem(2))
	s.plan()
	for i := 0; ; i++ {
		d, ok := s.receive()
		if !ok {
			break
		}
		if i == 3 {
			s.port.SetSecret("another")
			s.port.RevokeToken()
		}
		s.settle(d, s.engine.Handle(t.Context(), d))
	}
	r := s.report()
	if r.Status != ingest.Failed || !strings.Contains(r.Reason, "client secret") {
		t.Errorf("%s: %s", r.Status, r.Reason)
	}
	if s.port.Writes().Deleted > 0 {
		t.Errorf("%d entities were deleted", s.port.Writes().Deleted)
	}
}

// TestForeignDependentKeepsAnEntity: somebody else's entity refers to it, so Port
// refuses the delete, and that is told.
func TestForeignDependentKeepsAnEntity(t *testing.T) {
	t.Parallel()
	s := newServices(t, small)
	s.complete()
	s.later()
	must(t, s.port.PutBlueprint([]byte(`{"identifier":"note","title":"Note","schema":{"properties":{},"required":[]},"relations":{"about":{"target":"azure_devops_work_item","required":false,"many":false}}}`)))
	must(t, s.port.Put("a person", []byte(`{"identifier":"n1","blueprint":"note","relations":{"about":"2"}}`)))
	must(t, s.devops.DeleteWorkItem(2))
	must(t, s.devops.DeleteWorkItem(3))
	r := s.run()
	if b := blueprint(r, "azure_devops_work_item"); r.Status != ingest.Incomplete || b.Deleted != 1 || b.Failed != 1 || !mentions(r, "azure_devops_work_item/2", "has_dependents") {
		t.Errorf("%s %+v %v", r.Status, b, r.Failures)
	}
}

// TestOneBadEntity: what Port refuses fails alone, with its words, and is not
// pruned.
func TestOneBadEntity(t *testing.T) {
	t.Parallel()
	s := newServices(t, small)
	s.complete()
	s.later()
	for id := 1; id <= 4; id++ {
		must(t, s.devops.UpdateWorkItem(id, map[string]any{"System.Title": "Title " + strconv.Itoa(id)}))
	}
	s.port.FailEntity(func(_, identifier string) (int, string, string) {
		if identifier == "3" {
			return 422, "invalid_request", "title is not to its liking"
		}
		return 0, "", ""
	})
	r := s.run()
	if b := blueprint(r, "azure_devops_work_item"); r.Status != ingest.Incomplete || b.Updated != 3 || b.Failed != 1 || b.Deleted != 0 || !mentions(r, "azure_devops_work_item/3", "not to its liking") {
		t.Errorf("%s %+v %v", r.Status, b, r.Failures)
	}
}

// TestOtherInstance: what another instance wrote last is not ours to delete.
func TestOtherInstance(t *testing.T) {
	t.Parallel()
	s := newServices(t, small)
	s.complete()
	e, _ := s.port.Entity("azure_devops_work_item", "1")
	for _, source := range []string{strings.Replace(e.Datasource, "default", "staging", 1), "port-ocean/azure-devops"} {
		must(t, s.port.Put(source, []byte(`{"identifier":"of-`+strconv.Itoa(len(source))+`","blueprint":"azure_devops_work_item"}`)))
	}
	s.later()
	count := s.port.Count("azure_devops_work_item")
	if s.complete(); s.port.Count("azure_devops_work_item") != count {
		t.Errorf("%d entities, there were %d", s.port.Count("azure_devops_work_item"), count)
	}
}

// TestEntitiesOfAnEarlierMapping: their identifiers are no item's, whatever they
// look like, so they go.
func TestEntitiesOfAnEarlierMapping(t *testing.T) {
	t.Parallel()
	s := newServices(t, small)
	s.complete()
	ours, _ := s.port.Entity("azure_devops_work_item", "1")
	old := map[string][]string{
		"azure_devops_work_item":  {"Fabrikam-17", "p/abc", "0x7", "1e3", "99999999999999999999", "-5", "007"},
		"azure_devops_pipeline":   {"web-ci", "p/1"},
		"azure_devops_repository": {"web", "p/web"},
		"azure_devops_project":    {"Fabrikam"},
	}
	for blueprint, identifiers := range old {
		for _, id := range identifiers {
			must(t, s.port.Put(ours.Datasource, []byte(`{"identifier":"`+id+`","blueprint":"`+blueprint+`"}`)))
		}
	}
	s.later()
	r := s.run()
	if r.Status != ingest.Complete {
		t.Errorf("%s: %s %v", r.Status, r.Reason, r.Failures)
	}
	for blueprint, identifiers := range old {
		for _, id := range identifiers {
			if _, ok := s.port.Entity(blueprint, id); ok {
				t.Errorf("%s/%s is still there", blueprint, id)
			}
		}
	}
}
