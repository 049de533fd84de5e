package keyvault_test

import (
	"context"
	"errors"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"adoport/shared/secret/keyvault"
)

// TestIdentity: no token, so no request for the secret.
func TestIdentity(t *testing.T) {
	s := newServer(t)
	other := newServer(t) // its identity knows nothing of the first's vault
	for label, test := range map[string]struct {
		clientID, endpoint string
		status             int
		says               string
	}{
		"wrong client ID":  {clientID: "99999999-0000-4000-8000-000000000000", says: "no such managed identity (400); set AZURE_CLIENT_ID"},
		"endpoint fails":   {status: 500, says: "gives out no token (500)"},
		"endpoint refuses": {status: 401, says: "gives out no token (401)"},
		"no endpoint":      {endpoint: "http://127.0.0.1:0/msi/token", says: "does not answer; assign a managed identity"},
		"Entra refuses":    {clientID: other.ClientID(), endpoint: other.Identity()["IDENTITY_ENDPOINT"], says: "(AADSTS500011)"},
	} {
		t.Run(label, func(t *testing.T) {
			for variable, v := range s.Identity() {
				t.Setenv(variable, v)
			}
			if test.endpoint != "" {
				t.Setenv("IDENTITY_ENDPOINT", test.endpoint)
				t.Setenv("IDENTITY_HEADER", other.Identity()["IDENTITY_HEADER"])
			}
			s.FailIdentity(test.status)
			if test.clientID == "" {
				test.clientID = s.ClientID()
			}
			v, err := keyvault.New(s.URL(), managedIdentity(t, s, test.clientID), keyvault.Options{HTTP: s.Client()})
			if err != nil {
				t.Fatal(err)
			}
			_, err = v.Read(t.Context(), name)
			checkText(t, s, err, test.says)
			checkText(t, other, err, "")
			checkIs(t, err, nil)
			if _, ok := errors.AsType[*azidentity.AuthenticationFailedError](err); !ok {
				t.Errorf("%v is no AuthenticationFailedError", err)
			}
		})
	}
	if s.Reads(name) != 0 {
		t.Error("the secret was asked for without a token")
	}
}

// credential is one that is not the vendor's.
type credential func(context.Context) error

func (c credential) GetToken(ctx context.Context, _ policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{}, c(ctx)
}

func TestCredentials(t *testing.T) {
	s := newServer(t)
	var none azcore.TokenCredential
	for label, test := range map[string]struct {
		credential azcore.TokenCredential
		says       string
	}{
		"none": {none, "no identity to ask the vault with"},
		"not signed in": {credential(func(context.Context) error {
			return azidentity.NewCredentialUnavailableError("run az login? or use " + value)
		}), "run az login"},
	} {
		t.Run(label, func(t *testing.T) {
			v, err := keyvault.New(s.URL(), test.credential, keyvault.Options{HTTP: s.Client()})
			if err != nil {
				t.Fatal(err)
			}
			_, err = v.Read(t.Context(), name)
			checkText(t, s, err, test.says)
			checkIs(t, err, nil)
		})
	}
}

// deadline is a context whose time ends when it is told to.
type deadline struct {
	context.Context
	passed chan struct{}
}

func (d deadline) Done() <-chan struct{} { return d.passed }

func (d deadline) Err() error {
	select {
	case <-d.passed:
		return context.DeadlineExceeded
	default:
		return nil
	}
}

// TestSilentIdentity: the vault is not to blame if the time runs out while a
// token is waited for.
func TestSilentIdentity(t *testing.T) {
	s := newServer(t)
	ctx := deadline{t.Context(), make(chan struct{})}
	v, err := keyvault.New(s.URL(), credential(func(waiting context.Context) error {
		close(ctx.passed)
		<-waiting.Done()
		return waiting.Err()
	}), keyvault.Options{HTTP: s.Client()})
	if err != nil {
		t.Fatal(err)
	}
	_, err = v.Read(ctx, name)
	checkText(t, s, err, "managed identity endpoint does not answer")
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v is no end of a context", err)
	}
}
