package functionshost

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

const (
	versionHeader    = "X-Azure-Functions-HostVersion"
	invocationHeader = "X-Azure-Functions-InvocationId"
	userAgent        = "Azure-Functions-Host/" + HostVersion

	// maxRedirects is as far as .NET's HttpClient follows.
	maxRedirects = 50
)

// unsized hides the length of a body, so that it is sent chunked.
type unsized struct{ io.Reader }

// post sends an envelope to a function in the default mode and reads the result,
// nil if there is none. There is no Content-Length, and no retry (host,
// DefaultHttpWorkerService.cs, ProcessDefaultInvocationRequest).
func (h *Host) post(ctx context.Context, f *function, id string, e *envelope) (*result, error) {
	body, err := e.bytes()
	if err != nil {
		return nil, fmt.Errorf("writing the invocation: %w", err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, h.worker.address("/"+f.name), unsized{bytes.NewReader(body)})
	if err != nil {
		return nil, fmt.Errorf("making the request: %w", err)
	}
	request.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	request.Header.Set("Content-Type", "application/json; charset=utf-8")
	request.Header.Set("User-Agent", userAgent)
	request.Header.Set(versionHeader, HostVersion)
	request.Header.Set(invocationHeader, id)
	response, err := h.worker.client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("sending the invocation: %w", err)
	}
	answer, err := io.ReadAll(response.Body)
	if err = errors.Join(err, response.Body.Close()); err != nil {
		return nil, fmt.Errorf("reading the answer: %w", err)
	}
	return readResult(response, answer)
}

// invoke sends an envelope and uses the result: its logs and its outputs. An
// answer without a result hangs until ctx ends.
func (h *Host) invoke(ctx context.Context, f *function, id string, e *envelope) (*result, error) {
	r, err := h.post(ctx, f, id, e)
	if err != nil {
		return nil, err
	}
	if r == nil {
		h.logs.add(Line{
			Level: Warning, Category: standIn, Function: f.name, Invocation: id,
			Text: "The handler answered without a body: the invocation hangs until functionTimeout, and then the handler is killed",
		})
		<-ctx.Done()
		return nil, ErrHang
	}
	for _, text := range r.logs {
		h.logs.add(Line{Level: Information, Category: "Function." + f.name + ".User", Function: f.name, Invocation: id, Text: text})
	}
	return r, h.applyOutputs(ctx, f, r)
}

// newClient returns the client of the default mode: it follows redirects and
// knows neither cookies nor compression.
func newClient(transport http.RoundTripper) *http.Client {
	return &http.Client{
		Transport: transport,
		CheckRedirect: func(_ *http.Request, via []*http.Request) error {
			if len(via) > maxRedirects {
				return http.ErrUseLastResponse
			}
			return nil
		},
	}
}

// isJSON reports whether a media type has a JSON formatter (aspnet/AspNetWebStack,
// JsonMediaTypeFormatter.cs).
func isJSON(contentType string) bool {
	media, _, _ := strings.Cut(contentType, ";")
	switch strings.ToLower(strings.TrimSpace(media)) {
	case "application/json", "text/json":
		return true
	}
	return false
}
