package functionshost

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestProxy: a proxied request arrives as it was, with the host's headers.
func TestProxy(t *testing.T) {
	t.Parallel()
	a := newApp(t, hostJSONFor(""), map[string]string{"hook": httpFunction})
	a.onRequest(func(received) reply {
		return reply{Status: 302, Header: http.Header{"Location": {"/elsewhere"}, "X-A": {"1", "2"}}, Body: "moved"}
	})
	h := a.start(Options{})
	header := http.Header{
		"Host": {"fabrikam.example"}, "User-Agent": {"client/1"}, "Content-Encoding": {"gzip"}, "Authorization": {"Basic x"},
		"X-Azure-Functions-Invocationid": {"forged"}, "X-Ms-Invocation-Id": {"forged"}, "X-Azure-Functions-Hostversion": {"forged"},
		"X-Forwarded-For": {"203.0.113.7"}, "X-Forwarded-Proto": {"https"}, "Keep-Alive": {"x"},
	}
	got := send(t, h, "POST", "/api/hook?a=%20b;c&code=k", header, unsized{strings.NewReader("body")})
	if got.status != 302 || got.body != "moved" || got.header.Get("Location") != "/elsewhere" || len(got.header["X-A"]) != 2 {
		t.Errorf("%+v", got)
	}
	i := await(a, h, "hook", 1)
	r := a.requests()[0]
	if r.URL != "/api/hook?a=%20b;c&code=k" || r.Body != "body" || r.Length != -1 || r.Host != net.JoinHostPort("127.0.0.1", strconv.Itoa(h.worker.port)) {
		t.Errorf("the handler got %+v", r)
	}
	for name, want := range map[string][]string{
		invocationHeader: {i.ID}, correlationHeader: {i.ID}, versionHeader: {HostVersion}, "User-Agent": {"client/1"},
		"Content-Encoding": {"gzip"}, "Authorization": {"Basic x"}, "Keep-Alive": nil,
		"X-Forwarded-For": {"203.0.113.7", "127.0.0.1"}, "X-Forwarded-Host": {"fabrikam.example"}, "X-Forwarded-Proto": {"https", "http"},
	} {
		if got := r.Header[http.CanonicalHeaderKey(name)]; !slices.Equal(got, want) {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if i.Err != nil || len(a.requests()) != 1 {
		t.Errorf("%+v after %d requests", i, len(a.requests()))
	}
}

// TestProxyAnyStatus: whatever the handler answers, the invocation succeeds.
func TestProxyAnyStatus(t *testing.T) {
	t.Parallel()
	a := newApp(t, hostJSONFor(""), map[string]string{"hook": httpFunction})
	a.onRequest(func(received) reply { return reply{Status: 503, Header: http.Header{"Retry-After": {"7"}}} })
	h := a.start(Options{})
	if got := send(t, h, "GET", "/api/hook", nil, nil); got.status != 503 || got.header.Get("Retry-After") != "7" || await(a, h, "hook", 1).Err != nil {
		t.Errorf("%+v", got)
	}
}

// TestProxyStreams: bodies go through as they come, both ways at once.
func TestProxyStreams(t *testing.T) {
	t.Parallel()
	a := newApp(t, hostJSONFor(""), map[string]string{"echo": bindings(`{"type":"httpTrigger","direction":"in","name":"request","authLevel":"anonymous"}`, httpOut)})
	h := a.start(Options{})
	reader, writer := io.Pipe()
	request, err := http.NewRequestWithContext(a.context(), http.MethodPost, h.URL()+"/api/echo", reader)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request) //nolint:bodyclose // closed below
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(response.Body)
	for _, line := range []string{"one", "two", "three"} {
		if _, err := io.WriteString(writer, line+"\n"); err != nil {
			t.Fatal(err)
		}
		if !lines.Scan() || lines.Text() != line {
			t.Fatalf("%q came back, want %q", lines.Text(), line)
		}
	}
	writer.Close()
	if lines.Scan() {
		t.Errorf("more came: %q", lines.Text())
	}
	response.Body.Close()
	if i := await(a, h, "echo", 1); i.Err != nil {
		t.Error(i.Err)
	}
}

// TestProxyRetries: a request waits for a handler that is being started again.
func TestProxyRetries(t *testing.T) {
	t.Parallel()
	a := newApp(t, hostJSONFor(""), map[string]string{"hook": httpFunction})
	h := a.start(Options{})
	if err := h.Kill(); err != nil {
		t.Fatal(err)
	}
	if got := send(t, h, "GET", "/api/hook", nil, nil); got.status != 200 {
		t.Errorf("%+v", got)
	}
	if i := await(a, h, "hook", 1); i.Err != nil {
		t.Error(i.Err)
	}
}

// TestProxyGivesUp: ten tries, and then a 500 without a body.
func TestProxyGivesUp(t *testing.T) {
	t.Parallel()
	a := newApp(t, hostJSONFor(""), map[string]string{"hook": httpFunction})
	a.onRequest(func(received) reply { return reply{Exit: new(0)} })
	h := a.start(Options{})
	if got := send(t, h, "POST", "/api/hook", nil, strings.NewReader("x")); got.status != 500 || got.body != "" {
		t.Errorf("a body that was read: %+v", got)
	}
	if len(a.requests()) != 1 {
		t.Errorf("%d requests, want one: the body cannot be sent again", len(a.requests()))
	}
	eventually(t, "the handler is gone", func() bool { return h.HandlerPID() == 0 })
	if got := send(t, h, "POST", "/api/hook", nil, strings.NewReader("x")); got.status != 500 || got.body != "" {
		t.Errorf("no handler: %+v", got)
	}
	if i := await(a, h, "hook", 2); i.Err == nil || !strings.Contains(i.Err.Error(), "connection refused") {
		t.Errorf("%v", i.Err)
	}
	for _, text := range []string{"Retrying in 50ms. Attempt 1 of 10.", "Retrying in 100ms. Attempt 2 of 10.", "Retrying in 250ms. Attempt 9 of 10.", "Reached the maximum retry count"} {
		if !hasLine(h, Warning, text) {
			t.Errorf("the log does not have %q", text)
		}
	}
	if hasLine(h, Warning, "Attempt 10 of 10") {
		t.Error("there was an eleventh try")
	}
}

// TestClientGone: a client that goes away is no failure.
func TestClientGone(t *testing.T) {
	t.Parallel()
	a := newApp(t, hostJSONFor(""), map[string]string{"hook": httpFunction})
	release := make(chan struct{})
	defer close(release)
	a.onRequest(func(received) reply { <-release; return ok })
	h := a.start(Options{})
	ctx, cancel := context.WithCancel(t.Context())
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, h.URL()+"/api/hook", nil)
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		eventually(t, "the request is at the handler", func() bool { return len(a.requests()) == 1 })
		cancel()
	}()
	if _, err := http.DefaultClient.Do(request); !errors.Is(err, context.Canceled) { //nolint:bodyclose // there is none
		t.Fatal(err)
	}
	if i := await(a, h, "hook", 1); i.Err != nil || !hasLine(h, Information, "The client disconnected while the function was processing the request.") {
		t.Error(i.Err)
	}
}

// TestProxyIdle: a request on which nothing happens ends.
func TestProxyIdle(t *testing.T) {
	t.Parallel()
	a := newApp(t, hostJSONFor(""), map[string]string{"hook": httpFunction})
	a.onRequest(func(received) reply { return reply{Hang: true} })
	h := a.start(Options{ActivityTimeout: 10 * time.Millisecond})
	if got := send(t, h, "GET", "/api/hook", nil, nil); got.status != 500 {
		t.Errorf("%+v", got)
	}
	if i := await(a, h, "hook", 1); !errors.Is(i.Err, errIdle) {
		t.Errorf("%v", i.Err)
	}
}

// TestAnswerBreaksOff: a handler that dies in the middle of an answer is seen by the
// client and fails the invocation.
func TestAnswerBreaksOff(t *testing.T) {
	t.Parallel()
	a := newApp(t, hostJSONFor(""), map[string]string{"echo": bindings(`{"type":"httpTrigger","direction":"in","name":"request","authLevel":"anonymous"}`, httpOut)})
	h := a.start(Options{})
	reader, writer := io.Pipe()
	request, err := http.NewRequestWithContext(a.context(), http.MethodPost, h.URL()+"/api/echo", reader)
	if err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = io.WriteString(writer, "one\n") }()
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(response.Body, make([]byte, 4)); err != nil {
		t.Fatal(err)
	}
	if err := h.Kill(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(response.Body); err == nil {
		t.Error("the client takes the answer for whole")
	}
	response.Body.Close()
	writer.Close()
	if i := await(a, h, "echo", 1); i.Err == nil {
		t.Error("the invocation succeeded")
	}
}
