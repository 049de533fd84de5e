package azurefunctions

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"adoport/shared/ingest"
)

// box is a queue that remembers what it was given.
type box struct {
	refuses error

	mu    sync.Mutex
	sent  []time.Duration
	aside []string
}

func (b *box) Delivered(text string, dequeueCount int) (ingest.Delivery, error) {
	task, err := ingest.DecodeTask([]byte(text))
	return ingest.Delivery{Task: task, Attempt: dequeueCount}, err
}

func (b *box) SendBack(_ context.Context, _ ingest.Delivery, delay time.Duration) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sent = append(b.sent, delay)
	return b.refuses
}

func (b *box) SetAside(_ context.Context, _ ingest.Delivery, reason string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.aside = append(b.aside, reason)
	return b.refuses
}

// station is a server with one queue function and one timer.
type station struct {
	*Server
	box  box
	logs bytes.Buffer
	// handle and tick are what the functions do.
	handle func(context.Context, ingest.Delivery) error
	tick   func(context.Context) error
}

func newStation(limit int) *station {
	s := &station{}
	s.Server = NewServer(slog.New(LogHandler(slog.NewJSONHandler(&s.logs, nil))))
	s.Queue(Queue{
		Function: "walk", Binding: "task", Name: "adoport-backfill", Limit: limit,
		Mailbox: func() (Mailbox, error) { return &s.box, nil },
		Handle:  func(ctx context.Context, d ingest.Delivery) error { return s.handle(ctx, d) },
	})
	s.Timer("backfill", func(ctx context.Context) error { return s.tick(ctx) })
	return s
}

// message is the envelope of a walk.
func message(count string) string {
	return `{"Data":{"task":"\"{\\\"v\\\":1,\\\"type\\\":\\\"walk\\\",\\\"run\\\":\\\"r1\\\"}\""},"Metadata":{"DequeueCount":"` + count + `","sys":{"MethodName":"walk"}}}`
}

// invoke does what the host does: no Content-Length, and an invocation ID. An
// answer that the host would not understand fails the test.
func (s *station) invoke(t *testing.T, path, body string) (int, string) {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, path, io.MultiReader(strings.NewReader(body)))
	r.ContentLength = -1
	r.Header.Set(invocationHeader, "i-42")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if !json.Valid(w.Body.Bytes()) || w.Header().Get("Content-Type") != "application/json" || w.Body.String() == "null" {
		t.Errorf("%s is answered %d %s %q", path, w.Code, w.Header().Get("Content-Type"), w.Body)
	}
	return w.Code, w.Body.String()
}

var errBroken = errors.New("broken")
