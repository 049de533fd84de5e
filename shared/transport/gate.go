package transport

import (
	"context"
	"math"
	"net/http"
	"strconv"
	"sync"
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
	stats *counters
}

func (p *gatePolicy) Do(req *policy.Request) (*http.Response, error) {
	if err := p.enter(req.Raw().Context()); err != nil {
		return nil, err
	}
	defer func() { <-p.slots }()
	p.stats.requests.Add(1)
	resp, err := req.Next()
	if resp != nil {
		p.o.Gate.Close(p.o.Throttle(resp.Header, resp.StatusCode, time.Now()))
	}
	return resp, err
}

// enter returns holding a slot, with the gate open.
func (p *gatePolicy) enter(ctx context.Context) error {
	for {
		select {
		case p.slots <- struct{}{}:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		d := p.o.Gate.Remaining()
		if d == 0 {
			return nil
		}
		<-p.slots // the gate closed while we waited for a slot
		if err := p.wait(ctx, d); err != nil {
			return err
		}
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
