package functionshost

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
)

// TestAdmin: a function is run by hand with the master key and a JSON body.
func TestAdmin(t *testing.T) {
	t.Parallel()
	a := newApp(t, hostJSONFor(""), map[string]string{"tick": timerFunction, "hook": httpFunction, "bad": "{", "refresh": bindings(queueIn)})
	h := a.start(Options{Environment: []string{never, "AzureWebJobs.refresh.Disabled=true"}, Storage: account})
	master := func(contentType string) http.Header {
		return http.Header{"X-Functions-Key": {h.MasterKey()}, "Content-Type": {contentType}}
	}
	const json = "application/json"
	tests := map[string]struct {
		method, path string
		header       http.Header
		body         string
		want         int
		text         string
	}{
		"no key":         {"POST", "/admin/functions/tick", http.Header{"Content-Type": {json}}, `{}`, 401, ""},
		"a wrong key":    {"POST", "/admin/functions/tick", http.Header{"Content-Type": {json}, "X-Functions-Key": {h.FunctionKey()}}, `{}`, 401, ""},
		"no type":        {"POST", "/admin/functions/tick", master(""), `{}`, 415, ""},
		"another type":   {"POST", "/admin/functions/tick", master("text/plain"), `{}`, 415, ""},
		"no body":        {"POST", "/admin/functions/tick", master(json), ``, 400, ""},
		"null":           {"POST", "/admin/functions/tick", master(json), `null`, 400, ""},
		"no JSON":        {"POST", "/admin/functions/tick", master(json), `{`, 400, ""},
		"unknown":        {"POST", "/admin/functions/tock", master(json), `{}`, 404, ""},
		"in error":       {"POST", "/admin/functions/bad", master(json), `{}`, 404, ""},
		"HTTP":           {"POST", "/admin/functions/hook", master(json), `{}`, 501, "not emulated"},
		"another page":   {"GET", "/admin/host/status", master(json), ``, 404, ""},
		"a status":       {"GET", "/admin/functions/TICK/status", master(json), ``, 200, `{}`},
		"no status":      {"GET", "/admin/functions/tock/status", master(json), ``, 404, ""},
		"a bad status":   {"GET", "/admin/functions/bad/status", master(json), ``, 200, `{"errors":["reading function.json`},
		"another method": {"PUT", "/admin/functions/tick", master(json), `{}`, 404, ""},
	}
	for name, tt := range tests {
		if got := send(t, h, tt.method, tt.path, tt.header, strings.NewReader(tt.body)); got.status != tt.want || !strings.Contains(got.body, tt.text) {
			t.Errorf("%s: %+v, want %d %s", name, got, tt.want, tt.text)
		}
	}
	if len(h.Invocations()) != 0 || len(a.requests()) != 0 {
		t.Fatal("something was run")
	}
	if got := send(t, h, "POST", "/admin/functions/tick", master("application/json; charset=utf-8"), strings.NewReader(`{}`)); got.status != 202 || got.body != "" {
		t.Errorf("a timer: %+v", got)
	}
	if i := await(a, h, "tick", 1); i.Err != nil || i.Reason != reasonHTTP {
		t.Errorf("%+v", i)
	}
	if got := send(t, h, "POST", "/admin/functions/refresh", master(json), strings.NewReader(`{"input":"{\"a\":1}"}`)); got.status != 202 {
		t.Errorf("a queue: %+v", got)
	}
	await(a, h, "refresh", 1)
	want := `{"Data":{"task":"\"{\\\"a\\\":1}\""},"Metadata":{"DequeueCount":"0","ExpirationTime":"9999-12-31T23:59:59+00:00","InsertionTime":"2`
	if r := a.requests()[1]; !strings.HasPrefix(r.Body, want) || strings.Contains(r.Body, "PopReceipt") {
		t.Errorf("%s", r.Body)
	}
}

// TestTrigger is the same without HTTP.
func TestTrigger(t *testing.T) {
	t.Parallel()
	a := newApp(t, hostJSONFor(""), map[string]string{"tick": timerFunction, "hook": httpFunction})
	h := a.start(Options{Environment: []string{never}})
	i, err := h.Trigger(a.context(), "tick", "")
	if err != nil || i.Err != nil || i.Function != "tick" {
		t.Errorf("%+v, %v", i, err)
	}
	// The first status was stored when the host started.
	if r := a.requests()[0]; !strings.Contains(r.Body, `"ScheduleStatus":{"Last":"0001-01-01T00:00:00"`) {
		t.Errorf("%s", r.Body)
	}
	if _, err := h.Trigger(a.context(), "tock", ""); !errors.Is(err, ErrUnknownFunction) {
		t.Errorf("%v", err)
	}
	if _, err := h.Trigger(a.context(), "hook", ""); err == nil || errors.Is(err, ErrUnknownFunction) {
		t.Errorf("%v", err)
	}
	a.onRequest(func(received) reply { return reply{Hang: true} })
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		eventually(t, "it is at the handler", func() bool { return len(a.requests()) == 2 })
		cancel()
	}()
	if _, err := h.Trigger(ctx, "tick", ""); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
