package keyvault_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"go.uber.org/goleak"

	"adoport/shared/secret/keyvault"
	simulator "adoport/shared/simulator/keyvault"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	name  = "port-client-secret"
	value = "v4lue-0f-the-s3cret"
)

// newServer starts a simulator in which the secret has the value. This process
// has its identity, so tests that call it MUST NOT be parallel.
func newServer(t *testing.T) *simulator.Server {
	t.Helper()
	s, err := simulator.Start(simulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	for variable, v := range s.Identity() {
		t.Setenv(variable, v)
	}
	s.Set(name, value)
	return s
}

// managedIdentity is the vendor's credential, without its retries.
func managedIdentity(t *testing.T, s *simulator.Server, clientID string) azcore.TokenCredential {
	t.Helper()
	c, err := azidentity.NewManagedIdentityCredential(&azidentity.ManagedIdentityCredentialOptions{
		ID: azidentity.ClientID(clientID),
		ClientOptions: policy.ClientOptions{
			Transport: s.Client(), // which ends with the server
			Retry:     policy.RetryOptions{MaxRetries: -1},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// open returns a vault at a URL, with the server's identity. change may be nil.
func open(t *testing.T, s *simulator.Server, url string, change func(*keyvault.Options)) *keyvault.Vault {
	t.Helper()
	o := keyvault.Options{HTTP: s.Client(), Logger: slog.New(slog.DiscardHandler)}
	if change != nil {
		change(&o)
	}
	v, err := keyvault.New(url, managedIdentity(t, s, s.ClientID()), o)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// checkText checks that an error is one line that says what it should, and that
// nothing in it is secret, however it is printed.
func checkText(t *testing.T, s *simulator.Server, err error, says string) {
	t.Helper()
	var failed *keyvault.Error
	if !errors.As(err, &failed) {
		t.Fatalf("%T: %v", err, err)
	}
	if !strings.Contains(err.Error(), says) || len(err.Error()) > 320 {
		t.Errorf("got %q, want %q in it, and less than 320 bytes", err, says)
	}
	encoded, jsonErr := json.Marshal(failed)
	if jsonErr != nil {
		t.Error(jsonErr)
	}
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).LogAttrs(t.Context(), slog.LevelError, "x", slog.Any("error", err))
	for _, text := range []string{fmt.Sprint(err), fmt.Sprintf("%+v", err), fmt.Sprintf("%#v", err), fmt.Errorf("x: %w", err).Error(), string(encoded), log.String()} {
		for _, leak := range []string{value, s.Token(s.Resource()), "Bearer", s.Identity()["IDENTITY_HEADER"], s.ClientID(), "?", "api-version", "\n\n", "Request:"} {
			if strings.Contains(text, leak) {
				t.Errorf("%q is in %s", leak, text)
			}
		}
	}
}

// answering is a handler that always answers the same.
func answering(status int, header, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if header != "" {
			w.Header().Set("WWW-Authenticate", header)
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}
