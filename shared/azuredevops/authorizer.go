package azuredevops

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"adoport/shared/ingest"
)

const (
	// scope asks for a token for Azure DevOps: its application ID, which is the
	// same in every tenant (Microsoft Learn, "Use service principals & managed
	// identities").
	scope = "499b84ac-1321-427f-aa17-267ca6975798/.default"
	// early is how long before its end a token is replaced.
	early = 5 * time.Minute
)

// authorizer sets the Authorization header: Basic for a personal access token,
// Bearer for an Entra token. It keeps what it got until it ends or is refused.
type authorizer struct {
	pat        func(context.Context) (string, error)
	credential azcore.TokenCredential
	advice     string

	// lock guards grant; a channel, so that a request whose context ends does
	// not wait for another one's token.
	lock    chan struct{}
	grant   *grant
	secrets secrets
}

// grant is what may be sent.
type grant struct {
	header string
	// renew is when to ask for a new one, ends when this one is worth nothing;
	// both are the zero time for a personal access token.
	renew, ends time.Time
}

// nonRetriable is azcore's mark of an error that another try cannot change, which
// azidentity puts on credentials that Entra refused.
type nonRetriable interface {
	error
	NonRetriable()
}

func newAuthorizer(pat func(context.Context) (string, error), credential azcore.TokenCredential, advice string) *authorizer {
	return &authorizer{pat: pat, credential: credential, advice: advice, lock: make(chan struct{}, 1)}
}

// Authorize sets the Authorization header. The error is *ingest.AuthError if
// there are no credentials, or if Entra refused them.
func (a *authorizer) Authorize(ctx context.Context, h http.Header) error {
	if err := a.acquire(ctx); err != nil {
		return err
	}
	defer a.release()
	if a.grant == nil || !a.grant.renew.IsZero() && !time.Now().Before(a.grant.renew) {
		g, err := a.ask(ctx)
		if err != nil && (a.grant == nil || !time.Now().Before(a.grant.ends)) {
			return err
		}
		if err == nil {
			a.grant = g
		}
	}
	h.Set("Authorization", a.grant.header)
	return nil
}

// Refresh drops what is kept, because it was refused: the secret may have been
// rotated. It keeps it if ctx ends first, for then nothing is tried again.
func (a *authorizer) Refresh(ctx context.Context) {
	if a.acquire(ctx) != nil {
		return
	}
	defer a.release()
	a.grant = nil
}

func (a *authorizer) acquire(ctx context.Context) error {
	select {
	case a.lock <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (a *authorizer) release() { <-a.lock }

// ask gets a new grant: the personal access token, or an Entra token if there is
// none.
func (a *authorizer) ask(ctx context.Context) (*grant, error) {
	if a.pat != nil {
		pat, err := a.pat(ctx)
		if err != nil {
			return nil, fmt.Errorf("reading the personal access token of Azure DevOps: %w", err)
		}
		if pat = strings.TrimSpace(pat); pat != "" { // a file or a vault may add a newline
			encoded := base64.StdEncoding.EncodeToString([]byte(":" + pat))
			a.secrets.remember(pat, encoded)
			return &grant{header: "Basic " + encoded}, nil
		}
	}
	if a.credential == nil {
		return nil, &ingest.AuthError{System: system, Advice: a.advice, Err: errors.New("there is no personal access token, and no Entra credential")}
	}
	return a.askEntra(ctx)
}

func (a *authorizer) askEntra(ctx context.Context) (*grant, error) {
	token, err := a.credential.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{scope}})
	if err != nil {
		err = fmt.Errorf("getting an Entra token for Azure DevOps: %w", err)
		if _, ok := errors.AsType[nonRetriable](err); ok {
			return nil, &ingest.AuthError{System: system, Advice: a.advice, Err: err}
		}
		return nil, err
	}
	a.secrets.remember(token.Token)
	renew := token.ExpiresOn.Add(-early)
	if !token.RefreshOn.IsZero() && token.RefreshOn.Before(renew) {
		renew = token.RefreshOn
	}
	return &grant{header: "Bearer " + token.Token, renew: renew, ends: token.ExpiresOn}, nil
}

// redact replaces the secrets of this authorizer in s, should a server have sent
// one back.
func (a *authorizer) redact(s string) string { return a.secrets.redact(s) }
