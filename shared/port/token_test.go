package port

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"adoport/shared/ingest"
)

func TestRenewAfter(t *testing.T) {
	t.Parallel()
	tests := map[time.Duration]time.Duration{
		3 * time.Hour:          8640 * time.Second,
		400 * time.Second:      320 * time.Second,
		300 * time.Second:      240 * time.Second, // 80 % and 60 s before the end are the same
		200 * time.Second:      140 * time.Second,
		120 * time.Second:      60 * time.Second,
		60 * time.Second:       30 * time.Second,
		10 * time.Second:       5 * time.Second,
		time.Second:            time.Second,
		100 * time.Millisecond: time.Second,
		0:                      10 * time.Minute,
		-time.Second:           10 * time.Minute,
	}
	for lifetime, want := range tests {
		if got := renewAfter(lifetime); got != want {
			t.Errorf("%v: %v, want %v", lifetime, got, want)
		}
	}
}

// tokenServer answers token requests with token, and everything else with rest.
type tokenServer struct {
	t      *testing.T
	token  func(n int, w http.ResponseWriter)
	rest   func(n int, w http.ResponseWriter, authorization string)
	tokens atomic.Int64
	others atomic.Int64
	asked  chan map[string]string // what the token requests had, if not nil
}

func (s *tokenServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/v1/auth/access_token" {
		s.rest(int(s.others.Add(1)), w, r.Header.Get("Authorization"))
		return
	}
	if s.asked != nil {
		body, _ := io.ReadAll(r.Body)
		var in map[string]string
		if err := json.Unmarshal(body, &in); err != nil || r.Method != http.MethodPost || r.Header.Get("Authorization") != "" {
			s.t.Errorf("token request %s %q: %v", r.Method, body, err)
		}
		s.asked <- in
	}
	s.token(int(s.tokens.Add(1)), w)
}

func (s *tokenServer) client(change func(*Options)) *Client {
	server := httptest.NewServer(s)
	s.t.Cleanup(server.Close)
	o := testOptions(server.URL)
	if change != nil {
		change(&o)
	}
	return newTestClient(s.t, o)
}

// numbered hands out "token-1", "token-2", … with a lifetime in seconds.
func numbered(lifetime string) func(int, http.ResponseWriter) {
	return func(n int, w http.ResponseWriter) {
		reply(w, 200, `{"ok":true,"accessToken":"token-`+strconv.Itoa(n)+`","expiresIn":`+lifetime+`,"tokenType":"Bearer"}`)
	}
}

func accept(_ int, w http.ResponseWriter, _ string) { reply(w, 200, `{"ok":true,"blueprints":[]}`) }

func TestTokenIsAskedForOnce(t *testing.T) {
	t.Parallel()
	s := &tokenServer{t: t, token: numbered("10800"), asked: make(chan map[string]string, 10)}
	s.rest = func(n int, w http.ResponseWriter, authorization string) {
		if authorization != "Bearer token-1" {
			t.Errorf("request %d has %q", n, authorization)
		}
		accept(n, w, authorization)
	}
	c := s.client(nil)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if _, err := c.Blueprints(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if in := <-s.asked; in["clientId"] != testID || in["clientSecret"] != testSecret || len(in) != 2 {
		t.Errorf("asked with %v", in)
	}
	if n := s.tokens.Load(); n != 1 {
		t.Errorf("%d token requests", n)
	}
	if got := c.Stats(); got.Requests != 21 {
		t.Errorf("%d requests are counted, want 20 and one for the token", got.Requests)
	}
}

func TestTokenIsRenewedEarly(t *testing.T) {
	t.Parallel()
	var used []string
	s := &tokenServer{t: t, token: numbered("1000")}
	s.rest = func(n int, w http.ResponseWriter, authorization string) {
		used = append(used, authorization)
		accept(n, w, authorization)
	}
	c := s.client(nil)
	now := time.Now()
	c.tokens.now = func() time.Time { return now }
	for _, step := range []time.Duration{0, 799 * time.Second, time.Second, time.Second} {
		now = now.Add(step)
		if _, err := c.Blueprints(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := strings.Join(used, ","), "Bearer token-1,Bearer token-1,Bearer token-2,Bearer token-2"; got != want {
		t.Errorf("used %s", got)
	}
}

// TestRefusedTokenIsRenewedOnce lets the service forget a token that many
// requests are under way with: one of them renews it, all succeed.
func TestRefusedTokenIsRenewedOnce(t *testing.T) {
	t.Parallel()
	const callers = 10
	var arrived sync.WaitGroup
	arrived.Add(callers)
	s := &tokenServer{t: t, token: numbered("10800")}
	s.rest = func(n int, w http.ResponseWriter, authorization string) {
		if authorization == "Bearer token-1" {
			arrived.Done()
			arrived.Wait()
			reply(w, 401, `{"ok":false,"error":"unauthorized","message":"no"}`)
			return
		}
		accept(n, w, authorization)
	}
	c := s.client(nil)
	var wg sync.WaitGroup
	for range callers {
		wg.Go(func() {
			if _, err := c.Blueprints(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := s.tokens.Load(); n != 2 {
		t.Errorf("%d token requests, want 2", n)
	}
}

func TestTokenThatStaysRefused(t *testing.T) {
	t.Parallel()
	s := &tokenServer{t: t, token: numbered("10800")}
	s.rest = func(_ int, w http.ResponseWriter, _ string) {
		reply(w, 401, `{"ok":false,"error":"unauthorized","message":"no"}`)
	}
	c := s.client(nil)
	_, err := c.Blueprints(t.Context())
	var auth *ingest.AuthError
	if !errors.As(err, &auth) || auth.System != "Port" || auth.Advice == "" {
		t.Errorf("error %v", err)
	}
	// A 401 can be a passing fault, so it is not believed at once.
	if s.tokens.Load() != 5 || s.others.Load() != 5 {
		t.Errorf("%d token requests, %d others, want four renewals", s.tokens.Load(), s.others.Load())
	}
}

func TestWrongCredentials(t *testing.T) {
	t.Parallel()
	for _, status := range []int{400, 401, 403, 404, 422} {
		var log bytes.Buffer
		s := &tokenServer{t: t, rest: accept}
		s.token = func(_ int, w http.ResponseWriter) {
			reply(w, status, `{"ok":false,"error":"unauthorized","message":"`+testSecret+` is wrong"}`)
		}
		c := s.client(func(o *Options) {
			o.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		})
		_, err := c.Blueprints(t.Context())
		var auth *ingest.AuthError
		if !errors.As(err, &auth) || auth.System != "Port" {
			t.Errorf("%d: error %v", status, err)
			continue
		}
		for _, word := range []string{"client ID", "secret", "region", "api.us.port.io", "*** is wrong"} {
			if !strings.Contains(err.Error(), word) {
				t.Errorf("%d: %q is not in the advice: %v", status, word, err)
			}
		}
		redacted(t, err.Error()+log.String())
		if s.others.Load() != 0 || s.tokens.Load() > 2 {
			t.Errorf("%d: %d token requests, %d others", status, s.tokens.Load(), s.others.Load())
		}
	}
}

func TestTokenRouteThatFails(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		token func(n int, w http.ResponseWriter)
		want  string // in the error, "" is none
	}{
		"a passing 503": {token: func(n int, w http.ResponseWriter) {
			if n < 3 {
				reply(w, 503, "")
				return
			}
			numbered("60")(n, w)
		}},
		"a lasting 503":  {token: func(_ int, w http.ResponseWriter) { reply(w, 503, "") }, want: "503"},
		"a page":         {token: func(_ int, w http.ResponseWriter) { reply(w, 200, "<html>") }, want: "not JSON"},
		"no token":       {token: func(_ int, w http.ResponseWriter) { reply(w, 200, `{"ok":true}`) }, want: "no usable accessToken"},
		"a number":       {token: func(_ int, w http.ResponseWriter) { reply(w, 200, `{"accessToken":42}`) }, want: "no usable accessToken"},
		"a line break":   {token: func(_ int, w http.ResponseWriter) { reply(w, 200, `{"accessToken":"t0ken-value\n"}`) }, want: "no usable accessToken"},
		"no token type":  {token: func(_ int, w http.ResponseWriter) { reply(w, 200, `{"accessToken":"a","expiresIn":1.5}`) }},
		"immense expiry": {token: func(_ int, w http.ResponseWriter) { reply(w, 200, `{"accessToken":"a","expiresIn":1e300}`) }},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &tokenServer{t: t, token: test.token, rest: accept}
			c := s.client(nil)
			_, err := c.Blueprints(t.Context())
			if test.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			var auth *ingest.AuthError
			if err == nil || !strings.Contains(err.Error(), test.want) || errors.As(err, &auth) {
				t.Fatalf("error %v", err)
			}
			redacted(t, err.Error())
		})
	}
}

func TestCredentialsAreReadAtEachTokenRequest(t *testing.T) {
	t.Parallel()
	s := &tokenServer{t: t, token: numbered("10800"), asked: make(chan map[string]string, 10)}
	s.rest = func(n int, w http.ResponseWriter, authorization string) {
		if n == 2 {
			reply(w, 401, "{}")
			return
		}
		accept(n, w, authorization)
	}
	secrets := []string{"old", "new"}
	c := s.client(func(o *Options) {
		o.Credentials = func(context.Context) (string, string, error) {
			secret := secrets[0]
			secrets = secrets[1:]
			return testID, secret, nil
		}
	})
	for range 2 {
		if _, err := c.Blueprints(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if a, b := <-s.asked, <-s.asked; a["clientSecret"] != "old" || b["clientSecret"] != "new" {
		t.Errorf("asked with %v, then %v", a, b)
	}
}

func TestCredentialsThatCannotBeRead(t *testing.T) {
	t.Parallel()
	s := &tokenServer{t: t, token: numbered("1"), rest: accept}
	locked := errors.New("the vault is locked")
	c := s.client(func(o *Options) {
		o.Credentials = func(context.Context) (string, string, error) { return "", "", locked }
	})
	if _, err := c.Blueprints(t.Context()); !errors.Is(err, locked) {
		t.Errorf("error %v", err)
	}
	empty := s.client(func(o *Options) {
		o.Credentials = func(context.Context) (string, string, error) { return testID, "", nil }
	})
	var auth *ingest.AuthError
	if _, err := empty.Blueprints(t.Context()); !errors.As(err, &auth) {
		t.Errorf("empty secret: error %v", err)
	}
	if s.tokens.Load() != 0 {
		t.Errorf("%d token requests", s.tokens.Load())
	}
}

// TestTokenWaitEndsWithItsContext: a caller that waits for another's token
// request does not wait longer than its own context.
func TestTokenWaitEndsWithItsContext(t *testing.T) {
	t.Parallel()
	hold := make(chan struct{})
	s := &tokenServer{t: t, rest: accept}
	s.token = func(n int, w http.ResponseWriter) { <-hold; numbered("60")(n, w) }
	c := s.client(nil)
	done := make(chan error)
	go func() { _, err := c.Blueprints(t.Context()); done <- err }()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := c.Blueprints(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
	close(hold)
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// TestTokenIsRedacted: a service, or a proxy before it, may repeat what it got.
func TestTokenIsRedacted(t *testing.T) {
	t.Parallel()
	const token = "port-token-0123456789"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.URL.Path == "/v1/auth/access_token" {
			_, _ = io.WriteString(w, `{"accessToken":"`+token+`","expiresIn":3600,"tokenType":"Bearer"}`)
			return
		}
		w.WriteHeader(http.StatusUnprocessableEntity)
		_, _ = io.WriteString(w, `{"ok":false,"error":"`+r.Header.Get("Authorization")+`","message":"you sent `+r.Header.Get("Authorization")+`"}`)
	}))
	t.Cleanup(server.Close)
	client, err := New(Options{
		BaseURL: server.URL, Version: "1", Instance: "i", Logger: slog.New(slog.DiscardHandler),
		Credentials: func(context.Context) (string, string, error) { return "id", "secret", nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.Blueprints(t.Context())
	if err == nil || !strings.Contains(err.Error(), "you sent") || strings.Contains(err.Error(), token) {
		t.Errorf("%v, want an error without the token", err)
	}
}
