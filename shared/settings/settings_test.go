package settings_test

import (
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"adoport/shared/settings"
)

// env is an environment.
type env map[string]string

func (e env) get(name string) string { return e[name] }

// problems returns all problems that err joins, as text and in order.
func problems(t *testing.T, err error) []string {
	t.Helper()
	var list []string
	var walk func(error)
	walk = func(err error) {
		switch e := err.(type) { //nolint:errorlint // The tree itself is walked.
		case nil:
		case *settings.Problem:
			list = append(list, e.Error())
		case interface{ Unwrap() []error }:
			for _, err := range e.Unwrap() {
				walk(err)
			}
		default:
			t.Errorf("%T in the error; want problems only", err)
		}
	}
	walk(err)
	return list
}

// secrets can be compared, and are shown by no test.
var secrets = cmp.Comparer(func(a, b settings.Secret) bool { return a.Reveal() == b.Reveal() })

// defaults is what the design says.
func defaults() settings.Settings {
	return settings.Settings{
		PortBaseURL:           "https://api.port.io",
		ServiceHookUsername:   "adoport",
		BackfillSchedule:      "0 0 */6 * * *",
		SubscriptionsSchedule: "0 */15 * * * *",
		PruneMaxPercent:       20,
		Instance:              "default",
		Data:                  "./.adoport",
		LogLevel:              slog.LevelInfo,
	}
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	got, err := settings.Load(env{}.get)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(defaults(), got, secrets); diff != "" {
		t.Errorf("defaults (-want +got):\n%s", diff)
	}
}

// everything sets every variable to something else than its default.
func everything() env {
	return env{
		"AZURE_DEVOPS_ORG_URL":                 "https://ado.fabrikam.example/tfs/Default Collection",
		"AZURE_DEVOPS_ORG_ID":                  "fabrikam",
		"AZURE_DEVOPS_APP_PASSWORD":            "s3cret-pat",
		"PORT_CLIENT_ID":                       "client",
		"PORT_CLIENT_SECRET":                   "s3cret-port",
		"PORT_BASE_URL":                        "https://api.us.port.io/",
		"KEY_VAULT_URL":                        "https://fabrikam.vault.azure.net",
		"AZURE_CLIENT_ID":                      "0000-identity",
		"MAPPING_FILE":                         "/etc/adoport/mapping.yaml",
		"SERVICE_HOOK_URL":                     "https://hooks.fabrikam.example/api/servicehooks",
		"SERVICE_HOOK_USERNAME":                "hooks",
		"SERVICE_HOOK_PASSWORD":                "s3cret-new, s3cret-old",
		"BACKFILL_SCHEDULE":                    "0 0 3 * * *",
		"SUBSCRIPTIONS_SCHEDULE":               "0 0 * * * *",
		"PRUNE_MAX_PERCENT":                    "12.5",
		"ADOPORT_INSTANCE":                     "eu-1",
		"AzureWebJobsStorage":                  "AccountKey=s3cret-storage",
		"AzureWebJobsStorage__accountName":     "account",
		"AzureWebJobsStorage__queueServiceUri": "https://account.queue.example",
		"AzureWebJobsStorage__tableServiceUri": "https://account.table.example",
		"AzureWebJobsStorage__credential":      "managedidentity",
		"AzureWebJobsStorage__clientId":        "identity",
		"ADOPORT_DATA":                         "/var/lib/adoport",
		"LOG_LEVEL":                            "debug",
		"LOG_FORMAT":                           "text",
		"ADOPORT_ALLOW_HTTP":                   "true",
	}
}

func TestEverything(t *testing.T) {
	t.Parallel()
	got, err := settings.Load(everything().get)
	if err != nil {
		t.Fatal(err)
	}
	want := settings.Settings{
		AzureDevOpsOrgURL:     "https://ado.fabrikam.example/tfs/Default Collection",
		AzureDevOpsOrgID:      "fabrikam",
		AzureDevOpsToken:      "s3cret-pat",
		PortClientID:          "client",
		PortClientSecret:      "s3cret-port",
		PortBaseURL:           "https://api.us.port.io",
		KeyVaultURL:           "https://fabrikam.vault.azure.net",
		IdentityClientID:      "0000-identity",
		MappingFile:           "/etc/adoport/mapping.yaml",
		ServiceHookURL:        "https://hooks.fabrikam.example/api/servicehooks",
		ServiceHookUsername:   "hooks",
		ServiceHookPasswords:  []settings.Secret{"s3cret-new", "s3cret-old"},
		BackfillSchedule:      "0 0 3 * * *",
		SubscriptionsSchedule: "0 0 * * * *",
		PruneMaxPercent:       12.5,
		Instance:              "eu-1",
		Storage: settings.Storage{
			ConnectionString: "AccountKey=s3cret-storage",
			AccountName:      "account",
			QueueServiceURI:  "https://account.queue.example",
			TableServiceURI:  "https://account.table.example",
			Credential:       "managedidentity",
			ClientID:         "identity",
		},
		Data:      "/var/lib/adoport",
		LogLevel:  slog.LevelDebug,
		LogFormat: "text",
		AllowHTTP: true,
	}
	if diff := cmp.Diff(want, got, secrets); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
	for _, s := range settings.Describe() {
		if everything()[s.Name] == "" {
			t.Errorf("this test does not set %s", s.Name)
		}
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		if text := fmt.Sprintf(verb, got); strings.Contains(text, "s3cret") {
			t.Errorf("%s prints a secret: %s", verb, text)
		}
	}
}

// TestDescribe: a setting is a secret exactly if its value is not printed.
func TestDescribe(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, s := range settings.Describe() {
		if s.Name == "" || seen[s.Name] || !strings.HasSuffix(s.Doc, ".") {
			t.Errorf("%+v: want a name that is not there twice and a text that ends in a period", s)
		}
		seen[s.Name] = true
		value := everything()[s.Name]
		loaded, err := settings.Load(env{s.Name: value}.get)
		if err != nil {
			t.Errorf("%s alone: %v", s.Name, err)
		}
		if hidden := fmt.Sprintf("%+v", loaded); s.Secret && strings.Contains(hidden, value) {
			t.Errorf("%s is a secret but is printed: %s", s.Name, hidden)
		}
		if strings.Contains(value, "s3cret") != s.Secret {
			t.Errorf("%s: Secret = %t", s.Name, s.Secret)
		}
	}
}

func TestOrganization(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ url, id, want string }{
		{"", "", ""},
		{"", "fabrikam", "fabrikam"},
		{"https://dev.azure.com/fabrikam", "", "https://dev.azure.com/fabrikam"},
		{"https://dev.azure.com/fabrikam", "contoso", "https://dev.azure.com/fabrikam"},
	} {
		s := settings.Settings{AzureDevOpsOrgURL: tt.url, AzureDevOpsOrgID: tt.id}
		if got := s.Organization(); got != tt.want {
			t.Errorf("Organization of %q and %q = %q; want %q", tt.url, tt.id, got, tt.want)
		}
	}
}

// TestRealEnvironment: Load fits os.Getenv.
func TestRealEnvironment(t *testing.T) {
	t.Setenv("ADOPORT_INSTANCE", " from-the-environment\n")
	got, err := settings.Load(os.Getenv)
	if err != nil || got.Instance != "from-the-environment" {
		t.Errorf("Instance = %q, %v", got.Instance, err)
	}
}
