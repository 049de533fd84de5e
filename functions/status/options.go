package status

import (
	"context"
	"log/slog"
	"time"

	"adoport/shared/basicauth"
	"adoport/shared/ingest"
)

// Options of the handler. What is not given is not shown.
type Options struct {
	// Version and Instance are what wrote the catalog; Organization is its name or
	// URL, of which no user, query or fragment is shown.
	Version, Instance, Organization string

	// Credentials are those of the service hooks.
	Credentials basicauth.Credentials
	// TrustLoopback shows the status without credentials to who asks from this
	// computer, by the name of this computer, and not through a proxy that says so.
	// It MUST NOT be set where another process passes requests on, as the Azure
	// Functions host does.
	TrustLoopback bool

	// Runs returns the newest runs first, as ingest.Ledger.Runs does. Report adds
	// one up, as ingest.Engine.Report does; ErrNotFound is a run of which only the
	// outcome is still known.
	Runs   func(ctx context.Context, limit int) ([]ingest.Run, error)
	Report func(ctx context.Context, run string) (ingest.Report, error)
	// Events counts the deliveries of service hooks.
	Events *Recorder
	// Queues are shown in this order.
	Queues []Inbox
	// Subscriptions is what is known of the service hooks. It SHOULD NOT ask Azure
	// DevOps each time.
	Subscriptions func(ctx context.Context) (Subscriptions, error)
	// Throttling returns the services that asked us to wait.
	Throttling func() []Throttle

	// Logger is slog.Default() if it is nil, and Now time.Now.
	Logger *slog.Logger
	Now    func() time.Time
}

// Inbox is a queue that is shown.
type Inbox struct {
	// Name is "live" or "backfill".
	Name string
	Queue
}

// Queue is the part of an ingest.Inbox that is shown.
type Queue interface {
	Len(ctx context.Context) (int, error)
	Poisoned(ctx context.Context) ([]ingest.Poisoned, error)
}

const (
	// shownRuns is how many runs are shown, and shownPoisoned how many poisoned
	// tasks of a queue.
	shownRuns     = 10
	shownPoisoned = 20
	// partTimeout is how long one part of the status may take.
	partTimeout = 5 * time.Second
)
