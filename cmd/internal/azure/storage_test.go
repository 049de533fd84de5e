package azure

import (
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"

	"adoport/cmd/internal/wiring"
	"adoport/shared/settings"
)

// TestOpenStorage: every way to say where the account is, without a request.
func TestOpenStorage(t *testing.T) {
	t.Parallel()
	const key = "c2VjcmV0"
	refused := errors.New("no identity here")
	tests := map[string]struct {
		settings settings.Storage
		identity error
		asked    string
		err      string
	}{
		"a connection string":    {settings: settings.Storage{ConnectionString: "AccountName=a;AccountKey=" + key}},
		"the emulator":           {settings: settings.Storage{ConnectionString: "UseDevelopmentStorage=true"}},
		"a name":                 {settings: settings.Storage{AccountName: "fabrikam", Credential: "ManagedIdentity", ClientID: "id-1"}, asked: "id-1"},
		"a name, by the system":  {settings: settings.Storage{AccountName: "fabrikam"}, asked: ""},
		"its URLs":               {settings: settings.Storage{QueueServiceURI: "https://q.example", TableServiceURI: "https://t.example"}},
		"nothing":                {err: "it is not set"},
		"a broken string":        {settings: settings.Storage{ConnectionString: key}, err: "without ="},
		"another credential":     {settings: settings.Storage{AccountName: "fabrikam", Credential: "key"}, err: "must be managedidentity"},
		"no identity":            {settings: settings.Storage{AccountName: "fabrikam"}, identity: refused, err: "no identity here"},
		"a name that cannot be":  {settings: settings.Storage{AccountName: "Fabrikam!"}, err: "no name of a storage account"},
		"a queue URL over http":  {settings: settings.Storage{AccountName: "fabrikam", QueueServiceURI: "http://q.example"}, err: "https"},
		"one URL without a name": {settings: settings.Storage{QueueServiceURI: "https://q.example"}, err: "it is not set"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			asked := ""
			storage, err := OpenStorage(StorageOptions{
				Settings: tt.settings, Logger: slog.New(slog.DiscardHandler),
				Identity: func(clientID string) (azcore.TokenCredential, error) {
					asked = clientID
					if tt.identity != nil {
						return nil, tt.identity
					}
					return Identity(clientID)
				},
			})
			if tt.err == "" {
				if err != nil || storage.Live == nil || storage.Walks == nil || storage.Ledger == nil || asked != tt.asked {
					t.Fatalf("%+v, %v; identity %q asked for", storage, err, asked)
				}
				return
			}
			var config *wiring.ConfigError
			if !errors.As(err, &config) || !strings.Contains(err.Error(), tt.err) || strings.Contains(err.Error(), key) {
				t.Errorf("%v, want a configuration error with %q and no secret", err, tt.err)
			}
		})
	}
}

func TestNewVault(t *testing.T) {
	t.Parallel()
	identity := func() (azcore.TokenCredential, error) { return Identity("") }
	if _, err := NewVault("https://fabrikam.vault.azure.net", identity); err != nil {
		t.Error(err)
	}
	var config *wiring.ConfigError
	if _, err := NewVault("http://fabrikam.vault.azure.net", identity); !errors.As(err, &config) {
		t.Errorf("http: %v", err)
	}
	if _, err := NewVault("https://fabrikam.vault.azure.net", func() (azcore.TokenCredential, error) { return nil, errors.New("none") }); !errors.As(err, &config) {
		t.Errorf("no identity: %v", err)
	}
	if secrets, err := NewSecrets(settings.Settings{}, identity, slog.New(slog.DiscardHandler)); secrets == nil || err != nil {
		t.Errorf("without a vault: %v, %v", secrets, err)
	}
}
