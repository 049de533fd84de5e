// Package keyvault reads secrets from an Azure Key Vault.
package keyvault

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azsecrets"

	"adoport/shared/secret"
	"adoport/shared/settings"
)

// Options of a Vault. The zero value is usable.
type Options struct {
	// HTTP sends the requests to the vault; nil is azcore's own client.
	HTTP *http.Client
	// TryTimeout ends one request; 5 s. A read takes up to three tries, which ctx
	// alone limits, as it does the identity's token.
	TryTimeout time.Duration
	// Logger is warned of secrets that are used outside of their time; nil is
	// slog.Default().
	Logger *slog.Logger
}

// Vault reads the secrets of one Key Vault. It is a secret.Source, and safe for
// concurrent use. It remembers the identity's token, but no secret.
type Vault struct {
	host     string
	identity *identity
	client   *azsecrets.Client
	logger   *slog.Logger
}

var _ secret.Source = (*Vault)(nil)

// New returns a vault by its URL, https://name.vault.azure.net. It sends nothing.
// The error is *settings.Problem if the URL is wrong; it does not repeat it.
//
// The token for the vault is only ever sent to a host that is below the resource
// it is for: azsecrets' verification of challenges MUST stay enabled.
func New(vaultURL string, credential azcore.TokenCredential, o Options) (*Vault, error) {
	host, err := checkURL(vaultURL)
	if err != nil {
		return nil, err
	}
	if o.TryTimeout <= 0 {
		o.TryTimeout = 5 * time.Second
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	options := policy.ClientOptions{
		Retry: policy.RetryOptions{MaxRetries: 2, RetryDelay: 200 * time.Millisecond, MaxRetryDelay: 2 * time.Second},
		// Not RetryOptions.TryTimeout: that would include getting a token, which
		// is not tried again, and may take long when an app has just started.
		PerRetryPolicies: []policy.Policy{timeoutPolicy(o.TryTimeout)},
	}
	if o.HTTP != nil {
		options.Transport = o.HTTP
	}
	v := &Vault{host: host, identity: &identity{credential: credential}, logger: o.Logger}
	v.client, err = azsecrets.NewClient("https://"+host, v.identity, &azsecrets.ClientOptions{ClientOptions: options})
	if err != nil {
		return nil, fmt.Errorf("making a client of Key Vault: %w", err)
	}
	return v, nil
}

// Read returns the newest version of a secret, without white space around it: a
// file that was uploaded may end with a newline. The error is *Error.
func (v *Vault) Read(ctx context.Context, name string) (settings.Secret, error) {
	response, err := v.client.GetSecret(ctx, name, "", nil)
	if err != nil {
		return "", v.failed(name, v.explain(ctx, err))
	}
	a := response.Attributes
	if a != nil && a.Enabled != nil && !*a.Enabled {
		return "", v.failed(name, disabled)
	}
	if response.Value == nil {
		return "", v.failed(name, noAnswer)
	}
	value := strings.TrimSpace(*response.Value)
	if value == "" {
		return "", v.failed(name, empty)
	}
	if a != nil && a.Expires != nil && a.Expires.Before(time.Now()) {
		// The service that it opens decides whether it still does; the vault
		// itself gives it out (Microsoft Learn, "About Azure Key Vault secrets").
		v.logger.LogAttrs(ctx, slog.LevelWarn, "a secret has expired, says the vault; it is used all the same",
			slog.String("secret", name), slog.Time("expired", *a.Expires))
	}
	return settings.Secret(value), nil
}

// timeoutPolicy ends one request. It is the innermost policy.
type timeoutPolicy time.Duration

func (p timeoutPolicy) Do(req *policy.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(req.Raw().Context(), time.Duration(p))
	defer cancel() // the body was read by then
	return req.Clone(ctx).Next()
}
