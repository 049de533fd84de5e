package port

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"adoport/shared/ingest"
	"adoport/shared/transport"
)

// DefaultBaseURL is Port's API in the EU; the US has https://api.us.port.io
// (port-api.info).
const DefaultBaseURL = "https://api.port.io"

const (
	system      = "Port"
	traceHeader = "X-Trace-Id"
	advice      = "Check the client ID and the client secret (Port: Builder, Credentials), and that the base URL is the one of your region: https://api.port.io (EU) or https://api.us.port.io (US)."
)

// Options of a Client. Only Credentials is required.
type Options struct {
	// BaseURL is DefaultBaseURL if empty. /v1 is appended; it may be there
	// already. http is accepted for loopback hosts, for others with AllowHTTP.
	BaseURL   string
	AllowHTTP bool
	// Credentials is asked at every token request, so that a rotated secret is
	// used without a restart.
	Credentials func(ctx context.Context) (clientID, clientSecret string, err error)
	// Version and Instance make the User-Agent, from which Port derives the
	// $datasource of what we write. Instance is "default" if empty; letters,
	// digits, dot, underscore and dash, at most 64.
	Version, Instance string
	// CreateMissingRelated lets Port create the entities that relations point
	// at. Merge keeps what an upsert does not mention; without it an upsert
	// replaces the whole entity.
	CreateMissingRelated, Merge bool

	// HTTP, Logger, MaxWait, Retry and OnWait are those of transport.Options.
	HTTP    *http.Client
	Logger  *slog.Logger
	MaxWait time.Duration
	Retry   transport.RetryOptions
	OnWait  func(time.Duration)
	// MaxInFlight is how many requests are under way at once; 0 is 32.
	MaxInFlight int
	// Linger and SearchLinger are how long an upsert and a search that are not
	// full wait for other callers. 0 is 10 ms and 25 ms; negative is not at all.
	Linger, SearchLinger time.Duration
}

// Client talks to one Port organization. It implements ingest.Catalog and is
// safe for concurrent use. It needs no closing: nothing of it runs while no call
// is under way.
type Client struct {
	base     string // ends in /v1
	o        Options
	api      *transport.Client
	tokens   *tokenSource
	skew     atomic.Int64 // nanoseconds that Port's clock is ahead
	findable atomic.Int64 // identifiers that one search is known to take

	upserts *batcher[string, encoded, ingest.Outcome]
	finds   *batcher[findKey, string, found]
}

var _ ingest.Catalog = (*Client)(nil)

// New returns a client, or says what is wrong with the options.
func New(o Options) (*Client, error) {
	base, err := apiURL(cmp.Or(o.BaseURL, DefaultBaseURL), o.AllowHTTP)
	if err != nil {
		return nil, err
	}
	if o.Credentials == nil {
		return nil, errors.New("port: Options.Credentials is missing")
	}
	o.Instance = cmp.Or(o.Instance, "default")
	if err := checkInstance(o.Instance); err != nil {
		return nil, err
	}
	if o.HTTP == nil {
		o.HTTP = transport.NewHTTPClient()
	}
	o.MaxInFlight = cmp.Or(o.MaxInFlight, 32)
	o.Retry.Attempts = cmp.Or(o.Retry.Attempts, 6)
	o.Retry.Base = cmp.Or(o.Retry.Base, 200*time.Millisecond)
	o.Retry.Cap = cmp.Or(o.Retry.Cap, 10*time.Second)

	c := &Client{base: base, o: o}
	tokenOptions := c.transportOptions(1)
	tokenOptions.Retry.Confirm = cmp.Or(o.Retry.Confirm, 1) // a wrong secret is not a passing fault
	c.tokens = &tokenSource{
		url: base + "/auth/access_token", credentials: o.Credentials,
		client: transport.New(tokenOptions), lock: make(chan struct{}, 1), now: time.Now,
	}
	api := c.transportOptions(o.MaxInFlight)
	api.Authorizer = c.tokens
	api.Explain = func(body []byte) (code, message string) {
		code, message = explain(body)
		return c.tokens.redact(code), c.tokens.redact(message)
	}
	c.api = transport.New(api)
	c.findable.Store(findMax)
	c.upserts = newUpserts(c, linger(o.Linger, 10*time.Millisecond))
	c.finds = newFinds(c, linger(o.SearchLinger, 25*time.Millisecond))
	return c, nil
}

// transportOptions are what the requests for tokens and all others have in
// common. They have a gate each, for they have a budget each (rate-limits).
func (c *Client) transportOptions(inFlight int) transport.Options {
	return transport.Options{
		System: system, UserAgent: userAgent(c.o.Version, c.o.Instance), HTTP: c.o.HTTP,
		Throttle: c.throttle, Judge: judge, Explain: explain, TraceHeader: traceHeader,
		MaxInFlight: inFlight, Retry: c.o.Retry, MaxWait: c.o.MaxWait, Advice: advice,
		Logger: c.o.Logger, OnWait: c.o.OnWait,
	}
}

func linger(set, standard time.Duration) time.Duration {
	if set < 0 {
		return 0
	}
	return cmp.Or(set, standard)
}

// Stats returns what the client did so far, token requests included.
func (c *Client) Stats() transport.Stats {
	s, t := c.api.Stats(), c.tokens.client.Stats()
	s.Requests += t.Requests
	s.Retries += t.Retries
	s.Throttled += t.Throttled
	s.Waited += t.Waited
	return s
}
