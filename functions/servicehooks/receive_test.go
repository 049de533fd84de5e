package servicehooks

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"adoport/shared/basicauth"
)

// TestRefused: what is no delivery, in the order of the checks.
func TestRefused(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(*http.Request)
		status int
		header string // one that the answer MUST have
	}{
		{"GET", func(r *http.Request) { r.Method = "GET" }, 405, "Allow"},
		{"HEAD", func(r *http.Request) { r.Method = "HEAD" }, 405, "Allow"},
		{"PUT", func(r *http.Request) { r.Method = "PUT" }, 405, "Allow"},
		{"PATCH", func(r *http.Request) { r.Method = "PATCH" }, 405, "Allow"},
		{"DELETE", func(r *http.Request) { r.Method = "DELETE" }, 405, "Allow"},
		{"OPTIONS", func(r *http.Request) { r.Method = "OPTIONS" }, 405, "Allow"},
		{"post in lower case", func(r *http.Request) { r.Method = "post" }, 405, "Allow"},
		{"GET without credentials", func(r *http.Request) { r.Method = "GET"; r.Header.Del("Authorization") }, 405, "Allow"},
		{"no credentials", func(r *http.Request) { r.Header.Del("Authorization") }, 401, "Www-Authenticate"},
		{"wrong password", func(r *http.Request) { r.SetBasicAuth("adoport", "guess") }, 401, "Www-Authenticate"},
		{"wrong user", func(r *http.Request) { r.SetBasicAuth("admin", password) }, 401, "Www-Authenticate"},
		{"wrong password and type", func(r *http.Request) { r.SetBasicAuth("adoport", "guess"); r.Header.Del("Content-Type") }, 401, "Www-Authenticate"},
		{"no type", func(r *http.Request) { r.Header.Del("Content-Type") }, 415, ""},
		{"text", func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") }, 415, ""},
		{"form", func(r *http.Request) { r.Header.Set("Content-Type", "application/x-www-form-urlencoded") }, 415, ""},
		{"almost JSON", func(r *http.Request) { r.Header.Set("Content-Type", "application/jsonp") }, 415, ""},
		{"no type at all", func(r *http.Request) { r.Header.Set("Content-Type", ";;;") }, 415, ""},
		{"compressed", func(r *http.Request) { r.Header.Set("Content-Encoding", "gzip") }, 415, ""},
		{"empty", func(r *http.Request) { r.Body = http.NoBody }, 400, ""},
		{"no JSON", func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader("<html>")) }, 400, ""},
		{"no envelope", func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader(`{"a": 1}`)) }, 400, ""},
		{"array", func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader(`[]`)) }, 400, ""},
		{"cut off", func(r *http.Request) { r.Body = io.NopCloser(iotest.ErrReader(io.ErrUnexpectedEOF)) }, 408, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newStation()
			r := delivery(strings.NewReader(push))
			tt.change(r)
			before := time.Now()
			resp, got := s.post(t, r)
			if resp.StatusCode != tt.status || got.Outcome != "refused" || got.Reason == "" {
				t.Errorf("%d %+v, want %d refused with a reason", resp.StatusCode, got, tt.status)
			}
			if tt.header != "" && resp.Header.Get(tt.header) == "" {
				t.Errorf("the answer lacks %s", tt.header)
			}
			if len(s.queue.tasks) > 0 {
				t.Errorf("queued %+v", s.queue.tasks)
			}
			s.told(t, before, Event{Outcome: Refused, Status: tt.status})
		})
	}
}

func TestOtherJSONTypesAndPasswords(t *testing.T) {
	t.Parallel()
	for _, media := range []string{"application/json", "Application/JSON", `application/json; charset="utf-8"`, "application/cloudevents+json"} {
		s := newStation()
		r := delivery(strings.NewReader(push))
		r.Header.Set("Content-Type", media)
		r.Header.Set("Content-Encoding", "identity")
		r.SetBasicAuth("adoport", "old "+password)
		if resp, got := s.post(t, r); resp.StatusCode != 202 {
			t.Errorf("%s: %d %+v, want 202", media, resp.StatusCode, got)
		}
	}
}

func TestWithoutPassword(t *testing.T) {
	t.Parallel()
	for name, passwords := range map[string]basicauth.Passwords{
		"nil": nil, "none": basicauth.Fixed(), "empty": basicauth.Fixed(""),
	} {
		s := newStation(func(o *Options) { o.Credentials.Passwords = passwords })
		r := delivery(strings.NewReader(push))
		r.SetBasicAuth("adoport", "")
		if resp, _ := s.post(t, r); resp.StatusCode != 401 {
			t.Errorf("%s: status %d, want 401", name, resp.StatusCode)
		}
	}
}

// TestUnreadablePasswords: a vault that is away MUST NOT lose events.
func TestUnreadablePasswords(t *testing.T) {
	t.Parallel()
	s := newStation(func(o *Options) {
		o.Credentials.Passwords = func(context.Context, bool) ([]string, error) { return nil, errors.New("vault away") }
	})
	resp, got := s.post(t, delivery(strings.NewReader(push)))
	if resp.StatusCode != 503 || resp.Header.Get("Retry-After") == "" || strings.Contains(got.Reason, "vault") {
		t.Errorf("status %d %+v, want 503 with Retry-After and no details", resp.StatusCode, got)
	}
}

// TestSize: at the limit and above, with a length and without.
func TestSize(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		size    int
		chunked bool
		want    int
	}{
		{"at the limit", maxBody, false, 202},
		{"at the limit, chunked", maxBody, true, 202},
		{"above it", maxBody + 1, false, 413},
		{"above it, chunked", maxBody + 1, true, 413},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newStation()
			r := delivery(strings.NewReader(push + strings.Repeat(" ", tt.size-len(push))))
			if tt.chunked {
				r.ContentLength = -1
			}
			resp, got := s.post(t, r)
			if resp.StatusCode != tt.want {
				t.Errorf("%d %+v, want %d", resp.StatusCode, got, tt.want)
			}
			if queued := len(s.queue.tasks) == 1; queued != (tt.want == 202) {
				t.Errorf("queued %+v", s.queue.tasks)
			}
		})
	}
}

// TestAnnouncedSizeIsNotRead: who announces 10 MB is refused before sending it.
func TestAnnouncedSizeIsNotRead(t *testing.T) {
	t.Parallel()
	s := newStation()
	r := delivery(iotest.ErrReader(errors.New("the body was read")))
	r.ContentLength = 10 << 20
	if resp, got := s.post(t, r); resp.StatusCode != 413 || resp.Header.Get("Connection") != "close" {
		t.Errorf("%d %+v %v, want 413 and an end of the connection", resp.StatusCode, got, resp.Header)
	}
}

// TestBodyIsNotReadWithoutCredentials: strangers cost no memory.
func TestBodyIsNotReadWithoutCredentials(t *testing.T) {
	t.Parallel()
	s := newStation()
	var body bytes.Buffer
	body.WriteString(push)
	r := delivery(&body)
	r.Header.Del("Authorization")
	s.post(t, r)
	if body.Len() != len(push) {
		t.Errorf("%d bytes of the body were read", len(push)-body.Len())
	}
}

// pipe serves a handler at one end of a connection in memory and returns the
// other. Its deadlines live by the clock of the bubble.
func pipe(t *testing.T, h http.Handler) net.Conn {
	t.Helper()
	client, server := net.Pipe()
	listener := &one{conns: make(chan net.Conn, 1)}
	listener.conns <- server
	s := &http.Server{Handler: h, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)}
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Serve(listener) }()
	t.Cleanup(func() {
		client.Close()
		s.Close()
		<-done
	})
	return client
}

// one is a listener with one connection.
type one struct{ conns chan net.Conn }

func (l *one) Accept() (net.Conn, error) {
	c, ok := <-l.conns
	if !ok {
		return nil, net.ErrClosed
	}
	return c, nil
}
func (l *one) Close() error   { close(l.conns); return nil }
func (l *one) Addr() net.Addr { return &net.UnixAddr{} }

const head = "POST /api/servicehooks HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAuthorization: %s\r\nContent-Length: 100\r\n\r\n"

func header(password string) string {
	r := &http.Request{Header: http.Header{}}
	r.SetBasicAuth("adoport", password)
	return strings.Replace(head, "%s", r.Header.Get("Authorization"), 1)
}

// TestSlowBody: a body that never ends costs 10 seconds, right password or wrong.
func TestSlowBody(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		password string
		status   int
	}{"right password": {password, 408}, "wrong password": {"guess", 401}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				conn := pipe(t, newStation())
				begin := time.Now()
				if _, err := io.WriteString(conn, header(tt.password)+`{"eventType": `); err != nil {
					t.Fatal(err)
				}
				resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
				if err != nil {
					t.Fatal(err)
				}
				resp.Body.Close()
				if took := time.Since(begin); resp.StatusCode != tt.status || took > bodyTimeout {
					t.Errorf("status %d after %s, want %d after %s at most", resp.StatusCode, took, tt.status, bodyTimeout)
				}
			})
		})
	}
}

// TestSlowBodyThenSlowQueue: the time of the body MUST NOT be taken from the
// queue's.
func TestSlowBodyThenSlowQueue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStation()
		s.queue.fail = func(ctx context.Context) error {
			select {
			case <-time.After(4 * time.Second):
				return nil
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
		conn := pipe(t, s)
		body := `{"eventType": "workitem.updated", "resource": {"workItemId": 7}}`
		body += strings.Repeat(" ", 100-len(body))
		for _, part := range []string{header(password), body[:50], body[50:]} {
			if _, err := io.WriteString(conn, part); err != nil {
				t.Fatal(err)
			}
			time.Sleep(4 * time.Second)
		}
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != 202 {
			t.Errorf("status %d, want 202; log: %s", resp.StatusCode, s.log.String())
		}
	})
}
