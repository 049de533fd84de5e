package servicehooks

import (
	"log/slog"
	"time"

	"adoport/shared/basicauth"
	"adoport/shared/ingest"
)

// Options of the handler.
type Options struct {
	// Queue is the live queue. It MUST take tasks durably and give up when its
	// context ends.
	Queue ingest.Queue
	// Kinds are those that are mapped: events of others are ignored.
	Kinds []string
	// Credentials are what deliveries are checked against. Without a password every
	// delivery is refused.
	Credentials basicauth.Credentials
	// Observe is told what became of every delivery, before it is answered, by
	// many goroutines at once. It MUST NOT block or panic. nil is nobody.
	Observe func(Event)
	// Logger gets what a person may want to know: never contents of an event,
	// only its type and ids. nil is slog.Default().
	Logger *slog.Logger
}

const (
	// maxBody is a little above the 2 MB to which Azure DevOps limits an event
	// (Learn, "Troubleshoot service hooks").
	maxBody = 2<<20 + 64<<10
	// bodyTimeout is how long a body may take to arrive.
	bodyTimeout = 10 * time.Second
	// sendTimeout is how long the queue may take.
	sendTimeout = 5 * time.Second
	// retryAfter is when to send again what was answered 503, in seconds.
	retryAfter = "5"
)

func (o Options) withDefaults() Options {
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	return o
}
