package azuredevops

import (
	"cmp"
	"net/http"
	"time"
)

// HookOptions say how events are delivered. The shares are between 0 and 1.
type HookOptions struct {
	// Client sends the requests; its redirects are not followed. If nil, one with
	// a timeout of 30 s: that of the service is documented nowhere.
	Client *http.Client
	// Scale shortens all waits: 0.001 makes a second a millisecond. 0 means 1, as
	// slow as the service.
	Scale float64
	// Duplicate is the share of events that are sent twice, Reorder that of events
	// that are held back for up to ten seconds times Scale, Drop that of events
	// that are never sent.
	Duplicate, Reorder, Drop float64
	// Seed selects which events these are.
	Seed uint64
	// InFlight is how many requests are sent at once, 8 if 0.
	InFlight int
}

func (o HookOptions) withDefaults() HookOptions {
	o.Scale = cmp.Or(o.Scale, 1)
	o.InFlight = cmp.Or(o.InFlight, 8)
	return o
}

const (
	sendTimeout = 30 * time.Second
	// longestHold is how long an event is held back to change the order.
	longestHold = 10 * time.Second
)

// retryWaits are the waits before each retry of a transient failure (Learn,
// "Troubleshoot service hooks").
var retryWaits = []time.Duration{
	time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 16 * time.Second, 32 * time.Second, time.Minute, time.Minute,
}

// probationWaits are the waits before each try while a subscription is on
// probation; after the last one fails, it is disabled (same source).
var probationWaits = []time.Duration{
	20 * time.Minute, 40 * time.Minute, 80 * time.Minute, 160 * time.Minute, 320 * time.Minute, 640 * time.Minute, 15 * time.Hour,
}
