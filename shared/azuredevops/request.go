package azuredevops

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"

	"adoport/shared/transport"
)

// apiVersion is the newest version that is not a preview and that Azure DevOps
// Server 2022 has too.
const apiVersion = "7.1"

// continuationHeader carries the token of the next page of a list.
const continuationHeader = "X-Ms-Continuationtoken"

// Request is one call. It may be sent several times, so it MUST be safe to
// repeat.
type Request struct {
	// Host is the service that has the resource; the zero value is Core.
	Host Host
	// Path are the segments after the organization: {"Fabrikam Fiber", "_apis",
	// "wit", "wiql"}. Each is escaped, so a name may hold any character.
	Path []string
	// Query is escaped too. It is not changed.
	Query url.Values
	// Method is the HTTP method; "" is GET, or POST if there is a Body.
	Method string
	// Body is sent as JSON if it is not nil.
	Body any
	// Version is the api-version; "" is 7.1.
	Version string
}

// Do sends r and decodes the JSON answer into out, with the numbers of values of
// type any as json.Number. A nil out ignores the body of the answer, and is the
// only one that an answer without a body (204) is no error for. It returns the
// continuation token of the answer's header, "" if there is none; for one in the
// body embed Continuation in out.
//
// The error is *ingest.AuthError if the credentials are refused, a sign-in page
// included; *ingest.ThrottledError if Azure DevOps asks for a longer wait than
// Options.MaxWait; *transport.StatusError for any other answer that is no
// success; else what broke the request.
func (c *Client) Do(ctx context.Context, r Request, out any) (continuation string, err error) {
	resp, err := c.send(ctx, r)
	if err != nil {
		return "", err
	}
	if out == nil {
		return resp.Header.Get(continuationHeader), nil
	}
	if err := Decode(resp.Body, out); err != nil {
		return "", c.decodeError(r, resp, err)
	}
	return resp.Header.Get(continuationHeader), nil
}

func (c *Client) decodeError(r Request, resp *transport.Response, err error) error {
	return fmt.Errorf("decoding the answer (%d, %d bytes) to %s: %w", resp.Status, len(resp.Body), c.name(r), err)
}

// name is a request in errors.
func (c *Client) name(r Request) string {
	return r.method() + " " + c.organization.base(r.Host) + "/" + strings.Join(r.Path, "/")
}

func (c *Client) send(ctx context.Context, r Request) (*transport.Response, error) {
	address, err := c.address(r)
	if err != nil {
		return nil, err
	}
	header := http.Header{
		"Accept": {"application/json"},
		// Without it an API call with refused credentials is redirected to a
		// sign-in page.
		"X-Tfs-Fedauthredirect": {"Suppress"},
	}
	var body []byte
	if r.Body != nil {
		if body, err = json.Marshal(r.Body); err != nil {
			return nil, fmt.Errorf("encoding the body of a request: %w", err)
		}
	}
	return c.transport.Do(ctx, transport.Request{Method: r.method(), URL: address, Header: header, Body: body})
}

func (r Request) method() string {
	switch {
	case r.Method != "":
		return r.Method
	case r.Body != nil:
		return http.MethodPost
	default:
		return http.MethodGet
	}
}

// address is the URL of r. A segment that is empty or made of dots is refused,
// because the URL would be that of another resource: of the list instead of one
// item.
func (c *Client) address(r Request) (string, error) {
	var b strings.Builder
	b.WriteString(c.organization.base(r.Host))
	for _, segment := range r.Path {
		if segment == "" || segment == "." || segment == ".." {
			return "", fmt.Errorf("a request path %q has the segment %q, which names nothing", r.Path, segment)
		}
		b.WriteByte('/')
		b.WriteString(url.PathEscape(segment))
	}
	query := maps.Clone(r.Query)
	if query == nil {
		query = url.Values{}
	}
	if r.Version == "" {
		query.Set("api-version", apiVersion)
	} else {
		query.Set("api-version", r.Version)
	}
	return b.String() + "?" + query.Encode(), nil
}
