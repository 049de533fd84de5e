package azuredevops

import "time"

// post takes a new notification; the caller holds the lock, as in all that
// follows but work and wait's timer.
func (c *courier) post(n *notification) {
	chance := func(share float64) bool { return share > 0 && c.random.Float64() < share }
	drop, hold, duplicate := chance(c.options.Drop), chance(c.options.Reorder), chance(c.options.Duplicate)
	if drop {
		c.server.hooks.deliveries.Dropped++
		return
	}
	n.subscription.remember(n)
	c.pending++
	if hold {
		c.wait(n, c.someHold())
	} else {
		c.enqueue(n)
	}
	if duplicate {
		again, aside := *n, *n.record
		again.role, again.record = copied, &aside
		c.server.hooks.deliveries.Duplicated++
		c.pending++
		c.wait(&again, c.someHold())
	}
}

func (c *courier) someHold() time.Duration { return time.Duration(c.random.Int64N(int64(longestHold))) }

// wait enqueues a notification later; the wait is scaled.
func (c *courier) wait(n *notification, d time.Duration) {
	c.waiting[n] = time.AfterFunc(time.Duration(float64(d)*c.options.Scale), func() {
		h := &c.server.hooks
		h.mu.Lock()
		defer h.mu.Unlock()
		if _, ok := c.waiting[n]; ok {
			delete(c.waiting, n)
			c.enqueue(n)
		}
	})
}

func (c *courier) enqueue(n *notification) {
	c.queue = append(c.queue, n)
	if c.workers < c.options.InFlight {
		c.workers++
		c.group.Go(c.work)
	}
}

// work sends until there is nothing to send.
func (c *courier) work() {
	h := &c.server.hooks
	h.mu.Lock()
	defer h.mu.Unlock()
	for len(c.queue) > 0 {
		n := c.queue[0]
		c.queue = c.queue[1:]
		if !n.sendable() {
			c.lose(n, "The subscription is not enabled.")
			continue
		}
		c.sent++
		r := n.request(c.server.seed.guid(streamDelivery, c.sent))
		h.mu.Unlock()
		result := c.send(r)
		h.mu.Lock()
		c.settle(n, result)
	}
	c.workers--
}

// finish notes that a notification is decided.
func (c *courier) finish(n *notification) {
	if n.role == probe {
		return
	}
	c.pending--
	if c.pending == 0 {
		for _, idle := range c.idle {
			close(idle)
		}
		c.idle = nil
	}
}
