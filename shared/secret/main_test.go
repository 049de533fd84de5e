package secret_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"adoport/shared/secret"
	"adoport/shared/settings"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const name = "port-client-secret"

var errOutage = errors.New("the vault is closed")

// source answers every read alike, after a while.
type source struct {
	mu    sync.Mutex
	value string
	err   error
	delay time.Duration
	reads int
}

func (s *source) set(value string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.value, s.err = value, err
}

func (s *source) slow(delay time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.delay = delay
}

func (s *source) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.reads
}

// Read takes the answer when it is asked, and gives it after the delay.
func (s *source) Read(ctx context.Context, asked string) (settings.Secret, error) {
	s.mu.Lock()
	s.reads++
	value, err, delay := s.value, s.err, s.delay
	s.mu.Unlock()
	if asked != name {
		return "", fmt.Errorf("the name is %q", asked)
	}
	select {
	case <-ctx.Done():
		return "", context.Cause(ctx)
	case <-time.After(delay):
		return settings.Secret(value), err
	}
}

// world is a cache over a source, in a bubble of synctest.
type world struct {
	*source
	*secret.Cache
	t   *testing.T
	log lines
}

// in runs a test with a cache whose source has the value "one".
func in(t *testing.T, f func(t *testing.T, w *world)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &world{source: &source{value: "one"}, t: t}
		w.Cache = secret.New(w.source, secret.Options{Logger: slog.New(slog.NewTextHandler(&w.log, nil))})
		f(t, w)
	})
}

// want checks an outcome and how often the source was read so far.
func (w *world) want(got settings.Secret, err error, value string, wantErr error, reads int) {
	w.t.Helper()
	if got.Reveal() != value || !errors.Is(err, wantErr) || wantErr == nil && err != nil || w.count() != reads {
		w.t.Errorf("%q, %v after %d reads; want %q, %v after %d", got.Reveal(), err, w.count(), value, wantErr, reads)
	}
}

// get is called by one goroutine alone: it waits until nothing goes on in the
// background, and only then counts the reads.
func (w *world) get(value string, wantErr error, reads int) {
	w.t.Helper()
	got, err := w.Get(w.t.Context(), name)
	synctest.Wait()
	w.want(got, err, value, wantErr, reads)
}

// again is get for a value that was refused.
func (w *world) again(refused settings.Secret, value string, wantErr error, reads int) {
	w.t.Helper()
	got, err := w.Again(w.t.Context(), name, refused)
	synctest.Wait()
	w.want(got, err, value, wantErr, reads)
}

// logged checks that a text was logged so often, and that no secret was.
func (w *world) logged(text string, times int) {
	w.t.Helper()
	log := w.log.String()
	if got := strings.Count(log, text); got != times {
		w.t.Errorf("%q is logged %d times, want %d:\n%s", text, got, times, log)
	}
	for _, value := range []string{"=one", "=two", "=three"} {
		if strings.Contains(log, value) {
			w.t.Errorf("a secret is logged:\n%s", log)
		}
	}
}

// lines is a log that is read while it is written.
type lines struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}
