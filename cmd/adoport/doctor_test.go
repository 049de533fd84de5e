package main

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"strings"
	"testing"

	"adoport/cmd/internal/doctor"
	azuredevopssim "adoport/shared/simulator/azuredevops"
)

// nobody is an address where nothing listens.
const nobody = "http://127.0.0.1:9"

func TestDoctorAllWell(t *testing.T) {
	t.Parallel()
	w := newWorld(t, hooked(small))
	w.serve(t)
	d := w.diagnose(t, exitDone)
	d.only(t, doctor.OK, "settings", "mapping", doctor.NameCredentials, doctor.NameProjects, doctor.NameCode, doctor.NamePipelines,
		doctor.NameWorkItems, doctor.NameHooks, doctor.NamePort, doctor.NameBlueprints, doctor.NameFields, doctor.NameFolder,
		doctor.NameSubscriptions, doctor.NameApp)
	d.expect(t, doctor.NameCredentials, doctor.OK, "Ada Example (user1@fabrikam.example)")
	d.expect(t, doctor.NameProjects, doctor.OK, "3 projects can be read")
	d.expect(t, doctor.NameCode, doctor.OK, "12 repositories")
	d.expect(t, doctor.NameBlueprints, doctor.OK, "4 blueprints of the mapping exist")
	d.expect(t, doctor.NameFolder, doctor.OK, "adoport run is running")
	d.expect(t, doctor.NameSubscriptions, doctor.OK, "21 subscriptions")
	d.expect(t, doctor.NameApp, doctor.OK, "runs version")
	if d.Result != doctor.OK || len(d.Notes) != 0 {
		t.Errorf("%+v", d)
	}
}

// TestDoctorChangesNothing looks at a world in which everything is still missing.
func TestDoctorChangesNothing(t *testing.T) {
	t.Parallel()
	w := hiddenWorld(t, small)
	w.set("SERVICE_HOOK_URL", nobody+"/api/servicehooks")
	d := w.diagnose(t, exitFailed)
	d.only(t, doctor.Failed, doctor.NameApp)
	d.only(t, doctor.Warning, doctor.NameSubscriptions)
	d.expect(t, doctor.NameBlueprints, doctor.OK, "the first backfill makes azure_devops_pipeline")
	d.expect(t, doctor.NameApp, doctor.Failed, "cannot be reached", "Is the app deployed and running")
	d.expect(t, doctor.NameSubscriptions, doctor.Warning, "none of ours", "21 are needed", "adoport subscriptions ensure")
	if len(w.port.Blueprints()) != 0 || len(w.azureDevOps.Subscriptions()) != 0 {
		t.Error("something was changed")
	}
	if _, err := os.Stat(w.environment["ADOPORT_DATA"]); err == nil {
		t.Error("the data folder was made")
	}
}

func TestDoctorAzureDevOps(t *testing.T) {
	t.Parallel()
	refuse := func(part string, status int) func(t *testing.T, w *world) {
		return func(t *testing.T, w *world) { w.refuse(t, part, status) }
	}
	tests := map[string]struct {
		change func(t *testing.T, w *world)
		failed string
		words  []string
	}{
		"wrong token":  {func(_ *testing.T, w *world) { w.set("AZURE_DEVOPS_APP_PASSWORD", "s3cret-other") }, doctor.NameCredentials, []string{"401", "put it in AZURE_DEVOPS_APP_PASSWORD"}},
		"unreachable":  {func(_ *testing.T, w *world) { w.set("AZURE_DEVOPS_ORG_URL", nobody+"/fabrikam") }, doctor.NameCredentials, []string{"cannot be reached"}},
		"other name":   {func(_ *testing.T, w *world) { w.environment["AZURE_DEVOPS_ORG_URL"] += "s" }, doctor.NameCredentials, []string{"404", "Is the name of the organization right?"}},
		"projects 401": {refuse("_apis/projects", 401), doctor.NameProjects, []string{"401", "Project and Team: read"}},
		"code":         {refuse("_apis/git", 403), doctor.NameCode, []string{"403", "Code: read", "Readers"}},
		"pipelines":    {refuse("_apis/pipelines", 404), doctor.NamePipelines, []string{"404", "Build: read"}},
		"work items":   {refuse("_apis/wit", 403), doctor.NameWorkItems, []string{"403", "Work Items: read"}},
		"WIQL 500":     {refuse("_apis/wit", 501), doctor.NameWorkItems, []string{"501"}},
		"hooks":        {refuse("_apis/hooks", 403), doctor.NameHooks, []string{"403", "View and Edit Subscriptions", "can grant them"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := hiddenWorld(t, small)
			w.set("SERVICE_HOOK_URL", nobody+"/hooks") // no status is beside it
			test.change(t, w)
			d := w.diagnose(t, exitFailed)
			d.only(t, doctor.Failed, test.failed)
			d.expect(t, test.failed, doctor.Failed, test.words...)
			d.expect(t, doctor.NamePort, doctor.OK)
			d.expect(t, doctor.NameApp, doctor.Skipped, "does not end in /api/servicehooks")
			if test.failed == doctor.NameCredentials {
				d.expect(t, doctor.NameProjects, doctor.Skipped, "this failed: Azure DevOps: credentials")
				d.expect(t, doctor.NameWorkItems, doctor.Skipped, "this was skipped: Azure DevOps: projects")
				d.expect(t, doctor.NameSubscriptions, doctor.Skipped)
			}
		})
	}
}

func TestDoctorAnonymous(t *testing.T) {
	t.Parallel()
	w := hiddenWorld(t, small)
	url := front(t, w.azureDevOps, func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, "connectionData") {
			return false
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"authenticatedUser": {"descriptor": "System:PublicAccess;aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa", "providerDisplayName": "Anonymous"}}`))
		return true
	})
	w.set("AZURE_DEVOPS_ORG_URL", url+"/fabrikam")
	w.diagnose(t, exitFailed).expect(t, doctor.NameCredentials, doctor.Failed, "anonymous visitor", "Make a personal access token")
}

func TestDoctorProjects(t *testing.T) {
	t.Parallel()
	w := hiddenWorld(t, azuredevopssim.Options{})
	d := w.diagnose(t, exitFailed)
	d.expect(t, doctor.NameProjects, doctor.Failed, "no project is visible", "Readers")
	d.expect(t, doctor.NameCode, doctor.Warning, "no repository is visible")
	d.expect(t, doctor.NamePipelines, doctor.Skipped)
	d.expect(t, doctor.NameHooks, doctor.Skipped, "SERVICE_HOOK_URL is not set")
	d.expect(t, doctor.NameSettings, doctor.Warning, "are not looked after")

	id, err := w.azureDevOps.AddProject("Fabrikam")
	must(t, err)
	d = w.diagnose(t, exitDone)
	d.expect(t, doctor.NameProjects, doctor.OK, "1 project can be read")
	d.expect(t, doctor.NamePipelines, doctor.OK, "project Fabrikam has none")
	d.expect(t, doctor.NameWorkItems, doctor.OK, "none is visible in project Fabrikam")
	must(t, w.azureDevOps.SetProjectState(id, "createPending"))
	w.diagnose(t, exitFailed).expect(t, doctor.NameProjects, doctor.Failed, "no project is visible")
}

func TestDoctorPort(t *testing.T) {
	t.Parallel()
	w := hiddenWorld(t, small)
	w.set("PORT_CLIENT_SECRET", "s3cret-other")
	d := w.diagnose(t, exitFailed)
	d.only(t, doctor.Failed, doctor.NamePort)
	d.expect(t, doctor.NamePort, doctor.Failed, "401", "not accepted by "+w.environment["PORT_BASE_URL"], "client secret", "region")
	d.expect(t, doctor.NameBlueprints, doctor.Skipped, "this failed: Port: credentials")
	w.set("PORT_BASE_URL", nobody)
	w.diagnose(t, exitFailed).expect(t, doctor.NamePort, doctor.Failed, "cannot be reached", "Check PORT_BASE_URL")
}

// ownMapping is a user's, for two blueprints of their own.
const ownMapping = `
resources:
  - kind: repository
    selector:
      query: "true"
    port:
      entity:
        mappings:
          identifier: .id
          blueprint: '"service"'
          properties: {url: .url, language: .name}
          relations: {project: .project.id}
  - kind: project
    selector:
      query: "true"
    port:
      entity:
        mappings:
          identifier: .id
          blueprint: '"azure_devops_project"'
          properties: {url: .url}
`

func TestDoctorBlueprints(t *testing.T) {
	t.Parallel()
	w := hiddenWorld(t, small)
	w.set("MAPPING_FILE", write(t, "mapping.yaml", ownMapping))
	must(t, w.port.PutBlueprint([]byte(`{"identifier": "services", "title": "Services", "schema": {"properties": {}, "required": []}, "relations": {}}`)))
	d := w.diagnose(t, exitFailed)
	d.only(t, doctor.Failed, doctor.NameBlueprints)
	d.expect(t, doctor.NameBlueprints, doctor.Failed, "Create the blueprint service in Port", `did you mean "services"?`)
	d.expect(t, doctor.NameMapping, doctor.OK, "2 resources of project, repository")

	blueprint := func(properties, required string) {
		must(t, w.port.PutBlueprint([]byte(`{"identifier": "service", "title": "Service", "schema": {"properties": {`+properties+`}, "required": [`+required+`]}, "relations": {}}`)))
	}
	blueprint(`"url": {"type": "string"}`, ``)
	d = w.diagnose(t, exitFailed)
	d.only(t, doctor.Failed, doctor.NameFields)
	d.expect(t, doctor.NameBlueprints, doctor.OK, "1 blueprint of the mapping exist; the first backfill makes azure_devops_project")
	d.expect(t, doctor.NameFields, doctor.Failed, "Blueprint service", "lacks properties.language, relations.project", "Add them")

	must(t, w.port.PutBlueprint([]byte(`{"identifier": "azure_devops_project", "title": "Project", "schema": {"properties": {}, "required": []}, "relations": {}}`)))
	must(t, w.port.PutBlueprint([]byte(`{"identifier": "service", "title": "Service", "schema": {"properties": {"url": {"type": "string"}, "language": {"type": "string"}, "tier": {"type": "string"}}, "required": ["tier"]},
		"relations": {"project": {"target": "azure_devops_project", "required": false, "many": false}}}`)))
	d = w.diagnose(t, exitFailed)
	// An own mapping's blueprints are never extended.
	d.expect(t, doctor.NameFields, doctor.Failed, "Blueprint azure_devops_project", "lacks properties.url", "requires properties.tier")
	w.set("MAPPING_FILE", "")
	// Those of the built-in one are.
	w.diagnose(t, exitDone).expect(t, doctor.NameFields, doctor.OK, "all 24")
}

func TestDoctorMapping(t *testing.T) {
	t.Parallel()
	w := hiddenWorld(t, small)
	w.set("MAPPING_FILE", write(t, "mapping.yaml", strings.Replace(ownMapping, "kind: project", "kind: projekt", 1)))
	d := w.diagnose(t, exitUsage)
	d.only(t, doctor.Failed, doctor.NameMapping)
	d.expect(t, doctor.NameMapping, doctor.Failed, "1 problem", "mapping.yaml:", "projekt")
	d.expect(t, doctor.NameWorkItems, doctor.Skipped, "this failed: mapping")
	d.expect(t, doctor.NameFields, doctor.Skipped, "this failed: mapping")
	d.expect(t, doctor.NameProjects, doctor.OK)
	w.set("MAPPING_FILE", "nowhere.yaml")
	w.diagnose(t, exitUsage).expect(t, doctor.NameMapping, doctor.Failed, "nowhere.yaml", "Set MAPPING_FILE")
}

func TestDoctorSettings(t *testing.T) {
	t.Parallel()
	w := hiddenWorld(t, small)
	w.set("AZURE_DEVOPS_ORG_URL", "https://dev.azure.com", "PORT_CLIENT_ID", "", "BACKFILL_SCHEDULE", "hourly", "SERVICE_HOOK_PASSWORD", "'s3cret-hook'",
		"ADOPORT_DATA", "/dev/null/data")
	d := w.diagnose(t, exitUsage)
	d.only(t, doctor.Failed, doctor.NameSettings, doctor.NameFolder)
	d.expect(t, doctor.NameSettings, doctor.Failed, "4 problems", "names no organization", "PORT_CLIENT_ID is not set", `"hourly" is no schedule`, "SERVICE_HOOK_PASSWORD has quotes")
	d.expect(t, doctor.NameCredentials, doctor.Skipped, "because AZURE_DEVOPS_ORG_URL is wrong")
	d.expect(t, doctor.NamePort, doctor.Skipped, "because PORT_CLIENT_ID is not set")
	d.expect(t, doctor.NameFolder, doctor.Failed, "ADOPORT_DATA")
	d.expect(t, doctor.NameApp, doctor.Skipped, "because SERVICE_HOOK_PASSWORD has quotes")
}

// TestDoctorInterrupted ends a run before it is over.
func TestDoctorInterrupted(t *testing.T) {
	t.Parallel()
	w := hiddenWorld(t, small)
	ctx, cancel := context.WithCancel(t.Context())
	w.set("PORT_BASE_URL", front(t, w.port, func(w http.ResponseWriter, _ *http.Request) bool {
		cancel()
		w.WriteHeader(http.StatusServiceUnavailable)
		return true
	}))
	var out, errs bytes.Buffer
	c := &console{out: &out, err: &errs, getenv: func(name string) string { return w.environment[name] }}
	code := run(ctx, c, []string{"doctor"})
	outcome{code, out.String(), errs.String()}.check(t, exitFailed)
	if !strings.Contains(errs.String(), "the checks were interrupted") || strings.Contains(out.String(), "Port") {
		t.Errorf("%s\n%s", out.String(), errs.String())
	}
}
