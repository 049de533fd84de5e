package transport

import (
	"context"
	"math"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"adoport/shared/ingest"
)

// Gate holds every request back until a service that asked us to slow down is
// ready for the next one. It is shared by all requests that one budget of the
// service pays for, because a wait that only one request honours is no wait.
type Gate struct {
	mu    sync.Mutex
	opens time.Time
	// live counts the live requests that wait; the others let them go first.
	live atomic.Int64
}

// NewGate returns an open gate.
func NewGate() *Gate { return &Gate{} }

// Close keeps the gate closed for d from now, or longer if it already is.
func (g *Gate) Close(d time.Duration) {
	if d <= 0 {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if opens := time.Now().Add(d); opens.After(g.opens) {
		g.opens = opens
	}
}

// Remaining is how long the gate stays closed, 0 if it is open.
func (g *Gate) Remaining() time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	return max(0, time.Until(g.opens))
}

// maxRetryAfter bounds what a wrong header can do.
const maxRetryAfter = 24 * time.Hour

// RetryAfter reads the Retry-After header: seconds, or an HTTP date (RFC 9110
// section 10.2.3). 0 if there is none, it is in the past, or makes no sense; a
// day at most.
func RetryAfter(h http.Header, now time.Time) time.Duration {
	v := h.Get("Retry-After")
	if s, err := strconv.ParseFloat(v, 64); err == nil && !math.IsNaN(s) {
		return time.Duration(max(0, min(s, maxRetryAfter.Seconds())) * float64(time.Second))
	}
	if t, err := http.ParseTime(v); err == nil {
		return max(0, min(t.Sub(now), maxRetryAfter))
	}
	return 0
}

// gatePolicy waits at the gate, takes one of the client's slots, and moves the
// gate by what every answer says.
type gatePolicy struct {
	o     Options
	slots chan struct{}
	// bulk limits the requests that are not live, so that there is always a slot
	// that a live one gets soon.
	bulk  chan struct{}
	stats *counters
}

func newGatePolicy(o Options, stats *counters) *gatePolicy {
	return &gatePolicy{
		o: o, stats: stats, slots: make(chan struct{}, o.MaxInFlight),
		bulk: make(chan struct{}, o.MaxInFlight-o.MaxInFlight/4),
	}
}

type liveKey struct{}

// Live marks the requests of a context as live: they go before all others when
// the gate opens, and find a slot while a backfill is going on.
func Live(ctx context.Context) context.Context { return context.WithValue(ctx, liveKey{}, true) }

func isLive(ctx context.Context) bool { return ctx.Value(liveKey{}) != nil }

func (p *gatePolicy) Do(req *policy.Request) (*http.Response, error) {
	leave, err := p.enter(req.Raw().Context())
	if err != nil {
		return nil, err
	}
	defer leave()
	p.stats.requests.Add(1)
	resp, err := req.Next()
	if resp != nil {
		p.o.Gate.Close(p.o.Throttle(resp.Header, resp.StatusCode, time.Now()))
	}
	return resp, err
}

// yieldFor is how long a request that is not live waits before it looks again
// whether a live one is waiting.
const yieldFor = 10 * time.Millisecond

// enter returns holding a slot, with the gate open. leave gives the slot back.
func (p *gatePolicy) enter(ctx context.Context) (leave func(), _ error) {
	if isLive(ctx) {
		p.o.Gate.live.Add(1)
		defer p.o.Gate.live.Add(-1)
		return p.enterBy(ctx, p.slots)
	}
	return p.enterBy(ctx, p.bulk, p.slots)
}

func (p *gatePolicy) enterBy(ctx context.Context, places ...chan struct{}) (leave func(), _ error) {
	for {
		leave, err := take(ctx, places)
		if err != nil {
			return nil, err
		}
		d := p.o.Gate.Remaining()
		yields := !isLive(ctx) && p.o.Gate.live.Load() > 0
		if d == 0 && !yields {
			return leave, nil
		}
		leave() // the gate closed, or a live request came, while we waited for a slot
		if d == 0 {
			err = sleep(ctx, yieldFor)
		} else {
			err = p.wait(ctx, d)
		}
		if err != nil {
			return nil, err
		}
	}
}

// take takes a place in each of the channels, in order.
func take(ctx context.Context, places []chan struct{}) (leave func(), _ error) {
	for i, place := range places {
		select {
		case place <- struct{}{}:
		case <-ctx.Done():
			release(places[:i])
			return nil, context.Cause(ctx)
		}
	}
	return func() { release(places) }, nil
}

func release(places []chan struct{}) {
	for _, place := range places {
		<-place
	}
}

func (p *gatePolicy) wait(ctx context.Context, d time.Duration) error {
	deadline, limited := ctx.Deadline()
	if p.o.MaxWait > 0 && d > p.o.MaxWait || limited && time.Until(deadline) < d {
		return &finalError{&ingest.ThrottledError{System: p.o.System, After: d}}
	}
	p.o.OnWait(d)
	p.stats.waited.Add(int64(d))
	return sleep(ctx, d)
}
