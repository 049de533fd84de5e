package azurestorage

import (
	"context"
	"errors"
	"net/url"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azqueue/v2"

	"adoport/shared/storageaccount"
	"adoport/shared/transport"
)

// newRemote returns a queue of the account.
func newRemote(account storageaccount.Account, name string, o Options) (*remote, error) {
	client, err := open(account, name, o)
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(client.URL())
	if err != nil || u.Host == "" {
		// The error would repeat the URL.
		return nil, errors.New("the URL of the queue service is not valid")
	}
	return &remote{name: name, client: client, address: transport.Redact(u), keyed: account.ConnectionString != "", log: o.Logger}, nil
}

// open returns the SDK's client of one queue.
func open(account storageaccount.Account, name string, o Options) (*azqueue.QueueClient, error) {
	switch {
	case account.ConnectionString != "":
		return azqueue.NewQueueClientFromConnectionString(account.ConnectionString, name, o.client())
	case account.Queues != "" && account.Credential != nil:
		return azqueue.NewQueueClient(account.Queues+"/"+name, credential{account.Credential}, o.client())
	default:
		return nil, errNoAccount
	}
}

// credential tells its errors apart from those of the service.
type credential struct{ inner azcore.TokenCredential }

func (c credential) GetToken(ctx context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	token, err := c.inner.GetToken(ctx, o)
	if err != nil {
		return azcore.AccessToken{}, &tokenError{err}
	}
	return token, nil
}

// tokenError is a credential that gives no token. Unwrap lets the pipeline see
// whether trying again makes sense.
type tokenError struct{ err error }

func (e *tokenError) Error() string { return "getting a token: " + e.err.Error() }
func (e *tokenError) Unwrap() error { return e.err }
