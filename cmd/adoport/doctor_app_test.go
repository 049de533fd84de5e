package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"adoport/cmd/internal/doctor"
	azuredevopssim "adoport/shared/simulator/azuredevops"
)

func TestDoctorSubscriptions(t *testing.T) {
	t.Parallel()
	w := hiddenWorld(t, small)
	w.set("SERVICE_HOOK_URL", nobody+"/hooks")
	if o := w.run(t, "subscriptions", "ensure"); o.code != exitDone {
		t.Fatal(o)
	}
	w.diagnose(t, exitDone).expect(t, doctor.NameSubscriptions, doctor.OK, "21 subscriptions, all as they should be")
	for _, s := range w.azureDevOps.Subscriptions() {
		if s.EventType == "git.push" {
			must(t, w.azureDevOps.SetSubscriptionStatus(s.ID, azuredevopssim.OnProbation))
		}
	}
	w.diagnose(t, exitDone).expect(t, doctor.NameSubscriptions, doctor.Warning, "1 subscription does not deliver: git.push (onProbation)",
		"adoport subscriptions ensure, or wait for the subscriptions timer", "adoport backfill --kind repository")
	w.set("SERVICE_HOOK_PASSWORD", "s3cret-new")
	w.diagnose(t, exitDone).expect(t, doctor.NameSubscriptions, doctor.Warning)
	if o := w.run(t, "subscriptions", "ensure"); o.code != exitDone {
		t.Fatal(o)
	}
	w.set("SERVICE_HOOK_PASSWORD", "s3cret-newer")
	w.diagnose(t, exitDone).expect(t, doctor.NameSubscriptions, doctor.Warning, "0 as they should be, 21 missing, 21 wrong", "its password is another one")
	if n := len(w.azureDevOps.Subscriptions()); n != 21 {
		t.Errorf("doctor changed subscriptions: there are %d", n)
	}
}

func TestDoctorApp(t *testing.T) {
	t.Parallel()
	const status = `{"version": "1.2.3", "instance": "default", "organization": "ORGANIZATION", "problems": [], "errors": []}`
	tests := map[string]struct {
		code  int
		body  string
		state doctor.State
		words []string
	}{
		"well":          {200, status, doctor.OK, []string{"runs version 1.2.3, no problems"}},
		"problems":      {200, `{"version": "1.2.3", "instance": "default", "organization": "ORGANIZATION", "problems": ["The live queue is full"], "errors": [{"part": "runs", "error": "no"}]}`, doctor.Warning, []string{"The live queue is full", "cannot read runs: no"}},
		"another one":   {200, `{"version": "1.2.3", "instance": "test", "organization": "https://dev.azure.com/contoso"}`, doctor.Warning, []string{"is for https://dev.azure.com/contoso", `"test"`}},
		"password":      {401, `{}`, doctor.Failed, []string{"401", "another SERVICE_HOOK_PASSWORD"}},
		"configuration": {503, `{"outcome": "unavailable", "reason": "the configuration has to be corrected"}`, doctor.Failed, []string{"not ready (503): the configuration has to be corrected", "log of the app"}},
		"no storage":    {503, status, doctor.Failed, []string{"can read nothing"}},
		"not there":     {404, `<html>`, doctor.Failed, []string{"answers 404", "Is SERVICE_HOOK_URL the address"}},
		"a page":        {200, `<html>`, doctor.Failed, []string{"answers 200"}},
		"sign-in":       {302, ``, doctor.Failed, []string{"answers 302"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := hiddenWorld(t, azuredevopssim.Options{Projects: 1})
			elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the password followed a redirect") }))
			t.Cleanup(elsewhere.Close)
			url := front(t, nil, func(answer http.ResponseWriter, r *http.Request) bool {
				user, password, _ := r.BasicAuth()
				if r.URL.Path != "/base/api/status" || user != "adoport" || password != "s3cret-hook" {
					t.Errorf("%s as %s", r.URL, user)
				}
				answer.Header().Set("Location", elsewhere.URL)
				answer.WriteHeader(test.code)
				_, _ = answer.Write([]byte(strings.ReplaceAll(test.body, "ORGANIZATION", w.environment["AZURE_DEVOPS_ORG_URL"])))
				return true
			})
			w.set("SERVICE_HOOK_URL", url+"/base/api/servicehooks")
			code := exitDone
			if test.state == doctor.Failed {
				code = exitFailed
			}
			w.diagnose(t, code).expect(t, doctor.NameApp, test.state, test.words...)
		})
	}
}
