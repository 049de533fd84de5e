package keyvault

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"sync/atomic"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

// identity marks the errors of a credential, which could else not be told from
// those of the vault.
type identity struct {
	credential azcore.TokenCredential
	// missing is true from when a token is asked for until it is there: azcore
	// forgets why it waited when its context ends.
	missing atomic.Bool
}

func (i *identity) GetToken(ctx context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	if i.credential == nil {
		return azcore.AccessToken{}, &tokenError{errors.New("there is no credential")}
	}
	i.missing.Store(true)
	token, err := i.credential.GetToken(ctx, o)
	if err != nil {
		return azcore.AccessToken{}, &tokenError{err}
	}
	i.missing.Store(false)
	return token, nil
}

// tokenError is a token that was not given out.
type tokenError struct{ err error }

func (e *tokenError) Error() string { return e.err.Error() }
func (e *tokenError) Unwrap() error { return e.err }

const assign = "assign a managed identity to this app and, if it is a user-assigned one, set AZURE_CLIENT_ID to its client ID"

var noEndpoint = verdict{what: "the managed identity endpoint does not answer", do: assign}

func explainToken(err error) verdict {
	failed, ok := errors.AsType[*azidentity.AuthenticationFailedError](err)
	if !ok {
		return verdict{what: "there is no identity to ask the vault with", do: assign + "; on a developer's computer, run az login"}
	}
	if code := entraCode(err); code != "" {
		return verdict{what: "Microsoft Entra refused the identity of this app (" + code + ")", do: "check AZURE_CLIENT_ID, and that the identity is in the tenant of the vault"}
	}
	if failed.RawResponse == nil {
		return noEndpoint
	}
	status := strconv.Itoa(failed.RawResponse.StatusCode)
	if failed.RawResponse.StatusCode == http.StatusBadRequest {
		return verdict{what: "this app has no such managed identity (400)", do: "set AZURE_CLIENT_ID to the client ID of a user-assigned identity that is assigned to this app; remove it for the system-assigned one"}
	}
	return verdict{what: "the managed identity endpoint gives out no token (" + status + ")", do: "try again; if that stays, restart this app"}
}

// entraCode returns Entra's own error code, which is safe to print: AADSTS and a
// number (Microsoft Learn, "Microsoft Entra authentication and authorization error
// codes").
func entraCode(err error) string {
	return regexp.MustCompile(`AADSTS[0-9]{1,9}`).FindString(err.Error())
}
