package azuredevops

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"

	"adoport/shared/transport"
)

// system names Azure DevOps in errors and logs.
const system = "Azure DevOps"

// traceHeader is the response header that Microsoft's support asks for.
const traceHeader = "ActivityId"

// Options of a Client. Organization, and PAT or Credential, are required.
type Options struct {
	// Organization is the URL of an Organization.
	Organization string
	// AllowHTTP lets Organization be a plain http URL of another machine, to
	// which credentials then go in the clear.
	AllowHTTP bool
	// PAT gives the personal access token. It is called before the first request
	// and again each time that the token was refused, so it MUST NOT cache for
	// longer than that. nil, or a PAT of "", means Credential.
	PAT func(context.Context) (string, error)
	// Credential gives Entra tokens, for a managed identity or a service
	// principal.
	Credential azcore.TokenCredential
	// Version is the product's, for the User-Agent "adoport/<version>".
	Version string
	// HTTP sends the requests; nil is transport.NewHTTPClient().
	HTTP *http.Client
	// Logger gets one debug record a try; nil is slog.Default().
	Logger *slog.Logger
	// MaxInFlight is how many requests are under way at once; 0 is 16.
	MaxInFlight int
	// MaxWait is the longest wait that Azure DevOps may ask for before the
	// request fails with *ingest.ThrottledError; 0 is as long as the context
	// lives.
	MaxWait time.Duration
	// Retry says how often and after which waits to try again.
	Retry transport.RetryOptions
	// OnWait is called when a request begins to wait because Azure DevOps asked
	// for it.
	OnWait func(time.Duration)
}

// Client sends requests to one organization. It is safe for concurrent use.
type Client struct {
	organization Organization
	transport    *transport.Client
}

// New returns a client. The error is about the options; nothing is sent.
func New(o Options) (*Client, error) {
	organization, err := ParseOrganization(o.Organization, o.AllowHTTP)
	if err != nil {
		return nil, err
	}
	if o.PAT == nil && o.Credential == nil {
		return nil, errors.New("no credentials for Azure DevOps: give a personal access token or an Entra credential")
	}
	version := o.Version
	if version == "" {
		version = "dev"
	}
	auth := newAuthorizer(o.PAT, o.Credential, advice(organization))
	return &Client{
		organization: organization,
		transport: transport.New(transport.Options{
			System:     system,
			UserAgent:  "adoport/" + version,
			HTTP:       o.HTTP,
			Authorizer: auth,
			Throttle:   throttle,
			Judge:      judge{redact: auth.redact}.answer,
			Explain: func(body []byte) (code, message string) {
				code, message = explain(body)
				return auth.redact(code), auth.redact(message)
			},
			TraceHeader: traceHeader,
			MaxInFlight: o.MaxInFlight,
			Retry:       o.Retry,
			MaxWait:     o.MaxWait,
			Advice:      advice(organization),
			Logger:      o.Logger,
			OnWait:      o.OnWait,
		}),
	}, nil
}

// advice says what a person should check when credentials are refused. The
// scopes are those of the kinds that a backfill reads; the end of global tokens
// is from Microsoft Learn, "Use personal access tokens".
func advice(o Organization) string {
	return fmt.Sprintf(`Check that
- the personal access token has not expired and was not revoked;
- it was created for this organization, %s (tokens for all organizations stop working on 1 December 2026);
- it has the scopes Project and Team: read, Code: read, Build: read, Work Items: read;
- without a token: the managed identity or service principal was added to the organization as a user, and the organization is connected to its tenant.`, o.URL)
}

// Organization returns what the client sends its requests to.
func (c *Client) Organization() Organization { return c.organization }

// Stats returns what the client did so far.
func (c *Client) Stats() transport.Stats { return c.transport.Stats() }
