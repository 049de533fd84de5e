package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	azuredevopssim "adoport/shared/simulator/azuredevops"
	"adoport/shared/simulator/fault"
	portsim "adoport/shared/simulator/port"
	"adoport/shared/simulator/truth"
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

// expected is the catalog that the organization should have.
func (w *world) expected() truth.Catalog { return truth.Expected(w.azureDevOps) }

// checkEqual fails unless the catalog is what the organization should have.
func (w *world) checkEqual(t testing.TB) {
	t.Helper()
	if difference := truth.Difference(w.azureDevOps, w.port); difference != "" {
		t.Fatal(difference)
	}
}
