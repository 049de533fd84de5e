package wiring

import (
	"context"
	"errors"

	"adoport/shared/secret"
	"adoport/shared/settings"
)

// Secrets are those of the settings, and of the vault for what is not set. It is
// safe for concurrent use.
type Secrets struct {
	settings settings.Settings
	vault    *secret.Cache // nil if there is none
}

// NewSecrets returns the secrets of settings. vault is asked for those that are
// not set; nil is no vault.
func NewSecrets(s settings.Settings, vault *secret.Cache) *Secrets {
	return &Secrets{settings: s, vault: vault}
}

// Names of the settings that may be in the vault.
const (
	azureDevOpsToken = "AZURE_DEVOPS_APP_PASSWORD"
	portClientID     = "PORT_CLIENT_ID"
	portClientSecret = "PORT_CLIENT_SECRET"
	hookPassword     = "SERVICE_HOOK_PASSWORD"
)

// UnreadableError is a secret that is not set, and that the vault does not give
// although it may have it.
type UnreadableError struct {
	Setting string
	Err     error
}

func (e *UnreadableError) Error() string {
	return e.Setting + " is not set, and cannot be read from the vault: " + e.Err.Error()
}

// Unwrap returns what the vault said.
func (e *UnreadableError) Unwrap() error { return e.Err }

// Outage is true: what needs the secret will work when the vault does.
func (e *UnreadableError) Outage() bool { return true }

// found makes "" of a secret that the vault does not have.
func found(setting string, value settings.Secret, err error) (settings.Secret, error) {
	if errors.Is(err, secret.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", &UnreadableError{Setting: setting, Err: err}
	}
	return value, nil
}

// source returns a source of a secret for one client, which asks for it once, and
// again whenever it was refused. Its value is "" if it is neither set nor in the
// vault.
func (s *Secrets) source(setting string, set settings.Secret) func(context.Context) (string, error) {
	if set != "" || s.vault == nil {
		return func(context.Context) (string, error) { return set.Reveal(), nil }
	}
	read := s.vault.Func(secret.Name(setting))
	return func(ctx context.Context) (string, error) {
		value, err := read(ctx)
		value, err = found(setting, value, err)
		return value.Reveal(), err
	}
}

// azureDevOpsToken is the source of the personal access token. "" means Entra.
func (s *Secrets) azureDevOpsToken() func(context.Context) (string, error) {
	return s.source(azureDevOpsToken, s.settings.AzureDevOpsToken)
}

// portCredentials returns a source of the client ID and the client secret for
// one client, which asks for them for every token.
func (s *Secrets) portCredentials() func(context.Context) (id, secret string, err error) {
	ids := s.source(portClientID, settings.Secret(s.settings.PortClientID))
	secrets := s.source(portClientSecret, s.settings.PortClientSecret)
	return func(ctx context.Context) (id, secret string, err error) {
		if id, err = ids(ctx); err != nil {
			return "", "", err
		}
		secret, err = secrets(ctx)
		return id, secret, err
	}
}

// HookPasswords are all that service hooks may have now, the one to send first.
// again asks for a closer look, because a hook came with another one.
func (s *Secrets) HookPasswords(ctx context.Context, again bool) ([]string, error) {
	if set := s.settings.ServiceHookPasswords; len(set) > 0 {
		return reveal(set), nil
	}
	if s.vault == nil {
		return nil, missingPassword()
	}
	name := secret.Name(hookPassword)
	value, err := s.vault.Get(ctx, name)
	if err == nil && again {
		value, err = s.vault.Again(ctx, name, value)
	}
	if value, err = found(hookPassword, value, err); err != nil {
		return nil, err
	}
	if value == "" {
		return nil, missingPassword()
	}
	passwords, err := settings.ParsePasswords(value)
	if err != nil {
		return nil, &ConfigError{err}
	}
	return reveal(passwords), nil
}

func missingPassword() error {
	return &ConfigError{errors.New(hookPassword + " is not set: set it to a long random text, and give it to the service hooks")}
}

func reveal(secrets []settings.Secret) []string {
	all := make([]string, len(secrets))
	for i, s := range secrets {
		all[i] = s.Reveal()
	}
	return all
}
