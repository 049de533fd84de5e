package functionshost

import (
	"net/http"
	"strings"
	"testing"
)

// key returns the header with a key.
func key(k string) http.Header { return http.Header{"X-Functions-Key": {k}} }

// TestRouting: only HTTP functions are reached from outside, each at its route, with
// its methods and its key; all else is 404, the functions of other triggers too.
func TestRouting(t *testing.T) {
	t.Parallel()
	a := newApp(t, hostJSONFor(""), map[string]string{
		"hook":  httpFunction,
		"keyed": bindings(`{"type":"httpTrigger","direction":"in","name":"request"}`, httpOut),
		"top":   bindings(`{"type":"httpTrigger","direction":"in","name":"request","authLevel":"admin"}`, httpOut),
		"tick":  timerFunction,
	})
	h := a.start(Options{Environment: []string{never}, MasterKey: "master", FunctionKey: "key"})
	tests := map[string]struct {
		method, path string
		header       http.Header
		want         int
	}{
		"a function":         {method: "POST", path: "/api/hook", want: 200},
		"another method":     {method: "PUT", path: "/api/hook", want: 404},
		"no prefix":          {method: "POST", path: "/hook", want: 404},
		"a timer":            {method: "POST", path: "/tick", want: 404},
		"a timer, prefixed":  {method: "POST", path: "/api/tick", want: 404},
		"unknown":            {method: "GET", path: "/api/unknown", want: 404},
		"no key":             {method: "GET", path: "/api/keyed", want: 401},
		"a wrong key":        {method: "GET", path: "/api/keyed", header: key("wrong"), want: 401},
		"the key":            {method: "GET", path: "/api/keyed", header: key("key"), want: 200},
		"the key in the URL": {method: "GET", path: "/api/keyed?code=key", want: 200},
		"the master key":     {method: "GET", path: "/api/keyed", header: key("master"), want: 200},
		"not master":         {method: "GET", path: "/api/top", header: key("key"), want: 401},
		"master":             {method: "GET", path: "/api/top", header: key("master"), want: 200},
		"the home page":      {method: "GET", path: "/", want: 200},
		"admin":              {method: "GET", path: "/admin/functions/tick/status", want: 401},
	}
	for name, tt := range tests {
		if got := send(t, h, tt.method, tt.path, tt.header, nil); got.status != tt.want {
			t.Errorf("%s: %d, want %d", name, got.status, tt.want)
		}
	}
	for _, r := range a.requests() {
		if !strings.HasPrefix(r.URL, "/api/") {
			t.Errorf("the handler got %s %s", r.Method, r.URL)
		}
	}
	if h.MasterKey() != "master" || h.FunctionKey() != "key" {
		t.Error("the keys are others")
	}
}

// TestDisabledHTTP: a disabled function is not there, but for the master key.
func TestDisabledHTTP(t *testing.T) {
	t.Parallel()
	a := newApp(t, hostJSONFor(""), map[string]string{"hook": httpFunction})
	h := a.start(Options{Environment: []string{"AzureWebJobs__hook__Disabled=true", "AzureWebJobsDisableHomepage=true"}})
	if got := send(t, h, "GET", "/api/hook", nil, nil); got.status != 404 {
		t.Errorf("without a key: %d", got.status)
	}
	if got := send(t, h, "GET", "/api/hook", key(h.MasterKey()), nil); got.status != 200 {
		t.Errorf("with the master key: %d", got.status)
	}
	if got := send(t, h, "GET", "/", nil, nil); got.status != 204 {
		t.Errorf("the home page, switched off: %d", got.status)
	}
}

// TestThrottle: more requests than may be outstanding are refused; no more than may
// be concurrent reach the handler at once.
func TestThrottle(t *testing.T) {
	t.Parallel()
	a := newApp(t, hostJSONFor(`"extensions":{"http":{"maxOutstandingRequests":3,"maxConcurrentRequests":2}}`), map[string]string{"hook": httpFunction})
	release := make(chan struct{})
	a.onRequest(func(received) reply { <-release; return ok })
	h := a.start(Options{})
	statuses := make(chan int)
	for range 3 {
		go func() { statuses <- send(t, h, "GET", "/api/hook", nil, nil).status }()
	}
	eventually(t, "three requests are outstanding", func() bool { return len(h.throttle.outstanding) == 3 && len(h.throttle.concurrent) == 2 })
	if got := send(t, h, "GET", "/api/hook", nil, nil); got.status != 429 {
		t.Errorf("the fourth gets %d", got.status)
	}
	eventually(t, "two are at the handler", func() bool { return len(a.requests()) == 2 })
	close(release)
	for range 3 {
		if got := <-statuses; got != 200 {
			t.Errorf("one of three gets %d", got)
		}
	}
	if len(a.requests()) != 3 || !hasLine(h, Information, "Http request queue limit of 3 has been exceeded.") {
		t.Errorf("%d requests", len(a.requests()))
	}
}

// TestForward: the older mode copies a request, but not all of it.
func TestForward(t *testing.T) {
	t.Parallel()
	hostJSON := `{"version":"2.0","customHandler":{"description":{"defaultExecutablePath":"handler"},"enableForwardingHttpRequest":true}}`
	a := newApp(t, hostJSON, map[string]string{"hook": httpFunction})
	a.onRequest(func(received) reply {
		return reply{Status: 503, Header: http.Header{"Location": {"/elsewhere"}, "X-A": {"1", "2"}}, Body: "busy"}
	})
	h := a.start(Options{})
	header := http.Header{
		"Host": {"fabrikam.example"}, "User-Agent": {"client/1"}, "Content-Type": {"text/csv"}, "Content-Encoding": {"gzip"},
		"Authorization": {"Basic x"}, "X-Azure-Functions-Invocationid": {"forged"},
	}
	got := send(t, h, "POST", "/api/hook?a=%20b&code=k", header, strings.NewReader("body"))
	if got.status != 503 || got.body != "busy" || len(got.header["X-A"]) != 2 {
		t.Errorf("%+v", got)
	}
	r := a.requests()[0]
	i := await(a, h, "hook", 1)
	if i.Err != nil {
		t.Errorf("a 503 is %v, want a success", i.Err)
	}
	if r.Method != "POST" || r.URL != "/api/hook?a=+b&code=k" || r.Host != "fabrikam.example" || r.Body != "body" || r.Length != 4 ||
		r.Header.Get("Content-Type") != "text/csv" || r.Header.Get("Authorization") != "Basic x" {
		t.Errorf("the handler got %+v", r)
	}
	if ids := r.Header[http.CanonicalHeaderKey(invocationHeader)]; len(ids) != 2 || ids[0] != "forged" || ids[1] != i.ID {
		t.Errorf("ids %q, want the client's and %s", ids, i.ID)
	}
	if r.Header.Get("User-Agent") != "client/1 "+userAgent || r.Header.Get(versionHeader) != HostVersion || r.Header.Get("Content-Encoding") != "" {
		t.Errorf("headers %v", r.Header)
	}
	send(t, h, "POST", "/api/hook", nil, unsized{strings.NewReader("lost")})
	if r := a.requests()[1]; r.Body != "" || r.Length != 0 {
		t.Errorf("a chunked body arrives: %+v", r)
	}
}

// TestForwardFails: a handler that breaks the connection is a 500.
func TestForwardFails(t *testing.T) {
	t.Parallel()
	hostJSON := `{"version":"2.0","customHandler":{"description":{"defaultExecutablePath":"handler"},"enableForwardingHttpRequest":true}}`
	a := newApp(t, hostJSON, map[string]string{"hook": httpFunction})
	a.onRequest(func(received) reply { return reply{Break: true} })
	h := a.start(Options{})
	if got := send(t, h, "POST", "/api/hook", nil, strings.NewReader("x")); got.status != 500 || got.body != "" {
		t.Errorf("%+v", got)
	}
	if i := await(a, h, "hook", 1); i.Err == nil {
		t.Error("it succeeded")
	}
}

// TestWrappedHTTP: without proxying and forwarding, or with one more binding, the
// request is wrapped, and the answer is an output.
func TestWrappedHTTP(t *testing.T) {
	t.Parallel()
	a := newApp(t, `{"version":"2.0","customHandler":{"description":{"defaultExecutablePath":"handler"}}}`, map[string]string{"hook": httpFunction})
	answers := []reply{
		{Header: jsonType, Body: `{"Outputs":{"response":{"statusCode":"202","body":"taken","headers":{"X-A":"1"}}},"Logs":["said"]}`},
		{Header: jsonType, Body: `{"Outputs":{"response":[1]}}`},
		{Status: 500},
	}
	a.onRequest(func(r received) reply { return answers[len(a.requests())-1] })
	h := a.start(Options{})
	got := send(t, h, "POST", "/api/hook?x=1", nil, strings.NewReader(`{"id":7}`))
	if got.status != 202 || got.body != "taken" || got.header.Get("X-A") != "1" {
		t.Errorf("%+v", got)
	}
	r := a.requests()[0]
	if r.Method != "POST" || r.URL != "/hook" || !strings.Contains(r.Body, `"Body":"{\"id\":7}"`) || r.Header.Get("Content-Type") != "application/json; charset=utf-8" ||
		r.Header.Get("User-Agent") != userAgent || len(r.Encoding) != 1 || r.Encoding[0] != "chunked" || r.Length != -1 {
		t.Errorf("the handler got %+v", r)
	}
	i := await(a, h, "hook", 1)
	if r.Header.Get(invocationHeader) != i.ID || i.Err != nil || i.Reason != reasonHTTP {
		t.Errorf("%+v", i)
	}
	lines := h.Logs()
	said := false
	for _, l := range lines {
		said = said || l.Text == "said" && l.Level == Information && l.Invocation == i.ID && l.Category == "Function.hook.User"
	}
	if !said {
		t.Error("Logs are lost")
	}
	for range 2 {
		if got := send(t, h, "POST", "/api/hook", nil, nil); got.status != 500 || got.body != "" {
			t.Errorf("%+v, want a 500 without a body", got)
		}
	}
}
