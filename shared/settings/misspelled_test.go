package settings_test

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"adoport/shared/settings"
)

func TestMisspelled(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, meant string }{
		{"AZURE_DEVOPS_ORGID", "AZURE_DEVOPS_ORG_ID"},
		{"AZURE_DEVOPS_ORG_URI", "AZURE_DEVOPS_ORG_URL"},
		{"AZURE_DEVOPS_ORG", "AZURE_DEVOPS_ORG_ID"},
		{"AZURE_DEVOPS_APP_PASWORD", "AZURE_DEVOPS_APP_PASSWORD"},
		{"PORT_CLIENTID", "PORT_CLIENT_ID"},
		{"PORT_CLIENT_SECERT", "PORT_CLIENT_SECRET"},
		{"PORT-CLIENT-SECRET", "PORT_CLIENT_SECRET"},
		{"port_client_id", "PORT_CLIENT_ID"},
		{"PORT_BASE_URI", "PORT_BASE_URL"},
		{"ADOPORT_INSTANCES", "ADOPORT_INSTANCE"},
		{"ADOPORT_ALLOW_HTTPS", "ADOPORT_ALLOW_HTTP"},
		{"SERVICE_HOOK_PASSWORDS", "SERVICE_HOOK_PASSWORD"},
		{"SERVICE_HOOK_USER_NAME", "SERVICE_HOOK_USERNAME"},

		{"PORT", ""},
		{"PORT_CLIENT_PORT", ""},
		{"PORT_CLIENT_SERVICE_HOST", ""},
		{"AZURE_DEVOPS_EXT_PAT", ""},
		{"AZURE_CLIENT_ID", ""},
		{"CLIENT_ID", ""},
		{"LOG_LEVELS", ""},
		{"ADOPORT_", ""},
		{"", ""},
	} {
		var want []string
		if tt.meant != "" {
			want = []string{tt.name + " is not a setting and is ignored: did you mean " + tt.meant + "?"}
		}
		if diff := cmp.Diff(want, settings.Misspelled([]string{tt.name + "=s3cret"})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestMisspelledList(t *testing.T) {
	t.Parallel()
	got := settings.Misspelled([]string{"PORT_CLIENT_IDD=a=b", "HOME=/", "ADOPORT_DATTA", "PORT_CLIENT_ID=x"})
	want := []string{
		"ADOPORT_DATTA is not a setting and is ignored: did you mean ADOPORT_DATA?",
		"PORT_CLIENT_IDD is not a setting and is ignored: did you mean PORT_CLIENT_ID?",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
}

// TestSettingsAreNotMisspelled: no setting may be taken for another.
func TestSettingsAreNotMisspelled(t *testing.T) {
	t.Parallel()
	var environ []string
	for _, s := range settings.Describe() {
		environ = append(environ, s.Name+"=x")
	}
	if got := settings.Misspelled(environ); len(got) != 0 {
		t.Errorf("warnings about settings: %q", got)
	}
	_ = settings.Misspelled(os.Environ())
}
