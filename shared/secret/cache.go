package secret

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"adoport/shared/settings"
)

// Options of a Cache. The zero value is usable.
type Options struct {
	// Lifetime is how long a value is used before it is read again; 5 minutes.
	Lifetime time.Duration
	// Pause is how long nothing is read after a read that failed; 10 s. A tenth of
	// it is enough after a failure that leaves no value to go on with, and between
	// two reads of one secret that Again asks for.
	Pause time.Duration
	// Timeout ends one read; 10 s.
	Timeout time.Duration
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Logger is told what callers are not: failures that an older value covers
	// up, and new values; nil is slog.Default().
	Logger *slog.Logger
}

func (o Options) withDefaults() Options {
	set := func(d *time.Duration, usual time.Duration) {
		if *d <= 0 {
			*d = usual
		}
	}
	set(&o.Lifetime, 5*time.Minute)
	set(&o.Pause, 10*time.Second)
	set(&o.Timeout, 10*time.Second)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	return o
}

// Cache remembers the secrets of a source. Callers that want one that is being
// read share that read, and it goes on when the context of one of them ends.
//
// An older value is used as long as the source cannot be asked. That a secret is
// gone (ErrNotFound, ErrUnusable) is believed when two reads in a row say so,
// which are at least Options.Pause apart: one can be the moment in which it is
// replaced or restored. Then its value is forgotten.
//
// Names MUST come from a limited set, for none is forgotten. A Cache is safe for
// concurrent use.
type Cache struct {
	source  Source
	o       Options
	mu      sync.Mutex
	entries map[string]*entry
}

// New returns a cache that has read nothing yet.
func New(source Source, o Options) *Cache {
	return &Cache{source: source, o: o.withDefaults(), entries: map[string]*entry{}}
}

// Get returns a value that was read within Options.Lifetime, or an older one
// where the comment of Cache says so. While reads fail it does not wait for the next
// one if it has an older value. The error is the source's, which may have been
// remembered, for up to Options.Pause, or that of ctx.
func (c *Cache) Get(ctx context.Context, name string) (settings.Secret, error) {
	c.mu.Lock()
	e := c.entry(name)
	if c.o.Now().Before(e.due) {
		defer c.mu.Unlock()
		return e.value, e.err
	}
	wait := !e.failing || !e.known()
	f := c.fly(ctx, name, e)
	if !wait {
		defer c.mu.Unlock()
		return e.value, e.err
	}
	c.mu.Unlock()
	return f.wait(ctx, name)
}

// Again is for a value that was refused by what it opens. If another one is known
// by now it returns that. Else it reads at once, unless a read that Again asked
// for was less than a tenth of Options.Pause ago, or a failed one less than all of
// it: a service may refuse the old value some seconds before the source has the
// new one, and be asked all the time by those who guess. It may return refused
// again: then nothing newer is known. Errors are those of Get.
func (c *Cache) Again(ctx context.Context, name string, refused settings.Secret) (settings.Secret, error) {
	c.mu.Lock()
	e := c.entry(name)
	now := c.o.Now()
	if !e.known() || e.value != refused || e.flight == nil && now.Before(e.again) {
		c.mu.Unlock()
		return c.Get(ctx, name)
	}
	e.again = now.Add(c.o.Pause / 10)
	f := c.fly(ctx, name, e)
	c.mu.Unlock()
	return f.wait(ctx, name)
}

// Func returns a function for clients that ask for a secret once, and again only
// when they need it anew: each call after the first that succeeded takes the value
// it last returned for refused, as Again does. It is safe for concurrent use.
func (c *Cache) Func(name string) func(context.Context) (settings.Secret, error) {
	var last atomic.Pointer[settings.Secret]
	return func(ctx context.Context) (settings.Secret, error) {
		var value settings.Secret
		var err error
		if refused := last.Load(); refused != nil {
			value, err = c.Again(ctx, name, *refused)
		} else {
			value, err = c.Get(ctx, name)
		}
		if err == nil {
			last.Store(&value)
		}
		return value, err
	}
}

// entry returns what is known of a secret. The lock MUST be held.
func (c *Cache) entry(name string) *entry {
	e := c.entries[name]
	if e == nil {
		e = &entry{}
		c.entries[name] = e
	}
	return e
}
