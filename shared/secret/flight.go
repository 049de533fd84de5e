package secret

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"adoport/shared/settings"
)

// errSlow ends a read. It is not context.DeadlineExceeded, which callers would
// take for the end of their own time.
var errSlow = errors.New("the read took too long")

// flight is one read, which all who want that secret share.
type flight struct {
	// done is closed when value and err may be read.
	done  chan struct{}
	value settings.Secret
	err   error
}

// wait returns the outcome of the read, or ctx's error if it ends first.
func (f *flight) wait(ctx context.Context, name string) (settings.Secret, error) {
	select {
	case <-f.done:
		return f.value, f.err
	case <-ctx.Done():
		return "", fmt.Errorf("waiting for the secret %s: %w", name, context.Cause(ctx))
	}
}

// fly returns the read of a secret that is under way, and begins one if there is
// none. The lock MUST be held.
func (c *Cache) fly(ctx context.Context, name string, e *entry) *flight {
	if e.flight == nil {
		e.flight = &flight{done: make(chan struct{})}
		// Others may wait for it too, so it MUST NOT end with this caller.
		go c.read(context.WithoutCancel(ctx), name, e, e.flight)
	}
	return e.flight
}

func (c *Cache) read(ctx context.Context, name string, e *entry, f *flight) {
	limited, cancel := context.WithTimeoutCause(ctx, c.o.Timeout, errSlow)
	defer cancel()
	value, err := c.source.Read(limited, name)
	if err == nil && value == "" {
		err = fmt.Errorf("%w: it is empty", ErrUnusable)
	}
	note := c.land(value, err, e, f)
	if note != "" {
		c.tell(ctx, note, name, err)
	}
	close(f.done) // after the lines that say how it came about
}

// land takes in the outcome of a flight, and returns what is to be logged.
func (c *Cache) land(value settings.Secret, err error, e *entry, f *flight) (note string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	note = e.learn(value, err, c.o.Now(), c.o)
	f.value, f.err = e.value, e.err
	e.flight = nil
	return note
}

func (c *Cache) tell(ctx context.Context, note, name string, err error) {
	if err == nil {
		c.o.Logger.LogAttrs(ctx, slog.LevelInfo, note, slog.String("secret", name))
		return
	}
	c.o.Logger.LogAttrs(ctx, slog.LevelWarn, note, slog.String("secret", name), slog.Any("error", err))
}
