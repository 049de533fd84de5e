package azuredevops

import (
	"context"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"
)

// courier sends notifications. hooks.mu guards it; no request is sent while the
// lock is held.
type courier struct {
	server  *Server
	options HookOptions
	client  *http.Client
	// ctx ends all requests.
	ctx    context.Context
	random *rand.Rand
	// queue is what can be sent at once, waiting what a timer holds back.
	queue   []*notification
	waiting map[*notification]*time.Timer
	// workers is how many goroutines are sending: none if there is nothing to do.
	workers int
	group   sync.WaitGroup
	// pending is how many notifications are not decided; probes do not count.
	pending int
	idle    []chan struct{} // closed when nothing is pending
	stopped bool
	sent    int // numbers the requests
}

const stoppedMessage = "The delivery was stopped."

// StartHooks begins to deliver events to the subscriptions that ask for them.
// What happens before is not delivered. It goes on until ctx ends or stop is
// called, which waits for the requests under way; what is not delivered by then
// is lost. It MUST NOT be called again before that.
//
// Answers mean what Learn says in "Troubleshoot service hooks": a 2xx is success;
// 408, 502, 503 and 504 are tried again 8 times; 410 disables the subscription;
// everything else puts it on probation, where new events are lost and the failed
// one is tried 7 times, before the subscription is disabled. Broken connections
// count like 503: how the service takes them is documented nowhere.
func (s *Server) StartHooks(ctx context.Context, o HookOptions) (stop func()) {
	o = o.withDefaults()
	ctx, cancel := context.WithCancel(ctx)
	c := &courier{
		server: s, options: o, ctx: ctx, client: &http.Client{Timeout: sendTimeout, Transport: &http.Transport{}},
		random: rand.New(rand.NewPCG(o.Seed, golden)), waiting: map[*notification]*time.Timer{},
	}
	if o.Client != nil {
		client := *o.Client
		c.client = &client
	}
	c.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	s.hooks.mu.Lock()
	defer s.hooks.mu.Unlock()
	if s.hooks.courier != nil {
		panic("azuredevops simulator: StartHooks is running already")
	}
	s.hooks.courier = c
	unwatch := context.AfterFunc(ctx, c.abandon)
	return func() {
		unwatch()
		cancel()
		c.abandon()
		c.group.Wait()
		if o.Client == nil {
			c.client.CloseIdleConnections()
		}
	}
}

// Drain waits until nothing is pending: every event was delivered, given up or
// lost. It does not wait for the tries of a probation.
func (s *Server) Drain(ctx context.Context) error {
	s.hooks.mu.Lock()
	c := s.hooks.courier
	if c == nil || c.pending == 0 {
		s.hooks.mu.Unlock()
		return nil
	}
	idle := make(chan struct{})
	c.idle = append(c.idle, idle)
	s.hooks.mu.Unlock()
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// abandon ends the deliveries; what is under way is lost when its request ends.
func (c *courier) abandon() {
	h := &c.server.hooks
	h.mu.Lock()
	defer h.mu.Unlock()
	if c.stopped {
		return
	}
	c.stopped = true
	h.courier = nil
	for n, timer := range c.waiting {
		timer.Stop()
		c.lose(n, stoppedMessage)
	}
	for _, n := range c.queue {
		c.lose(n, stoppedMessage)
	}
	c.waiting, c.queue = nil, nil
}
