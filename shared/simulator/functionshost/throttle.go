package functionshost

import "net/http"

// throttle limits the requests to functions: those that are there at all, beyond
// which the answer is 429, and those that are carried out at once
// (azure-webjobs-sdk-extensions, HttpThrottleMiddleware.cs).
type throttle struct {
	logs *logs
	// outstanding and concurrent are nil if there is no limit.
	outstanding, concurrent chan struct{}
}

func newThrottle(c httpConfig, l *logs) *throttle {
	t := &throttle{logs: l}
	if c.outstanding > 0 {
		t.outstanding = make(chan struct{}, c.outstanding)
	}
	if c.concurrent > 0 {
		t.concurrent = make(chan struct{}, c.concurrent)
	}
	return t
}

// serve lets a request pass, at once or later, or refuses it.
func (t *throttle) serve(w http.ResponseWriter, pass func()) {
	if t.outstanding != nil {
		select {
		case t.outstanding <- struct{}{}:
			defer func() { <-t.outstanding }()
		default:
			t.logs.write(Information, throttling, "Http request queue limit of %d has been exceeded.", cap(t.outstanding))
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
	}
	if t.concurrent != nil {
		t.concurrent <- struct{}{}
		defer func() { <-t.concurrent }()
	}
	pass()
}
