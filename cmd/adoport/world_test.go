package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	azuredevopssim "adoport/shared/simulator/azuredevops"
	"adoport/shared/simulator/fault"
	portsim "adoport/shared/simulator/port"
)

// world is an organization, a catalog, and the settings of a user of both.
type world struct {
	azureDevOps *azuredevopssim.Server
	port        *portsim.Server
	environment map[string]string
}

func newWorld(t testing.TB, o azuredevopssim.Options, faults ...fault.Kind) *world {
	t.Helper()
	w := &world{port: portsim.New(portsim.Options{LogWrites: true})}
	serve := func(seed uint64, handler func(url string) http.Handler) string {
		s := httptest.NewUnstartedServer(nil)
		url := "http://" + s.Listener.Addr().String()
		s.Config.Handler = fault.Wrap(handler(url), fault.Options{Rate: 0.05, Kinds: faults, Seed: seed})
		s.Start()
		t.Cleanup(s.Close)
		return url
	}
	organization := serve(1, func(url string) http.Handler {
		o.BaseURL = func() string { return url }
		w.azureDevOps = azuredevopssim.New(o)
		return w.azureDevOps
	})
	w.environment = map[string]string{
		"AZURE_DEVOPS_ORG_URL":      organization + "/fabrikam",
		"AZURE_DEVOPS_APP_PASSWORD": "pat",
		"PORT_CLIENT_ID":            "client",
		"PORT_CLIENT_SECRET":        "secret",
		"PORT_BASE_URL":             serve(2, func(string) http.Handler { return w.port }),
	}
	return w
}

// outcome is what a command left behind.
type outcome struct {
	code     int
	out, err string
}

func (w *world) run(t testing.TB, args ...string) outcome {
	t.Helper()
	var out, errs bytes.Buffer
	c := &console{out: &out, err: &errs, getenv: func(name string) string { return w.environment[name] }}
	code := run(t.Context(), c, args)
	return outcome{code, out.String(), errs.String()}
}

// backfill runs a backfill that must be complete.
func (w *world) backfill(t testing.TB, args ...string) result {
	t.Helper()
	o := w.run(t, append([]string{"backfill", "-o", "json"}, args...)...)
	if o.code != exitDone {
		t.Fatalf("exit %d\n%s\n%s", o.code, o.out, o.err)
	}
	return o.result(t)
}

func (o outcome) result(t testing.TB) result {
	t.Helper()
	var r result
	if err := json.Unmarshal([]byte(o.out), &r); err != nil {
		t.Fatalf("standard output is no JSON document: %v\n%s", err, o.out)
	}
	return r
}

// entity is what the tests compare of an entity, in the form of JSON.
type entity struct {
	Title      any
	Properties map[string]any
	Relations  map[string]any
}

// expected is the catalog that the organization should have, made without any
// code of the product.
func (w *world) expected() map[string]map[string]entity {
	all := map[string]map[string]entity{"azure_devops_project": {}, "azure_devops_repository": {}, "azure_devops_pipeline": {}, "azure_devops_work_item": {}}
	for _, p := range w.azureDevOps.Projects() {
		all["azure_devops_project"][p.ID] = entity{p.Name, present(map[string]any{
			"description": orNil(p.Description), "url": p.URL, "visibility": p.Visibility, "last_updated_time": moment(p.LastUpdateTime),
		}), map[string]any{}}
	}
	for _, r := range w.azureDevOps.Repositories() {
		all["azure_devops_repository"][r.ID] = entity{r.Name, present(map[string]any{
			"url": r.URL, "default_branch": orNil(r.DefaultBranch), "is_disabled": r.Disabled,
		}), map[string]any{"project": r.ProjectID}}
	}
	for _, p := range w.azureDevOps.Pipelines() {
		all["azure_devops_pipeline"][strconv.Itoa(p.ID)] = entity{p.Name, map[string]any{"url": p.URL, "revision": strconv.Itoa(p.Revision)}, map[string]any{"project": p.ProjectID}}
	}
	for i := range w.azureDevOps.WorkItems {
		author := i.Fields["System.CreatedBy"]
		if object, ok := author.(map[string]any); ok {
			author = object["displayName"]
		}
		var priority any
		if v, ok := i.Fields["Microsoft.VSTS.Common.Priority"]; ok {
			priority = fmt.Sprint(v)
		}
		all["azure_devops_work_item"][strconv.Itoa(i.ID)] = entity{i.Fields["System.Title"], present(map[string]any{
			"url": i.URL, "revision": strconv.Itoa(i.Rev), "type": i.Fields["System.WorkItemType"], "state": i.Fields["System.State"],
			"created_date": moment(i.Fields["System.CreatedDate"]), "updated_date": moment(i.Fields["System.ChangedDate"]),
			"created_by": author, "priority": priority,
		}), map[string]any{"project": i.ProjectID}}
	}
	return all
}

// catalog is what Port has, in the same form.
func (w *world) catalog() map[string]map[string]entity {
	all := map[string]map[string]entity{}
	for blueprint := range w.port.Blueprints() {
		all[blueprint] = map[string]entity{}
		for id, e := range w.port.Entities(blueprint) {
			properties := maps.Clone(e.Properties)
			for name, v := range properties {
				switch v := v.(type) {
				case json.Number:
					properties[name] = v.String()
				case string:
					properties[name] = moment(v)
				}
			}
			all[blueprint][id] = entity{e.Title, present(properties), present(e.Relations)}
		}
	}
	return all
}

// checkEqual fails unless the catalog is what the organization should have.
func (w *world) checkEqual(t testing.TB) {
	t.Helper()
	want, got := w.expected(), w.catalog()
	for blueprint := range want {
		for id, e := range want[blueprint] {
			if _, ok := got[blueprint][id]; !ok {
				t.Errorf("%s/%s is missing", blueprint, id)
			} else if diff := cmp.Diff(e, got[blueprint][id]); diff != "" {
				t.Errorf("%s/%s (-want +got)\n%s", blueprint, id, diff)
			}
			if t.Failed() {
				t.FailNow() // one difference tells enough
			}
		}
		for id := range got[blueprint] {
			if _, ok := want[blueprint][id]; !ok {
				t.Fatalf("%s/%s should not be there", blueprint, id)
			}
		}
	}
}

func present(values map[string]any) map[string]any {
	kept := map[string]any{}
	for k, v := range values {
		if v != nil {
			kept[k] = v
		}
	}
	return kept
}

func orNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// moment writes a date in one notation; other values stay.
func moment(v any) any {
	s, ok := v.(string)
	if !ok {
		return v
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC().Truncate(time.Millisecond).Format(time.RFC3339Nano)
		}
	}
	return s
}
