package transport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"adoport/shared/ingest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fast retries at once, so that tests do not wait.
var fast = RetryOptions{Base: time.Microsecond, Cap: time.Microsecond}

// serve answers the n-th request (from 1) with handler.
func serve(t *testing.T, o Options, handler func(n int, w http.ResponseWriter, r *http.Request)) (*Client, string, *atomic.Int64) {
	t.Helper()
	var n atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handler(int(n.Add(1)), w, r)
	}))
	t.Cleanup(s.Close)
	if o.System == "" {
		o.System = "Test"
	}
	if o.Retry == (RetryOptions{}) {
		o.Retry = fast
	}
	o.HTTP = &http.Client{Transport: &http.Transport{}}
	t.Cleanup(o.HTTP.CloseIdleConnections)
	return New(o), s.URL, &n
}

func TestEveryStatus(t *testing.T) {
	t.Parallel()
	for status := 200; status <= 599; status++ {
		client, url, sent := serve(t, Options{}, func(_ int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
		_, err := client.Do(t.Context(), Request{Method: http.MethodPost, URL: url + "/a?secret=s3cret", Body: []byte("{}")})

		wantSent := 1
		switch status {
		case 408, 500, 502, 503, 504:
			wantSent = 6
		case 429:
			wantSent = 30
		case 401:
			wantSent = 5
		}
		if got := int(sent.Load()); got != wantSent {
			t.Errorf("%d: %d requests, want %d", status, got, wantSent)
		}
		if status < 300 {
			if err != nil {
				t.Errorf("%d: %v", status, err)
			}
			continue
		}
		var se *StatusError
		if !errors.As(err, &se) || se.Status != status {
			t.Errorf("%d: error %v is no StatusError of it", status, err)
			continue
		}
		if strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%d: the query is printed: %v", status, err)
		}
		var auth *ingest.AuthError
		if errors.As(err, &auth) != (status == 401) {
			t.Errorf("%d: AuthError: %v", status, err)
		}
	}
}

func TestRecovers(t *testing.T) {
	t.Parallel()
	faults := map[string]func(w http.ResponseWriter){
		"reset": func(w http.ResponseWriter) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				panic(err)
			}
			conn.Close()
		},
		"truncated": func(w http.ResponseWriter) {
			w.Header().Set("Content-Length", "1000")
			fmt.Fprint(w, `{"half":`)
		},
		"unavailable": func(w http.ResponseWriter) { w.WriteHeader(503) },
		"throttled":   func(w http.ResponseWriter) { w.Header().Set("Retry-After", "0"); w.WriteHeader(429) },
		"refused":     func(w http.ResponseWriter) { w.WriteHeader(401) },
		"judged":      func(w http.ResponseWriter) { fmt.Fprint(w, "cut") },
	}
	for name, fault := range faults {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			t.Run(name+" "+method, func(t *testing.T) {
				t.Parallel()
				o := Options{Judge: func(r *Response) error {
					if string(r.Body) == "cut" {
						return Transient(errors.New("cut"))
					}
					return nil
				}}
				client, url, sent := serve(t, o, func(n int, w http.ResponseWriter, r *http.Request) {
					body, _ := io.ReadAll(r.Body)
					if method == http.MethodPost && string(body) != `{"q":1}` {
						t.Errorf("try %d: body %q", n, body)
					}
					if n <= 2 {
						fault(w)
						return
					}
					fmt.Fprint(w, "ok")
				})
				var body []byte
				if method == http.MethodPost {
					body = []byte(`{"q":1}`)
				}
				resp, err := client.Do(t.Context(), Request{Method: method, URL: url, Body: body})
				if err != nil {
					t.Fatal(err)
				}
				if string(resp.Body) != "ok" || sent.Load() != 3 {
					t.Errorf("body %q after %d requests", resp.Body, sent.Load())
				}
				if got := client.Stats(); got.Requests != 3 || got.Retries != 2 {
					t.Errorf("stats %+v", got)
				}
			})
		}
	}
}

func TestAJudgesOwnErrorIsFinal(t *testing.T) {
	t.Parallel()
	verdict := errors.New("no list")
	client, url, sent := serve(t, Options{Judge: func(*Response) error { return verdict }}, func(int, http.ResponseWriter, *http.Request) {})
	if _, err := client.Do(t.Context(), Request{Method: http.MethodGet, URL: url}); !errors.Is(err, verdict) || sent.Load() != 1 {
		t.Errorf("%v after %d requests", err, sent.Load())
	}
}

type recordingAuthorizer struct{ authorized, refreshed int }

func (a *recordingAuthorizer) Authorize(_ context.Context, h http.Header) error {
	a.authorized++
	h.Set("Authorization", fmt.Sprint("token ", a.refreshed))
	return nil
}
func (a *recordingAuthorizer) Refresh(context.Context) { a.refreshed++ }

func TestRefusedCredentialsAreRefreshed(t *testing.T) {
	t.Parallel()
	auth := &recordingAuthorizer{}
	client, url, _ := serve(t, Options{Authorizer: auth}, func(_ int, w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "token 1" {
			w.WriteHeader(http.StatusUnauthorized)
		}
	})
	if _, err := client.Do(t.Context(), Request{Method: http.MethodGet, URL: url}); err != nil {
		t.Fatal(err)
	}
	if auth.authorized != 2 || auth.refreshed != 1 {
		t.Errorf("%+v", auth)
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	client, url, sent := serve(t, Options{}, func(_ int, w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/_signin", http.StatusFound)
	})
	_, err := client.Do(t.Context(), Request{Method: http.MethodGet, URL: url})
	var se *StatusError
	if !errors.As(err, &se) || se.Status != 302 || sent.Load() != 1 {
		t.Errorf("%v after %d requests", err, sent.Load())
	}
}

func TestUnknownCertificateIsFinal(t *testing.T) {
	t.Parallel()
	s := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(s.Close)
	s.Config.ErrorLog = nil
	client := New(Options{System: "Test", Retry: fast, HTTP: &http.Client{Transport: &http.Transport{}}})
	_, err := client.Do(t.Context(), Request{Method: http.MethodGet, URL: s.URL})
	if err == nil || client.Stats().Requests != 1 {
		t.Errorf("%v after %d requests", err, client.Stats().Requests)
	}
}

func TestCanceledContextEndsARequest(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	client, url, _ := serve(t, Options{Retry: RetryOptions{Base: time.Hour, Cap: time.Hour}}, func(_ int, w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(503)
		time.AfterFunc(time.Millisecond, cancel)
	})
	if _, err := client.Do(ctx, Request{Method: http.MethodGet, URL: url}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}
