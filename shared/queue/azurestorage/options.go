package azurestorage

import (
	"log/slog"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azqueue/v2"
)

// Options of a Queue. The zero value of every field is usable.
type Options struct {
	// Client are the options of the SDK's pipeline. Those of Retry that are not
	// set are 4 retries with 100 ms, 300 ms, 700 ms and 1.5 s between them, and
	// 4 s for one try: who answers a service hook has 5 s in all.
	Client policy.ClientOptions
	// MinPoll is the first wait between two looks of Receive at an empty queue,
	// doubled after each one up to MaxPoll; 0 is 100 ms and 2 s. Every look is
	// billed.
	MinPoll, MaxPoll time.Duration
	// Now returns the time; nil is time.Now.
	Now func() time.Time
	// Logger is slog.Default() if it is nil.
	Logger *slog.Logger
}

// withDefaults fills in what is not set.
func (o Options) withDefaults() Options {
	retry := &o.Client.Retry
	orElse(&retry.MaxRetries, 4)
	orElse(&retry.RetryDelay, 100*time.Millisecond)
	orElse(&retry.MaxRetryDelay, 2*time.Second)
	orElse(&retry.TryTimeout, 4*time.Second)
	orElse(&o.MinPoll, 100*time.Millisecond)
	orElse(&o.MaxPoll, 2*time.Second)
	o.MaxPoll = max(o.MinPoll, o.MaxPoll)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	return o
}

// client returns the options of the SDK's client.
func (o Options) client() *azqueue.ClientOptions {
	return &azqueue.ClientOptions{ClientOptions: o.Client}
}

func orElse[T int32 | time.Duration](value *T, otherwise T) {
	if *value == 0 {
		*value = otherwise
	}
}
