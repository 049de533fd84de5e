package keyvault_test

import (
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"adoport/shared/secret"
	"adoport/shared/secret/keyvault"
	simulator "adoport/shared/simulator/keyvault"
)

// clock is a time that tests set.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// log is what a cache logged.
type log struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// story is a cache of a simulated vault.
type story struct {
	*secret.Cache
	t      *testing.T
	server *simulator.Server
	clock  *clock
	log    *log
}

func newStory(t *testing.T) *story {
	t.Helper()
	s := &story{t: t, server: newServer(t), clock: &clock{now: time.Now()}, log: &log{}}
	logger := slog.New(slog.NewJSONHandler(s.log, nil))
	vault := open(t, s.server, s.server.URL(), func(o *keyvault.Options) { o.Logger = logger })
	s.Cache = secret.New(vault, secret.Options{Now: s.clock.Now, Logger: logger})
	return s
}

func (s *story) get(want string) {
	s.t.Helper()
	if got, err := s.Get(s.t.Context(), name); err != nil || got.Reveal() != want {
		s.t.Errorf("%q, %v; want %q", got.Reveal(), err, want)
	}
}

func (s *story) reads(want int) {
	s.t.Helper()
	if got := s.server.Reads(name); got != want {
		s.t.Errorf("%d reads, want %d", got, want)
	}
}

func TestRotation(t *testing.T) {
	s := newStory(t)
	s.get(value)
	s.server.Set(name, "second")
	s.get(value)
	s.reads(1)
	s.clock.Advance(5 * time.Minute)
	s.get("second")

	// What it opens refuses it before its time is over: it is read at once.
	s.server.Set(name, "third")
	credential := s.Func(name)
	for _, want := range []string{"second", "third", "third"} {
		if got, err := credential(t.Context()); err != nil || got.Reveal() != want {
			t.Errorf("%q, %v; want %q", got.Reveal(), err, want)
		}
	}
	s.get("third")
	s.reads(3)
}

func TestOutage(t *testing.T) {
	s := newStory(t)
	s.get(value)
	s.server.Fail(503)
	s.clock.Advance(5 * time.Minute)
	s.get(value)
	s.reads(4) // three tries
	s.clock.Advance(9 * time.Second)
	s.get(value)
	s.reads(4)
	if got, err := s.Again(t.Context(), name, value); err != nil || got.Reveal() != value {
		t.Errorf("%q, %v", got.Reveal(), err)
	}
	s.reads(4)

	s.server.Fail(0)
	s.server.Set(name, "second")
	s.clock.Advance(time.Second)
	if got, err := s.Again(t.Context(), name, value); err != nil || got.Reveal() != "second" {
		t.Errorf("%q, %v", got.Reveal(), err)
	}
	got := s.log.String()
	for text, times := range map[string]int{"does not work (503)": 1, "a secret has a new value": 1, value: 0, "second\"": 0, s.server.Token(s.server.Resource()): 0} {
		if strings.Count(got, text) != times {
			t.Errorf("%q is not logged %d times:\n%s", text, times, got)
		}
	}
}

func TestOutageFromTheBeginning(t *testing.T) {
	s := newStory(t)
	s.server.Forbid(true)
	for range 3 {
		_, err := s.Get(t.Context(), name)
		checkText(t, s.server, err, "Key Vault Secrets User")
	}
	s.reads(1)
	s.server.Forbid(false)
	s.clock.Advance(time.Second)
	s.get(value)
}

func TestDeleted(t *testing.T) {
	s := newStory(t)
	s.get(value)
	s.server.Delete(name)
	for _, want := range []error{nil, secret.ErrNotFound} {
		s.clock.Advance(5 * time.Minute)
		// Again waits, where Get does not.
		if _, err := s.Again(t.Context(), name, value); !errors.Is(err, want) {
			t.Errorf("%v, want %v", err, want)
		}
	}
	_, err := s.Get(t.Context(), name)
	checkText(t, s.server, err, "there is none of that name")
	s.reads(3)
}

func TestManyReaders(t *testing.T) {
	s := newStory(t)
	var readers sync.WaitGroup
	for range 50 {
		readers.Go(func() { s.get(value) })
	}
	readers.Wait()
	s.reads(1)
	if got := s.server.Tokens(s.server.Resource()); got != 1 {
		t.Errorf("%d tokens", got)
	}
}
