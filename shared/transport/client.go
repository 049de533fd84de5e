package transport

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
)

// Options of a Client. The zero value of every field but System is usable.
type Options struct {
	// System is "Azure DevOps" or "Port"; errors name it.
	System string
	// UserAgent is sent as it is.
	UserAgent string
	// HTTP sends the requests; nil is NewHTTPClient(). Redirects are never
	// followed: a redirect of an API is a sign-in page.
	HTTP *http.Client
	// Authorizer sets the credentials of every try; nil sends none.
	Authorizer Authorizer
	// Gate is shared by all requests that one budget of the service pays for;
	// nil makes one for this client.
	Gate *Gate
	// Throttle says how long an answer, of any status, asks everyone to wait; 0
	// is not at all. nil reads Retry-After.
	Throttle func(h http.Header, status int, now time.Time) time.Duration
	// Judge looks at every answer before its status counts. It returns nil,
	// Unauthorized(err), Transient(err), or an error that is final.
	Judge func(*Response) error
	// Explain finds the service's own words in the body of a failure.
	Explain func(body []byte) (code, message string)
	// TraceHeader is the response header that the service's support asks for.
	TraceHeader string
	// MaxInFlight is how many requests are under way at once; 0 is 16.
	MaxInFlight int
	// Retry says how often and after which waits to try again.
	Retry RetryOptions
	// MaxWait is the longest wait at the gate; longer ones are given to the
	// caller as *ingest.ThrottledError. 0 is as long as the context lives.
	MaxWait time.Duration
	// Advice is what a person should check when the credentials are refused.
	Advice string
	// Logger gets one debug record a try; nil is slog.Default().
	Logger *slog.Logger
	// OnWait is called when a request begins to wait at the gate.
	OnWait func(time.Duration)
}

// Authorizer sets the credentials of requests.
type Authorizer interface {
	// Authorize sets the Authorization header.
	Authorize(ctx context.Context, h http.Header) error
	// Refresh drops what is cached, because the service refused it.
	Refresh(ctx context.Context)
}

// Request is one call. Its body is sent again at every try, so it MUST be safe
// to repeat.
type Request struct {
	Method string
	URL    string
	Header http.Header
	Body   []byte
}

// Response is an answer whose body was read to its end.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
}

// Client sends requests to one service under one set of credentials.
type Client struct {
	o        Options
	pipeline runtime.Pipeline
	stats    counters
}

// New returns a client.
func New(o Options) *Client {
	o = withDefaults(o)
	c := &Client{o: o}
	c.pipeline = runtime.NewPipeline("adoport", "", runtime.PipelineOptions{
		PerCall: []policy.Policy{&retryPolicy{o: o, stats: &c.stats}},
		PerRetry: []policy.Policy{
			&judgePolicy{o: o},
			newGatePolicy(o, &c.stats),
			&authPolicy{o: o},
			&timeoutPolicy{o: o},
			bodyPolicy{},
		},
	}, &policy.ClientOptions{
		Retry:     policy.RetryOptions{MaxRetries: -1},
		Telemetry: policy.TelemetryOptions{Disabled: true},
		Transport: o.HTTP,
	})
	return c
}

func withDefaults(o Options) Options {
	if o.HTTP == nil {
		o.HTTP = NewHTTPClient()
	}
	http1 := *o.HTTP
	http1.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	o.HTTP = &http1
	if o.Gate == nil {
		o.Gate = NewGate()
	}
	if o.Throttle == nil {
		o.Throttle = func(h http.Header, _ int, now time.Time) time.Duration { return RetryAfter(h, now) }
	}
	if o.Judge == nil {
		o.Judge = func(*Response) error { return nil }
	}
	if o.Explain == nil {
		o.Explain = func([]byte) (string, string) { return "", "" }
	}
	if o.MaxInFlight <= 0 {
		o.MaxInFlight = 16
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.OnWait == nil {
		o.OnWait = func(time.Duration) {}
	}
	o.Retry = o.Retry.withDefaults()
	return o
}

// NewHTTPClient returns a client with connections enough for many requests at
// once to one host, and limits on how long a silent server is waited for.
func NewHTTPClient() *http.Client {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConns = 128
	t.MaxIdleConnsPerHost = 64
	t.TLSHandshakeTimeout = 10 * time.Second
	t.ResponseHeaderTimeout = 90 * time.Second
	return &http.Client{Transport: t}
}

// Do sends a request and returns its 2xx answer. Any other outcome is an error:
// *StatusError for an answer, *ingest.AuthError when the credentials stay
// refused, *ingest.ThrottledError when the service asks for a longer wait than
// Options.MaxWait or ctx allow, or what broke the connection.
func (c *Client) Do(ctx context.Context, r Request) (*Response, error) {
	req, err := runtime.NewRequest(ctx, r.Method, r.URL)
	if err != nil {
		return nil, fmt.Errorf("making a request to %s: %w", c.o.System, err)
	}
	maps.Copy(req.Raw().Header, r.Header)
	req.Raw().Header.Set("User-Agent", c.o.UserAgent)
	setBody(req.Raw(), r.Body)
	resp, err := c.pipeline.Do(req)
	if err != nil {
		return nil, err
	}
	return readResponse(resp)
}

// readResponse takes the body that the pipeline has already downloaded.
func readResponse(resp *http.Response) (*Response, error) {
	body, err := runtime.Payload(resp) // already downloaded: no copy
	if err != nil {
		return nil, err
	}
	return &Response{Status: resp.StatusCode, Header: resp.Header, Body: body}, nil
}

// Redact returns a URL without its query values and user info, for logs and
// errors.
func Redact(u *url.URL) string {
	clean := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawPath: u.RawPath}
	return clean.String()
}
