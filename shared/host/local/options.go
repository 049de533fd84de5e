package local

import (
	"log/slog"
	"math/rand/v2"
	"time"
)

// Options of a Worker. The zero value of every field is usable.
type Options struct {
	// Queue names the queue in the log.
	Queue string
	// Workers is how many deliveries are handled at once; 0 is 4.
	Workers int
	// Gather is how long to wait after each receipt, so that the next one takes
	// more deliveries at once; 0 is not at all.
	Gather time.Duration
	// Visibility is how long a delivery is invisible to other workers; 0 is 10
	// minutes. Nothing extends it: it MUST be longer than a handler takes.
	Visibility time.Duration
	// Grace is how long handlers may go on after Run's context has ended; 0 is
	// 10 seconds.
	Grace time.Duration
	// BackoffBase is the wait after the first failure, doubled after each
	// further one up to BackoffCap; 0 is 500 ms and 30 s.
	BackoffBase time.Duration
	BackoffCap  time.Duration
	// Logger gets what becomes of deliveries; nil is slog.Default().
	Logger *slog.Logger

	// random returns a number from 0 to 1; tests set it.
	random func() float64
}

// withDefaults fills in what is not set.
func (o Options) withDefaults() Options {
	orElse(&o.Workers, 4)
	orElse(&o.Visibility, 10*time.Minute)
	orElse(&o.Grace, 10*time.Second)
	orElse(&o.BackoffBase, 500*time.Millisecond)
	orElse(&o.BackoffCap, 30*time.Second)
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.Queue != "" {
		o.Logger = o.Logger.With(slog.String("queue", o.Queue))
	}
	if o.random == nil {
		o.random = rand.Float64
	}
	return o
}

func orElse[T int | time.Duration](value *T, otherwise T) {
	if *value <= 0 {
		*value = otherwise
	}
}

// backoff returns the wait after that many failures, from 1: a random time
// between the half and the whole of the doubled one, so that what failed
// together does not come back together.
func (o Options) backoff(failures int) time.Duration {
	d := o.BackoffBase
	for ; failures > 1 && d < o.BackoffCap; failures-- {
		d *= 2
	}
	d = min(d, o.BackoffCap)
	return d/2 + time.Duration(o.random()*float64(d-d/2))
}
