package settings_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"adoport/shared/settings"
)

const (
	notAbsolute = " is not an absolute URL: give it as https://host or https://host/path"
	credentials = " has a user name or password in it: remove the part before the @; credentials have settings of their own"
	query       = " has a query or fragment: remove all from the ? or # on"
	noPercent   = ", which is not a number from 0 to 100: give it as 20 or 12.5, without a percent sign"
	noInstance  = ", which cannot be an instance's name: use 1 to 64 letters, digits, _, . or -, and begin with a letter or digit"
	emptyHook   = "SERVICE_HOOK_PASSWORD has an empty password before, after or between its commas: remove that comma"
	quotes      = " has quotes around its value: remove them; they would be part of it"
	hidden      = " has a line break or an invisible character inside: copy it again, in one line"
)

func overHTTP(host string) string {
	return " is http, which would send credentials unencrypted to " + host + ": use https, or set ADOPORT_ALLOW_HTTP=true if that network is trusted"
}

// TestOneValue has one variable with one value; want is the problem, "" if
// there is none.
func TestOneValue(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, value, want string }{
		{"PRUNE_MAX_PERCENT", "0", ""},
		{"PRUNE_MAX_PERCENT", "100", ""},
		{"PRUNE_MAX_PERCENT", "100.0", ""},
		{"PRUNE_MAX_PERCENT", "0.01", ""},
		{"PRUNE_MAX_PERCENT", "100.01", `PRUNE_MAX_PERCENT is "100.01"` + noPercent},
		{"PRUNE_MAX_PERCENT", "-1", `PRUNE_MAX_PERCENT is "-1"` + noPercent},
		{"PRUNE_MAX_PERCENT", "20%", `PRUNE_MAX_PERCENT is "20%"` + noPercent},
		{"PRUNE_MAX_PERCENT", "NaN", `PRUNE_MAX_PERCENT is "NaN"` + noPercent},
		{"PRUNE_MAX_PERCENT", "1e1", `PRUNE_MAX_PERCENT is "1e1"` + noPercent},
		{"PRUNE_MAX_PERCENT", "0x10", `PRUNE_MAX_PERCENT is "0x10"` + noPercent},
		{"PRUNE_MAX_PERCENT", "12,5", `PRUNE_MAX_PERCENT is "12,5"` + noPercent},
		{"PRUNE_MAX_PERCENT", strings.Repeat("9", 400), `PRUNE_MAX_PERCENT is "` + strings.Repeat("9", 400) + `"` + noPercent},

		{"ADOPORT_INSTANCE", "a", ""},
		{"ADOPORT_INSTANCE", "Prod_1.eu-west", ""},
		{"ADOPORT_INSTANCE", strings.Repeat("a", 64), ""},
		{"ADOPORT_INSTANCE", strings.Repeat("a", 65), `ADOPORT_INSTANCE is "` + strings.Repeat("a", 65) + `"` + noInstance},
		{"ADOPORT_INSTANCE", "-a", `ADOPORT_INSTANCE is "-a"` + noInstance},
		{"ADOPORT_INSTANCE", "a/b", `ADOPORT_INSTANCE is "a/b"` + noInstance},
		{"ADOPORT_INSTANCE", "a b", `ADOPORT_INSTANCE is "a b"` + noInstance},
		{"ADOPORT_INSTANCE", "é", `ADOPORT_INSTANCE is "é"` + noInstance},

		{"LOG_LEVEL", "warn", ""},
		{"LOG_LEVEL", "ERROR", ""},
		{"LOG_LEVEL", "warning", `LOG_LEVEL is "warning", which is not a level: use debug, info, warn or error`},
		{"LOG_LEVEL", "INFO+1", `LOG_LEVEL is "INFO+1", which is not a level: use debug, info, warn or error`},
		{"LOG_FORMAT", "json", ""},
		{"LOG_FORMAT", "Text", ""},
		{"LOG_FORMAT", "yaml", `LOG_FORMAT is "yaml", which is not a format: use json or text, or remove it`},
		{"ADOPORT_ALLOW_HTTP", "0", ""},
		{"ADOPORT_ALLOW_HTTP", "yes", `ADOPORT_ALLOW_HTTP is "yes", which is neither true nor false: use true or false`},

		{"PORT_BASE_URL", "https://api.us.port.io", ""},
		{"PORT_BASE_URL", "https://proxy.fabrikam.example:8443/port", ""},
		{"PORT_BASE_URL", "http://127.0.0.1:8080", ""},
		{"PORT_BASE_URL", "http://127.9.9.9", ""},
		{"PORT_BASE_URL", "http://[::1]:8080", ""},
		{"PORT_BASE_URL", "http://localhost:8080/", ""},
		{"PORT_BASE_URL", "http://LOCALHOST.", ""},
		{"PORT_BASE_URL", "http://port.localhost", ""},
		{"PORT_BASE_URL", "HTTP://api.port.io", "PORT_BASE_URL" + overHTTP("api.port.io")},
		{"PORT_BASE_URL", "http://localhost.fabrikam.example", "PORT_BASE_URL" + overHTTP("localhost.fabrikam.example")},
		{"PORT_BASE_URL", "http://127.0.0.1.fabrikam.example", "PORT_BASE_URL" + overHTTP("127.0.0.1.fabrikam.example")},
		{"PORT_BASE_URL", "http://10.0.0.1", "PORT_BASE_URL" + overHTTP("10.0.0.1")},
		{"PORT_BASE_URL", "api.port.io", "PORT_BASE_URL" + notAbsolute},
		{"PORT_BASE_URL", "localhost:8080", "PORT_BASE_URL" + notAbsolute},
		{"PORT_BASE_URL", "/v2", "PORT_BASE_URL" + notAbsolute},
		{"PORT_BASE_URL", "https://", "PORT_BASE_URL" + notAbsolute},
		{"PORT_BASE_URL", "https://:8080", "PORT_BASE_URL" + notAbsolute},
		{"PORT_BASE_URL", "ftp://api.port.io", "PORT_BASE_URL" + notAbsolute},
		{"PORT_BASE_URL", "https://api.port.io:s3cret", "PORT_BASE_URL" + notAbsolute},
		{"PORT_BASE_URL", "https://id:s3cret@api.port.io", "PORT_BASE_URL" + credentials},
		{"PORT_BASE_URL", "https://api.port.io?token=s3cret", "PORT_BASE_URL" + query},
		{"PORT_BASE_URL", "https://api.port.io#top", "PORT_BASE_URL" + query},
		{"KEY_VAULT_URL", "fabrikam", "KEY_VAULT_URL" + notAbsolute},
		{"KEY_VAULT_URL", "http://fabrikam.vault.azure.net", "KEY_VAULT_URL" + overHTTP("fabrikam.vault.azure.net")},
		{"SERVICE_HOOK_URL", "http://localhost:7071/api/servicehooks", ""},
		{"SERVICE_HOOK_URL", "fabrikam.example/api/servicehooks", "SERVICE_HOOK_URL" + notAbsolute},
		{"SERVICE_HOOK_URL", "https://fabrikam.example/api/servicehooks?code=s3cret", "SERVICE_HOOK_URL" + query},

		// What they mean is the client's business; where secrets go is ours.
		{"AZURE_DEVOPS_ORG_URL", "dev.azure.com/fabrikam", ""},
		{"AZURE_DEVOPS_ORG_URL", "https://dev.azure.com/fabrikam?view=1", ""},
		{"AZURE_DEVOPS_ORG_URL", "http://localhost:8080/fabrikam", ""},
		{"AZURE_DEVOPS_ORG_URL", "http://tfs:8080/tfs", "AZURE_DEVOPS_ORG_URL" + overHTTP("tfs")},
		{"AZURE_DEVOPS_ORG_URL", "https://fabrikam:s3cret@dev.azure.com/fabrikam", "AZURE_DEVOPS_ORG_URL" + credentials},
		{"AZURE_DEVOPS_ORG_ID", "fabrikam", ""},
		{"AZURE_DEVOPS_ORG_ID", "http://tfs:8080/tfs", "AZURE_DEVOPS_ORG_ID" + overHTTP("tfs")},

		{"SERVICE_HOOK_USERNAME", "a:b", "SERVICE_HOOK_USERNAME has a colon, which ends a user name: choose a name without one"},
		{"SERVICE_HOOK_PASSWORD", "s3cret", ""},
		{"SERVICE_HOOK_PASSWORD", "s3cret,", emptyHook},
		{"SERVICE_HOOK_PASSWORD", ",s3cret", emptyHook},
		{"SERVICE_HOOK_PASSWORD", "s3cret, ,s3cret", emptyHook},

		{"PORT_CLIENT_SECRET", " s3cret\r\n", ""},
		{"PORT_CLIENT_SECRET", `s3"cr'et`, ""},
		{"PORT_CLIENT_SECRET", `"`, ""},
		{"PORT_CLIENT_SECRET", `"s3cret`, ""},
		{"PORT_CLIENT_SECRET", `"s3cret"`, "PORT_CLIENT_SECRET" + quotes},
		{"PORT_CLIENT_SECRET", ` 's3cret'` + "\n", "PORT_CLIENT_SECRET" + quotes},
		{"PORT_CLIENT_SECRET", "`s3cret`", "PORT_CLIENT_SECRET" + quotes},
		{"PORT_CLIENT_SECRET", `""`, "PORT_CLIENT_SECRET" + quotes},
		{"PORT_CLIENT_SECRET", "s3\ncret", "PORT_CLIENT_SECRET" + hidden},
		{"PORT_CLIENT_SECRET", "\ufeffs3cret", "PORT_CLIENT_SECRET" + hidden},
		{"PORT_CLIENT_SECRET", "s3cret\u200b", "PORT_CLIENT_SECRET" + hidden},
		{"PORT_CLIENT_SECRET", " \n", "PORT_CLIENT_SECRET is blank: remove it, or give it a value"},
		{"BACKFILL_SCHEDULE", "not parsed yet", ""},
		{"BACKFILL_SCHEDULE", " ", "BACKFILL_SCHEDULE is blank: remove it, or give it a value"},
		{"SUBSCRIPTIONS_SCHEDULE", "\t", "SUBSCRIPTIONS_SCHEDULE is blank: remove it, or give it a value"},
	} {
		_, err := settings.Load(env{tt.name: tt.value}.get)
		var want []string
		if tt.want != "" {
			want = []string{tt.want}
		}
		if diff := cmp.Diff(want, problems(t, err)); diff != "" {
			t.Errorf("%s=%q (-want +got):\n%s", tt.name, tt.value, diff)
		}
		if err != nil && strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: the error shows a secret: %v", tt.name, err)
		}
	}
}

func TestAllProblemsAtOnce(t *testing.T) {
	t.Parallel()
	got, err := settings.Load(env{
		"PORT_BASE_URL":      "port",
		"PRUNE_MAX_PERCENT":  "all",
		"ADOPORT_INSTANCE":   "%",
		"LOG_LEVEL":          "loud",
		"LOG_FORMAT":         "json",
		"PORT_CLIENT_SECRET": "'s3cret'",
		"PORT_CLIENT_ID":     "\tclient ",
		"KEY_VAULT_URL":      "http://vault",
	}.get)
	want := []string{
		"PORT_CLIENT_SECRET" + quotes,
		`PRUNE_MAX_PERCENT is "all"` + noPercent,
		`ADOPORT_INSTANCE is "%"` + noInstance,
		`LOG_LEVEL is "loud", which is not a level: use debug, info, warn or error`,
		"PORT_BASE_URL" + notAbsolute,
		"KEY_VAULT_URL" + overHTTP("vault"),
	}
	if diff := cmp.Diff(want, problems(t, err)); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(strings.Join(want, "\n"), err.Error()); diff != "" {
		t.Errorf("the error's text is not one line a problem (-want +got):\n%s", diff)
	}
	var problem *settings.Problem
	if !errors.As(err, &problem) || problem.Name != "PORT_CLIENT_SECRET" {
		t.Errorf("the first problem is %+v; want that of PORT_CLIENT_SECRET", problem)
	}
	// What was not wrong was read, and what was has its default.
	if got.PortClientID != "client" || got.LogFormat != "json" || got.PruneMaxPercent != 20 || got.Instance != "default" {
		t.Errorf("settings beside the problems: %+v", got)
	}
}

func TestAllowHTTP(t *testing.T) {
	t.Parallel()
	_, err := settings.Load(env{
		"ADOPORT_ALLOW_HTTP":   "true",
		"AZURE_DEVOPS_ORG_URL": "http://tfs:8080/tfs",
		"PORT_BASE_URL":        "http://proxy",
		"KEY_VAULT_URL":        "http://vault",
		"SERVICE_HOOK_URL":     "http://hooks",
	}.get)
	if err != nil {
		t.Error(err)
	}
}

func TestRequire(t *testing.T) {
	t.Parallel()
	const (
		org    = "AZURE_DEVOPS_ORG_URL is not set: set it to https://dev.azure.com/ and your organization's name, or set AZURE_DEVOPS_ORG_ID to the name alone"
		id     = "PORT_CLIENT_ID is not set: copy it from the credentials of your organization in Port"
		secret = "PORT_CLIENT_SECRET is not set: copy it from the credentials of your organization in Port"
		url    = "SERVICE_HOOK_URL is not set: set it to the public URL that takes service hooks, https://host/api/servicehooks"
		hook   = "SERVICE_HOOK_PASSWORD is not set: set it to a long random text, and give it to the service hooks"
		store  = "AzureWebJobsStorage is not set: set it to the connection string of a storage account, or set AzureWebJobsStorage__accountName to its name"
	)
	all := []settings.Need{settings.Organization, settings.PortCredentials, settings.ServiceHooks, settings.AzureStorage}
	for _, tt := range []struct {
		name  string
		env   env
		needs []settings.Need
		want  []string
	}{
		{"nothing needed", env{}, nil, nil},
		{"everything missing", env{}, all, []string{org, id, secret, url, hook, store}},
		{"everything there", everything(), all, nil},
		{"for a backfill", env{"PORT_CLIENT_ID": "c"}, all[:2], []string{org, secret}},
		{"organization by name", env{"AZURE_DEVOPS_ORG_ID": "fabrikam"}, all[:1], nil},
		{"organization by URL", env{"AZURE_DEVOPS_ORG_URL": "https://dev.azure.com/fabrikam"}, all[:1], nil},
		{"the token is optional", env{"AZURE_DEVOPS_ORG_ID": "o", "PORT_CLIENT_ID": "c", "PORT_CLIENT_SECRET": "s"}, all[:2], nil},
		{"storage by connection string", env{"AzureWebJobsStorage": "x"}, all[3:], nil},
		{"secrets may be in a vault", env{"KEY_VAULT_URL": "https://v.example", "SERVICE_HOOK_URL": "https://h.example"}, all[1:3], nil},
		{"storage by its URLs", env{"AzureWebJobsStorage__queueServiceUri": "q", "AzureWebJobsStorage__tableServiceUri": "t"}, all[3:], nil},
		{"storage by one URL", env{"AzureWebJobsStorage__queueServiceUri": "q"}, all[3:], []string{store}},
		{"storage by name", env{"AzureWebJobsStorage__accountName": "x"}, all[3:], nil},
	} {
		s, err := settings.Load(tt.env.get)
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		if diff := cmp.Diff(tt.want, problems(t, s.Require(tt.needs...))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}
