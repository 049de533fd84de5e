package main

import (
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"adoport/cmd/internal/doctor"
	azuredevopssim "adoport/shared/simulator/azuredevops"
)

// listed returns settings as the Azure CLI prints them.
func (w *world) listed(t *testing.T) string {
	t.Helper()
	var list []map[string]any
	for name, value := range w.environment {
		list = append(list, map[string]any{"name": name, "value": value, "slotSetting": false})
	}
	text, err := json.Marshal(append(list, map[string]any{"name": "FUNCTIONS_WORKER_RUNTIME", "value": nil}))
	must(t, err)
	return string(text)
}

func TestDoctorSettingsFile(t *testing.T) {
	t.Parallel()
	w := hiddenWorld(t, azuredevopssim.Options{Projects: 1})
	closed := front(t, nil, func(w http.ResponseWriter, _ *http.Request) bool {
		w.Header().Set("x-ms-error-code", "AuthorizationFailure")
		w.WriteHeader(http.StatusForbidden)
		return true
	})
	w.set("AzureWebJobsStorage", "AccountName=a;AccountKey="+hiddenKey+";QueueEndpoint="+closed+"/a;TableEndpoint="+closed+"/a;")
	local, err := json.Marshal(map[string]any{"IsEncrypted": false, "Values": w.environment, "Host": map[string]any{"LocalHttpPort": 7071}})
	must(t, err)
	files := map[string]string{"list.json": w.listed(t), "local.settings.json": "\ufeff" + string(local)}
	all := w.environment
	for name, content := range files {
		// The environment wins: Port's secret is a wrong one there.
		w.environment = map[string]string{"PORT_CLIENT_SECRET": "s3cret-other"}
		file := write(t, name, content)
		d := w.diagnose(t, exitFailed, "--settings", file)
		d.only(t, doctor.Failed, doctor.NamePort, liveStorage, walksStorage, tableStorage)
		if d.Settings != file || len(d.Notes) != 2 || !strings.Contains(d.Notes[1], "identity of who runs them") {
			t.Errorf("%s: %+v", name, d.Notes)
		}
		d.expect(t, liveStorage, doctor.Failed, "403", "may not let in this network")
		d.expect(t, tableStorage, doctor.Failed, "403", "network rules")
		w.run(t, "doctor", "--settings", file).expect(t, exitFailed,
			"Settings are those of "+file+"; environment variables win over them.\nThe checks run here", "\n\nwarning  settings")
	}
	w.environment = map[string]string{}
	all["PORT_CLIENT_SECRET"] = "@Microsoft.KeyVault(SecretUri=https://fabrikam.vault.azure.net/secrets/port-client-secret)"
	delete(all, "AzureWebJobsStorage")
	from := &world{environment: all}
	d := w.diagnose(t, exitUsage, "--settings", write(t, "references.json", from.listed(t)))
	d.expect(t, doctor.NameSettings, doctor.Failed, "PORT_CLIENT_SECRET is not set", "AzureWebJobsStorage is not set")
	d.expect(t, doctor.NameStorage, doctor.Skipped, "AzureWebJobsStorage is not set")
	if len(d.Notes) != 3 || !strings.HasSuffix(d.Notes[2], "count as not set: PORT_CLIENT_SECRET.") {
		t.Errorf("%q", d.Notes)
	}
}

func TestSettingsFileThatIsNone(t *testing.T) {
	t.Parallel()
	w := &world{environment: map[string]string{}}
	for content, want := range map[string]string{
		"":                             "neither the JSON of az",
		"PORT_CLIENT_SECRET=s3cret":    "neither the JSON of az",
		`{"PORT_CLIENT_ID": "s3cret"}`: "neither the JSON of az",
		`[["s3cret"]]`:                 "neither the JSON of az",
		`{"IsEncrypted": true, "Values": {"PORT_CLIENT_ID": "s3cret"}}`: "func settings decrypt",
	} {
		file := write(t, "settings.json", content)
		w.run(t, "doctor", "--settings", file).expect(t, exitUsage, "--settings "+file, want)
		w.run(t, "tasks", "list", "--settings", file).expect(t, exitUsage, want)
	}
	w.run(t, "doctor", "--settings", filepath.Join(t.TempDir(), "nowhere.json")).expect(t, exitUsage, "nowhere.json")
	w.run(t, "tasks", "requeue", "--settings", write(t, "settings.json", `[]`)).expect(t, exitUsage, "AzureWebJobsStorage is not set")
}
