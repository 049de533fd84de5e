package servicehooks

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"adoport/shared/basicauth"
	"adoport/shared/ingest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	fabrikam = "9a3f2b10-4c5d-4e6f-8a7b-1c2d3e4f5a60"
	web      = "c0ffee00-1a2b-4c3d-9e8f-a1b2c3d4e5f6"
	hidden   = "TopSecretTitle"
	password = "correct horse"
)

// push is an event of a repository, with contents that MUST NOT come out.
const push = `{
	"subscriptionId": "11111111-2222-3333-4444-555555555555", "notificationId": 3, "id": "e-1",
	"eventType": "git.push", "createdDate": "2026-03-01T10:00:00.5Z",
	"message": {"text": "` + hidden + `"},
	"resource": {"repository": {"id": "` + web + `", "name": "` + hidden + `"}},
	"resourceContainers": {"project": {"id": "` + fabrikam + `"}}
}`

// sent is a queue that remembers what it was given, or fails.
type sent struct {
	mu    sync.Mutex
	tasks []ingest.Task
	fail  func(context.Context) error
}

func (q *sent) Send(ctx context.Context, delay time.Duration, tasks ...ingest.Task) error {
	if q.fail != nil {
		if err := q.fail(ctx); err != nil {
			return err
		}
	}
	if delay != 0 {
		panic("an event was delayed")
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.tasks = append(q.tasks, tasks...)
	return nil
}

// station is a handler with everything that a test wants to look at.
type station struct {
	http.Handler
	queue  *sent
	events []Event
	log    strings.Builder
}

func newStation(change ...func(*Options)) *station {
	s := &station{queue: &sent{}}
	o := Options{
		Queue: s.queue, Kinds: []string{"repository", "work-item", "project"},
		Credentials: basicauth.Credentials{Username: "adoport", Passwords: basicauth.Fixed(password, "old "+password)},
		Observe:     func(e Event) { s.events = append(s.events, e) },
		Logger:      slog.New(slog.NewJSONHandler(&s.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	for _, c := range change {
		c(&o)
	}
	s.Handler = New(o)
	return s
}

func delivery(body io.Reader) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/api/servicehooks", body)
	r.SetBasicAuth("adoport", password)
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	return r
}

// answered is an answer as a client sees it.
type answered struct {
	Outcome string
	Reason  string
	Tasks   []pointer
}

// post sends a request and returns its answer, which is always JSON.
func (s *station) post(t testing.TB, r *http.Request) (*http.Response, answered) {
	t.Helper()
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	var a answered
	if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil {
		t.Fatalf("the answer %q is no JSON: %v", w.Body, err)
	}
	if got := w.Header().Get("Content-Type"); got != "application/json" {
		t.Errorf("Content-Type = %q", got)
	}
	if strings.Contains(w.Body.String(), hidden) || strings.Contains(w.Body.String(), password) {
		t.Errorf("the answer tells too much: %s", w.Body)
	}
	return w.Result(), a
}
