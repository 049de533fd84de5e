package azuredevops

import (
	"net/http"
	"slices"
)

// settle decides what the result of a request means for its notification and
// for the subscription.
func (c *courier) settle(n *notification, r result) {
	n.record.attempted(r, c.server.clock())
	switch {
	case r.success():
		c.delivered(n)
	case c.stopped:
		c.lose(n, stoppedMessage)
	case n.role == sample:
		c.lose(n, r.message())
	case r.status == http.StatusGone:
		n.subscription.status = DisabledBySystem
		c.lose(n, r.message())
	case n.role == probe:
		c.probeFailed(n)
	case r.transient() && n.attempts <= len(retryWaits):
		c.server.hooks.deliveries.Retried++
		c.wait(n, retryWaits[n.attempts-1])
	default:
		c.lose(n, r.message())
		c.putOnProbation(n)
	}
}

func (r result) success() bool { return r.err == nil && r.status/100 == 2 }

func (r result) transient() bool {
	return r.err != nil || slices.Contains([]int{
		http.StatusRequestTimeout, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout,
	}, r.status)
}

// delivered ends a notification, and the probation of its subscription.
func (c *courier) delivered(n *notification) {
	d := &c.server.hooks.deliveries
	switch {
	case n.role == original:
		d.Delivered++
	case n.role == probe && !n.uncounted:
		d.Delivered++
		d.Lost--
	}
	b := n.subscription
	if n.role != sample && b.status == OnProbation {
		b.status, b.probes = Enabled, 0
	}
	n.record.complete("succeeded", c.server.clock())
	c.finish(n)
}

// lose gives a notification up.
func (c *courier) lose(n *notification, why string) {
	if n.role == original {
		c.server.hooks.deliveries.Lost++
	}
	n.record.message = why
	n.record.complete("failed", c.server.clock())
	c.finish(n)
}

// putOnProbation makes a failed notification the one that is tried while its
// subscription is on probation. Of several that fail together it is the first.
func (c *courier) putOnProbation(n *notification) {
	b := n.subscription
	if b.status != Enabled || b.deleted {
		return
	}
	b.status, b.probes = OnProbation, 0
	again := *n
	b.probation++
	again.role, again.uncounted, again.probation = probe, n.role == copied, b.probation
	c.wait(&again, probationWaits[0])
}

func (c *courier) probeFailed(n *notification) {
	b := n.subscription
	b.probes++
	b.lastProbe = c.server.clock()
	if b.probes < len(probationWaits) {
		c.wait(n, probationWaits[b.probes])
		return
	}
	b.status = DisabledBySystem
}
