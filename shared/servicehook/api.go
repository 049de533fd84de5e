package servicehook

import (
	"context"
	"errors"
	"fmt"

	"adoport/shared/ingest"
)

// API is Azure DevOps' subscriptions. It is safe for concurrent use. An answer
// that is no success is a *RefusedError.
type API interface {
	// List returns all web-hook subscriptions to one type of event, whoever made
	// them; it may return others too. A nil error means that none is missing.
	List(ctx context.Context, publisher, eventType string) ([]Subscription, error)
	// Create makes a subscription and returns it with its ID. The password is in
	// s.ConsumerInputs.
	Create(ctx context.Context, s Subscription) (Subscription, error)
	// Delete deletes a subscription. One that is gone already is no error.
	Delete(ctx context.Context, id string) error
}

// RefusedError is an answer of Azure DevOps that is no success.
type RefusedError struct {
	// Status is the HTTP status; Message is Azure DevOps' own, "" if it had none.
	Status  int
	Message string
	Err     error
}

func (e *RefusedError) Error() string { return e.Err.Error() }

func (e *RefusedError) Unwrap() error { return e.Err }

// limited lets at most so many calls through at once.
type limited struct {
	api   API
	slots chan struct{}
	// refused is told when credentials were refused, before the call gives its slot
	// away: it ends the context of those that wait for one. nil is nobody.
	refused func(error)
}

// inFlight is how many requests are under way at once. More of them made Azure
// DevOps answer 429, and peers took that for an empty list
// (port-labs/ocean#3778).
const inFlight = 5

func newLimited(api API) limited { return limited{api: api, slots: make(chan struct{}, inFlight)} }

func (l limited) do(ctx context.Context, call func() error) error {
	select {
	case l.slots <- struct{}{}:
		defer func() { <-l.slots }()
		if ctx.Err() != nil { // Both may have been ready.
			return context.Cause(ctx)
		}
		err := call()
		if _, refused := errors.AsType[*ingest.AuthError](err); refused && l.refused != nil {
			l.refused(err)
		}
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (l limited) list(ctx context.Context, e EventType) (have []Subscription, err error) {
	err = l.do(ctx, func() error {
		have, err = l.api.List(ctx, e.Publisher, e.ID)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing the subscriptions to %s: %w", e.ID, err)
	}
	return have, nil
}

func (l limited) create(ctx context.Context, s Subscription) (made Subscription, err error) {
	err = l.do(ctx, func() error {
		made, err = l.api.Create(ctx, s)
		return err
	})
	return made, err
}

func (l limited) delete(ctx context.Context, id string) error {
	return l.do(ctx, func() error { return l.api.Delete(ctx, id) })
}
