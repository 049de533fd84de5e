package functionshost

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
)

// contentHeaders belong to a body in .NET, so that copying them to the request
// fails silently: they are dropped, but for those that are copied with the body.
var contentHeaders = []string{
	"Allow", "Content-Disposition", "Content-Encoding", "Content-Language", "Content-Length", "Content-Location",
	"Content-Md5", "Content-Range", "Content-Type", "Expires", "Last-Modified",
}

// forward sends a copy of a request to the handler and buffers the answer, in the
// older mode enableForwardingHttpRequest. Any answer is a success; redirects are not
// followed (host, DefaultHttpWorkerService.cs, ProcessHttpInAndOutInvocationRequest).
func (h *Host) forward(ctx context.Context, r *http.Request, id string) (httpAnswer, error) {
	request, err := http.NewRequestWithContext(ctx, r.Method, h.worker.address(r.URL.EscapedPath()), nil)
	if err != nil {
		return httpAnswer{}, fmt.Errorf("making the request: %w", err)
	}
	request.URL.RawQuery = r.URL.Query().Encode()
	request.Host = r.Host
	for name, values := range r.Header {
		if !slices.Contains(contentHeaders, name) && name != "Transfer-Encoding" {
			request.Header[name] = slices.Clone(values)
		}
	}
	// Added, not set: what the client sent under these names stays.
	request.Header.Add(versionHeader, HostVersion)
	request.Header.Add(invocationHeader, id)
	agent := userAgent
	if client := request.Header.Get("User-Agent"); client != "" {
		agent = client + " " + userAgent
	}
	request.Header.Set("User-Agent", agent)
	if r.ContentLength > 0 { // so a chunked body is lost
		request.Body, request.ContentLength = r.Body, r.ContentLength
		if contentType := r.Header.Get("Content-Type"); contentType != "" {
			request.Header.Set("Content-Type", contentType)
		}
	}
	// The transport may still read the body when it returns; nobody may when the
	// server's handler has.
	defer func() { _ = r.Body.Close() }()
	response, err := h.worker.client.Transport.RoundTrip(request)
	if err != nil {
		return httpAnswer{}, fmt.Errorf("forwarding the request: %w", err)
	}
	body, err := io.ReadAll(response.Body)
	if err = errors.Join(err, response.Body.Close()); err != nil {
		return httpAnswer{}, fmt.Errorf("reading the answer: %w", err)
	}
	response.Header.Del("Connection")
	return httpAnswer{status: response.StatusCode, header: response.Header, body: body}, nil
}
