package functionshost

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestAnswers: the table of answers, over the wire.
func TestAnswers(t *testing.T) {
	t.Parallel()
	plain := http.Header{"Content-Type": {"text/plain"}}
	tests := map[string]struct {
		answer reply
		want   string // "" is success
	}{
		"JSON":         {ok, ""},
		"text/plain":   {reply{Header: plain, Body: "{}"}, "no MediaTypeFormatter"},
		"sniffed":      {reply{Body: "{}"}, "no MediaTypeFormatter"}, // what Go does without a header
		"invalid JSON": {reply{Header: jsonType, Body: "{"}, "Invalid HttpResponseMessage"},
		"500":          {reply{Status: 500, Header: jsonType, Body: "{}"}, "500 (Internal Server Error)"},
		"broken":       {reply{Break: true}, "EOF"},
		"redirected":   {reply{Status: 307, Header: http.Header{"Location": {"/elsewhere"}}}, ""},
		"to nowhere":   {reply{Status: 302}, "302 (Found)"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newApp(t, hostJSONFor(""), map[string]string{"tick": timerFunction})
			a.onRequest(func(r received) reply {
				if r.URL == "/elsewhere" {
					return ok
				}
				return tt.answer
			})
			h := a.start(Options{Environment: []string{never}})
			i, err := h.RunTimer(a.context(), "tick")
			if err != nil {
				t.Fatal(err)
			}
			if tt.want == "" && i.Err != nil || tt.want != "" && (i.Err == nil || !strings.Contains(i.Err.Error(), tt.want)) {
				t.Errorf("%v, want %q", i.Err, tt.want)
			}
			if i.Succeeded() != (tt.want == "") || h.Restarts() != 0 {
				t.Errorf("%+v", i)
			}
			if got := a.requests(); len(got) == 2 && (got[1].Method != "POST" || got[1].Body != got[0].Body) {
				t.Errorf("the body did not follow the redirect: %+v", got[1])
			}
		})
	}
}

// TestRedirects: they are followed, but not for ever.
func TestRedirects(t *testing.T) {
	t.Parallel()
	a := newApp(t, hostJSONFor(""), map[string]string{"tick": timerFunction})
	a.onRequest(func(received) reply { return reply{Status: 307, Header: http.Header{"Location": {"/tick"}}} })
	h := a.start(Options{Environment: []string{never}})
	i, err := h.RunTimer(a.context(), "tick")
	if err != nil || i.Err == nil || !strings.Contains(i.Err.Error(), "307 (Temporary Redirect)") || len(a.requests()) != maxRedirects+1 {
		t.Errorf("%v, %v after %d requests", i.Err, err, len(a.requests()))
	}
}

// TestTimeout: an invocation that takes too long is a failure, and kills the handler
// with all that it was doing.
func TestTimeout(t *testing.T) {
	t.Parallel()
	a := newApp(t, hostJSONFor(`"functionTimeout":"00:00:01"`), map[string]string{"slow": timerFunction, "innocent": timerFunction})
	a.onRequest(func(received) reply { return reply{Hang: true} })
	h := a.start(Options{Environment: []string{never}})
	before := h.HandlerPID()
	slow := make(chan Invocation)
	go func() {
		i, err := h.RunTimer(a.context(), "slow")
		if err != nil {
			t.Error(err)
		}
		slow <- i
	}()
	eventually(t, "it is at the handler", func() bool { return len(a.requests()) == 1 })
	innocent, err := h.RunTimer(a.context(), "innocent")
	if err != nil || innocent.Err == nil {
		t.Errorf("the other: %v, %v", innocent.Err, err)
	}
	if i := <-slow; !errors.Is(i.Err, ErrTimeout) || errors.Is(i.Err, ErrHang) || i.Duration < time.Second {
		t.Errorf("%+v", i)
	}
	eventually(t, "there is another handler", func() bool { pid := h.HandlerPID(); return pid != 0 && pid != before })
	if !hasLine(h, Error, "Timeout value of 00:00:01 exceeded by function 'Functions.slow'") || !hasLine(h, Warning, "A function timeout has occurred. Restarting worker process executing invocationId") {
		t.Error("the log does not tell")
	}
	if h.Err() != nil || len(h.worker.errors) != 0 {
		t.Error("it counted as an error of the handler")
	}
}

// TestHang: an answer without a body is waited for until the timeout, which then
// kills the handler.
func TestHang(t *testing.T) {
	t.Parallel()
	a := newApp(t, hostJSONFor(""), map[string]string{"tick": timerFunction})
	a.onRequest(func(received) reply { return reply{Status: 204} })
	h := a.start(Options{Environment: []string{never, "AzureFunctionsJobHost__functionTimeout=00:00:01"}})
	i, err := h.RunTimer(a.context(), "tick")
	if err != nil || !errors.Is(i.Err, ErrHang) || !errors.Is(i.Err, ErrTimeout) {
		t.Errorf("%v, %v", i.Err, err)
	}
	if h.Restarts() != 1 || !hasLine(h, Warning, "The handler answered without a body: the invocation hangs") {
		t.Errorf("%d restarts", h.Restarts())
	}
}

// TestGrace: a call that ends soon after its timeout has failed, and kills nothing.
func TestGrace(t *testing.T) {
	t.Parallel()
	a := newApp(t, hostJSONFor(`"functionTimeout":"00:00:01"`), map[string]string{"tick": timerFunction})
	var h *Host
	ready := make(chan struct{})
	a.onRequest(func(received) reply {
		<-ready
		eventually(t, "the timeout", func() bool { return hasLine(h, Error, "Timeout value of 00:00:01 exceeded") })
		return ok
	})
	h = a.start(Options{Environment: []string{never}, TimeoutGrace: patience})
	close(ready)
	i, err := h.RunTimer(a.context(), "tick")
	if err != nil || !errors.Is(i.Err, ErrTimeout) || h.Restarts() != 0 {
		t.Errorf("%v, %v after %d restarts", i.Err, err, h.Restarts())
	}
}

// TestClose: the end of the host ends what it does.
func TestClose(t *testing.T) {
	t.Parallel()
	a := newApp(t, hostJSONFor(`"functionTimeout":"-1"`), map[string]string{"tick": timerFunction, "hook": httpFunction})
	a.onRequest(func(received) reply { return reply{Hang: true} })
	h := a.start(Options{Environment: []string{never}})
	ended := make(chan Invocation)
	go func() {
		i, err := h.RunTimer(a.context(), "tick")
		if err != nil {
			t.Error(err)
		}
		ended <- i
	}()
	eventually(t, "it is at the handler", func() bool { return len(a.requests()) == 1 })
	h.Close()
	if i := <-ended; i.Err == nil {
		t.Error("it succeeded")
	}
	if h.Err() != nil || h.HandlerPID() != 0 {
		t.Errorf("%v, %d", h.Err(), h.HandlerPID())
	}
	select {
	case <-h.Done():
	default:
		t.Error("it is not done")
	}
	if _, err := h.Trigger(a.context(), "tick", ""); err == nil {
		t.Error("a closed host runs functions")
	}
	if response, err := http.Get(h.URL() + "/api/hook"); err == nil {
		response.Body.Close()
		t.Error("a closed host serves HTTP")
	}
	if err := h.Drain(a.context()); err != nil {
		t.Error(err)
	}
	h.Close() // once more does nothing
}

// TestDrainGivesUp: Drain waits no longer than its context.
func TestDrainGivesUp(t *testing.T) {
	t.Parallel()
	a := newApp(t, hostJSONFor(""), map[string]string{
		"tick": bindings(`{"type":"timerTrigger","name":"timer","schedule":"%SCHEDULE%","runOnStartup":true}`),
	})
	a.onRequest(func(received) reply { return reply{Hang: true} })
	h := a.start(Options{Environment: []string{never}})
	eventually(t, "it is at the handler", func() bool { return len(a.requests()) == 1 })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := h.Drain(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// TestAwait finds an invocation that was, and waits for one that will be.
func TestAwait(t *testing.T) {
	t.Parallel()
	a := newApp(t, hostJSONFor(""), map[string]string{"tick": timerFunction})
	h := a.start(Options{Environment: []string{never}})
	found := make(chan Invocation)
	failed := func(i Invocation) bool { return i.Err != nil }
	go func() {
		i, err := h.Await(a.context(), failed)
		if err != nil {
			t.Error(err)
		}
		found <- i
	}()
	if _, err := h.RunTimer(a.context(), "tick"); err != nil {
		t.Fatal(err)
	}
	a.onRequest(func(received) reply { return reply{Status: 500} })
	want, err := h.RunTimer(a.context(), "tick")
	if err != nil {
		t.Fatal(err)
	}
	if got := <-found; got.ID != want.ID {
		t.Errorf("%v, want %v", got, want)
	}
	if got, err := h.Await(a.context(), failed); err != nil || got.ID != want.ID {
		t.Errorf("%v, %v", got, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.Await(ctx, func(Invocation) bool { return false }); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// TestLog: lines are told as they come, as core tools would print them.
func TestLog(t *testing.T) {
	t.Parallel()
	a := newApp(t, hostJSONFor(""), map[string]string{"tick": timerFunction})
	lines := make(chan Line, 1000)
	h := a.start(Options{Environment: []string{never}, Log: func(l Line) { lines <- l }})
	i, err := h.RunTimer(a.context(), "tick")
	if err != nil {
		t.Fatal(err)
	}
	for l := range lines {
		if strings.HasPrefix(l.Text, "Executed") {
			if l.Function != "tick" || l.Invocation != i.ID || l.Level != Information || l.Category != "Function.tick" || l.Text != i.String() ||
				!strings.HasSuffix(l.String(), "Z] [Information] "+l.Text) {
				t.Errorf("%+v", l)
			}
			return
		}
	}
}
