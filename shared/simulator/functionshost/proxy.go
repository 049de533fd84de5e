package functionshost

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"strconv"
	"sync"
	"time"
)

// correlationHeader is the third header that has the invocation's id.
const correlationHeader = "X-Ms-Invocation-Id"

// proxy streams a request to the handler and its answer back, in the mode
// enableProxyingHttpRequest. Any answer is a success (host, DefaultHttpProxyService.cs).
//
// As in the newest host (ScriptInvocationRequestTransformer.cs) the Host header
// becomes the handler's address, and X-Forwarded-For, -Host and -Proto are added
// to what the client sent of them. An older host did neither: rely on neither.
func (h *Host) proxy(ctx context.Context, w http.ResponseWriter, r *http.Request, id string) error {
	// The handler may answer while the body is still coming. Not all writers can.
	_ = http.NewResponseController(w).EnableFullDuplex()
	idle := newIdleTimer(ctx, h.options.ActivityTimeout)
	defer idle.stop()
	r = r.WithContext(idle.ctx)
	if r.Body != nil {
		r.Body = &watchedBody{ReadCloser: r.Body, idle: idle}
	}
	var failure error
	p := httputil.ReverseProxy{
		Rewrite:       func(p *httputil.ProxyRequest) { h.rewrite(p, id) },
		Transport:     &retrying{next: h.worker.client.Transport, logs: h.logs},
		FlushInterval: -1,
		ModifyResponse: func(response *http.Response) error {
			idle.touch()
			response.Body = &watchedBody{ReadCloser: response.Body, idle: idle}
			return nil
		},
		ErrorLog:     log.New(io.Discard, "", 0),
		ErrorHandler: func(_ http.ResponseWriter, _ *http.Request, err error) { failure = err },
	}
	aborted := serve(&p, w, r)
	if failure == nil && aborted {
		failure = errors.New("the answer broke off")
	}
	if cause := context.Cause(idle.ctx); failure != nil && cause != nil {
		failure = cause
	}
	return failure
}

// drainTimeout is how long drain waits for the rest of a body.
const drainTimeout = 100 * time.Millisecond

// drain ends the reading of a body that the handler did not want all of. The server
// cannot do so itself after a full duplex answer: it would already be waiting for
// the next request, and panic.
func drain(w http.ResponseWriter, body io.Closer) {
	// What fails here ends the connection, which the server notices.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(drainTimeout))
	_ = body.Close()
}

// serve reports whether the answer broke off after its beginning was sent, which
// ReverseProxy tells with a panic that is meant for the server.
func serve(p *httputil.ReverseProxy, w http.ResponseWriter, r *http.Request) (aborted bool) {
	defer func() {
		if reason := recover(); reason == http.ErrAbortHandler { //nolint:errorlint // it is a value, and not wrapped
			aborted = true
		} else if reason != nil {
			panic(reason)
		}
	}()
	p.ServeHTTP(w, r)
	return false
}

// rewrite makes the request to the handler.
func (h *Host) rewrite(p *httputil.ProxyRequest, id string) {
	p.Out.URL.Scheme, p.Out.URL.Host, p.Out.Host = "http", net.JoinHostPort("127.0.0.1", strconv.Itoa(h.worker.port)), ""
	p.Out.URL.RawQuery = p.In.URL.RawQuery // as it came, even if Go cannot parse it
	for _, name := range []string{"X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"} {
		p.Out.Header[name] = append([]string(nil), p.In.Header[name]...)
	}
	if client, _, err := net.SplitHostPort(p.In.RemoteAddr); err == nil {
		p.Out.Header.Add("X-Forwarded-For", client)
	}
	p.Out.Header.Add("X-Forwarded-Host", p.In.Host)
	p.Out.Header.Add("X-Forwarded-Proto", "http")
	// What the client sent under these names is replaced.
	p.Out.Header.Set(versionHeader, HostVersion)
	p.Out.Header.Set(invocationHeader, id)
	p.Out.Header.Set(correlationHeader, id)
}

// errIdle is why a proxied request ends on which nothing happens.
var errIdle error = hostError("Failed to proxy request with ForwarderError: RequestTimedOut")

// idleTimer cancels a context when nothing was read for a while.
type idleTimer struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	after  time.Duration

	mu    sync.Mutex // guards timer
	timer *time.Timer
}

func newIdleTimer(ctx context.Context, after time.Duration) *idleTimer {
	t := &idleTimer{after: after}
	t.ctx, t.cancel = context.WithCancelCause(ctx)
	t.timer = time.AfterFunc(after, func() { t.cancel(errIdle) })
	return t
}

func (t *idleTimer) touch() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.timer.Reset(t.after)
}

func (t *idleTimer) stop() {
	t.timer.Stop()
	t.cancel(nil)
}

// watchedBody tells the timer when something is read.
type watchedBody struct {
	io.ReadCloser
	idle *idleTimer
}

func (b *watchedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if n > 0 {
		b.idle.touch()
	}
	return n, err
}
