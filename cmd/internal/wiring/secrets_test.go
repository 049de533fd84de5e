package wiring

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"adoport/shared/secret"
	"adoport/shared/settings"
	"adoport/shared/transport"
)

// vault is a source that holds secrets.
type vault struct {
	secrets map[string]settings.Secret
	failure error
}

func (v *vault) Read(_ context.Context, name string) (settings.Secret, error) {
	if v.failure != nil {
		return "", v.failure
	}
	value, ok := v.secrets[name]
	if !ok {
		return "", secret.ErrNotFound
	}
	return value, nil
}

func (v *vault) cached() *secret.Cache {
	return secret.New(v, secret.Options{Pause: time.Nanosecond, Logger: slog.New(slog.DiscardHandler)})
}

func TestWhatIsSetWins(t *testing.T) {
	t.Parallel()
	v := &vault{failure: errors.New("asked")}
	s := NewSecrets(settings.Settings{
		AzureDevOpsToken: "pat", PortClientID: "id", PortClientSecret: "secret", ServiceHookPasswords: []settings.Secret{"new", "old"},
	}, v.cached())
	for range 2 {
		if pat, err := s.azureDevOpsToken()(t.Context()); pat != "pat" || err != nil {
			t.Errorf("token %q, %v", pat, err)
		}
		if id, value, err := s.portCredentials()(t.Context()); id != "id" || value != "secret" || err != nil {
			t.Errorf("Port %q %q, %v", id, value, err)
		}
		if passwords, err := s.HookPasswords(t.Context(), true); !slices.Equal(passwords, []string{"new", "old"}) || err != nil {
			t.Errorf("passwords %q, %v", passwords, err)
		}
	}
}

// TestRotation: whoever asks a second time was refused, or has a token that is
// too old, and gets what the vault has now.
func TestRotation(t *testing.T) {
	t.Parallel()
	v := &vault{secrets: map[string]settings.Secret{
		"azure-devops-app-password": "one", "port-client-id": "id", "port-client-secret": "one", "service-hook-password": "one",
	}}
	s := NewSecrets(settings.Settings{}, v.cached())
	token, port := s.azureDevOpsToken(), s.portCredentials()
	passwords, err := s.HookPasswords(t.Context(), false)
	first, err1 := token(t.Context())
	_, firstPort, err2 := port(t.Context())
	if err := errors.Join(err, err1, err2); err != nil || first != "one" || firstPort != "one" || !slices.Equal(passwords, []string{"one"}) {
		t.Fatalf("at first %q %q %q, %v", first, firstPort, passwords, err)
	}
	v.secrets = map[string]settings.Secret{
		"azure-devops-app-password": "two", "port-client-id": "id", "port-client-secret": "two", "service-hook-password": "two, one",
	}
	if passwords, err = s.HookPasswords(t.Context(), false); !slices.Equal(passwords, []string{"one"}) || err != nil {
		t.Errorf("without need the vault is asked again: %q, %v", passwords, err)
	}
	passwords, err = s.HookPasswords(t.Context(), true)
	second, err1 := token(t.Context())
	_, secondPort, err2 := port(t.Context())
	if err := errors.Join(err, err1, err2); err != nil || second != "two" || secondPort != "two" || !slices.Equal(passwords, []string{"two", "one"}) {
		t.Errorf("after a rotation %q %q %q, %v", second, secondPort, passwords, err)
	}
}

func TestNotInTheVault(t *testing.T) {
	t.Parallel()
	s := NewSecrets(settings.Settings{}, (&vault{}).cached())
	if token, err := s.azureDevOpsToken()(t.Context()); token != "" || err != nil {
		t.Errorf("token %q, %v; want none, which means Entra", token, err)
	}
	var config *ConfigError
	if _, err := s.HookPasswords(t.Context(), false); !errors.As(err, &config) || !strings.Contains(err.Error(), hookPassword) {
		t.Errorf("passwords: %v", err)
	}
}

// TestVaultAway: a secret that cannot be read is not one that is missing.
func TestVaultAway(t *testing.T) {
	t.Parallel()
	v := &vault{failure: errors.New("vault away")}
	s := NewSecrets(settings.Settings{}, v.cached())
	_, tokenErr := s.azureDevOpsToken()(t.Context())
	_, _, portErr := s.portCredentials()(t.Context())
	_, hookErr := s.HookPasswords(t.Context(), false)
	for setting, err := range map[string]error{azureDevOpsToken: tokenErr, portClientID: portErr, hookPassword: hookErr} {
		if !errors.Is(err, v.failure) || !strings.Contains(err.Error(), setting) || !transport.Outage(err) {
			t.Errorf("%s: %v", setting, err)
		}
	}
}

func TestPasswordsInTheVaultAreChecked(t *testing.T) {
	t.Parallel()
	s := NewSecrets(settings.Settings{}, (&vault{secrets: map[string]settings.Secret{"service-hook-password": "s3cret,"}}).cached())
	_, err := s.HookPasswords(t.Context(), false)
	if err == nil || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("%v, want an error without the password", err)
	}
}
