package azure

import (
	"fmt"
	"log/slog"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"

	"adoport/cmd/internal/wiring"
	"adoport/shared/secret"
	"adoport/shared/secret/keyvault"
	"adoport/shared/settings"
)

// NewSecrets returns the secrets of the settings, and those of the Key Vault if
// there is one. The error is a *wiring.ConfigError.
func NewSecrets(s settings.Settings, identity func() (azcore.TokenCredential, error), log *slog.Logger) (*wiring.Secrets, error) {
	if s.KeyVaultURL == "" {
		return wiring.NewSecrets(s, nil), nil
	}
	vault, err := NewVault(s.KeyVaultURL, identity)
	if err != nil {
		return nil, err
	}
	return wiring.NewSecrets(s, secret.New(vault, secret.Options{Logger: log})), nil
}

// NewVault opens a Key Vault. The error is a *wiring.ConfigError.
func NewVault(url string, identity func() (azcore.TokenCredential, error)) (*keyvault.Vault, error) {
	credential, err := identity()
	if err != nil {
		return nil, &wiring.ConfigError{Err: fmt.Errorf("KEY_VAULT_URL: there is no Entra credential: %w", err)}
	}
	vault, err := keyvault.New(url, credential, keyvault.Options{})
	if err != nil {
		return nil, &wiring.ConfigError{Err: fmt.Errorf("KEY_VAULT_URL: %w", err)}
	}
	return vault, nil
}
