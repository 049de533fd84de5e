package azuredevops

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/google/go-cmp/cmp"

	"adoport/shared/ingest"
)

func basic(pat string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(":"+pat))
}

// credential hands out token-1, token-2, ...
type credential struct {
	asked int
	life  time.Duration
	err   error
}

func (c *credential) GetToken(_ context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	if diff := cmp.Diff([]string{"499b84ac-1321-427f-aa17-267ca6975798/.default"}, o.Scopes); diff != "" {
		return azcore.AccessToken{}, errors.New(diff)
	}
	c.asked++
	if c.err != nil {
		return azcore.AccessToken{}, c.err
	}
	return azcore.AccessToken{Token: fmt.Sprintf("entra-token-%d", c.asked), ExpiresOn: time.Now().Add(c.life)}, nil
}

// final is an error with azcore's mark.
type final struct{ error }

func (final) NonRetriable() {}

func authorization(t *testing.T, a *authorizer) string {
	t.Helper()
	h := http.Header{}
	if err := a.Authorize(t.Context(), h); err != nil {
		t.Fatal(err)
	}
	return h.Get("Authorization")
}

func TestEntraTokenIsKeptAndReplacedEarly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &credential{life: time.Hour}
		a := newAuthorizer(nil, c, "")
		steps := []struct {
			wait time.Duration
			err  error
			want string
		}{
			{0, nil, "Bearer entra-token-1"},
			{54 * time.Minute, nil, "Bearer entra-token-1"},
			{2 * time.Minute, errors.New("no network"), "Bearer entra-token-1"}, // asks in vain, but has 4 minutes left
			{time.Minute, nil, "Bearer entra-token-3"},
			{time.Minute, nil, "Bearer entra-token-3"},
		}
		for i, step := range steps {
			time.Sleep(step.wait)
			c.err = step.err
			if got := authorization(t, a); got != step.want {
				t.Errorf("step %d: got %s, want %s", i, got, step.want)
			}
		}
		c.err = errors.New("no network")
		time.Sleep(2 * time.Hour)
		if err := a.Authorize(t.Context(), http.Header{}); err == nil {
			t.Error("a token was sent after its end")
		}
	})
}

func TestRefreshAsksAgain(t *testing.T) {
	t.Parallel()
	c := &credential{life: time.Hour}
	a := newAuthorizer(nil, c, "")
	first := authorization(t, a)
	a.Refresh(t.Context())
	if second := authorization(t, a); first != "Bearer entra-token-1" || second != "Bearer entra-token-2" {
		t.Errorf("got %s, then %s", first, second)
	}
}

func TestAuthorizerErrors(t *testing.T) {
	t.Parallel()
	none := func(context.Context) (string, error) { return " \n", nil }
	broken := func(context.Context) (string, error) { return "", errors.New("the vault is closed") }
	for _, test := range []struct {
		name       string
		pat        func(context.Context) (string, error)
		credential azcore.TokenCredential
		auth       bool
		says       string
	}{
		{"no PAT, no credential", none, nil, true, "no personal access token"},
		{"the PAT cannot be read", broken, &credential{}, false, "the vault is closed"},
		{"Entra refuses", none, &credential{err: final{errors.New("AADSTS7000215")}}, true, "AADSTS7000215"},
		{"Entra cannot be reached", nil, &credential{err: errors.New("no network")}, false, "no network"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			err := newAuthorizer(test.pat, test.credential, "check it").Authorize(t.Context(), http.Header{})
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("got %v, want %q in it", err, test.says)
			}
			var auth *ingest.AuthError
			if errors.As(err, &auth) != test.auth {
				t.Errorf("got %T, want an AuthError: %v", err, test.auth)
			}
		})
	}
}

func TestAuthorizeDoesNotWaitPastItsContext(t *testing.T) {
	t.Parallel()
	a := newAuthorizer(pat, nil, "")
	if err := a.acquire(t.Context()); err != nil { // another request is asking
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := a.Authorize(ctx, http.Header{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// A token that was rotated in its vault is read again after a refusal, with no
// restart and no error. A newline around it does not count.
func TestRotatedPAT(t *testing.T) {
	t.Parallel()
	var seen []string
	server := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.Header.Get("Authorization"))
		if r.Header.Get("Authorization") != basic("new-pat") {
			answer(w, 203, "text/html", signInPage)
			return
		}
		answer(w, 200, jsonType, `{}`)
	})
	asked := 0
	c := newClient(t, server, func(o *Options) {
		o.PAT = func(context.Context) (string, error) {
			asked++
			return []string{"old-pat", "new-pat\n"}[min(asked, 2)-1], nil
		}
	})
	for range 2 {
		if _, err := c.Do(t.Context(), Request{Path: []string{"x"}}, nil); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{basic("old-pat"), basic("new-pat"), basic("new-pat")}, seen); diff != "" || asked != 2 {
		t.Error(asked, diff)
	}
}

func TestBearerOverTLS(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "Bearer entra-token-2" {
			answer(w, 200, jsonType, `{}`)
			return
		}
		answer(w, 401, jsonType, errorJSON)
	}))
	t.Cleanup(server.Close)
	c := newClient(t, server, func(o *Options) { o.PAT, o.Credential = nil, &credential{life: time.Hour} })
	if _, err := c.Do(t.Context(), Request{Path: []string{"x"}}, nil); err != nil {
		t.Error(err)
	}
}

// A server that sends our credentials back gets them into no error and no log.
func TestSecretsStayOut(t *testing.T) {
	t.Parallel()
	echo := func(status int, contentType, format string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			header := r.Header.Get("Authorization")
			_, password, _ := r.BasicAuth()
			answer(w, status, contentType, fmt.Sprintf(format, header, password))
		}
	}
	for name, handler := range map[string]http.HandlerFunc{
		"error body":   echo(400, jsonType, `{"message":"%s %s is bad","typeKey":"X"}`),
		"type key":     echo(400, jsonType, `{"message":"%s is bad","typeKey":"%s"}`),
		"text":         echo(500, "text/plain", "%s %s"),
		"refusal":      echo(401, jsonType, `{"value":{"Message":"TF400813: %s %s"}}`),
		"sign-in page": echo(203, "text/html", `<title>%s %s</title>`),
		"page":         echo(200, "text/html", `<title>%s %s</title>`),
		"not JSON":     echo(200, jsonType, "%s %s"),
		"no list":      echo(200, jsonType, `{"value":"%s %s"}`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
			c := newClient(t, newServer(t, handler), func(o *Options) { o.Logger = logger })
			_, err := ReadPage[int](t.Context(), c, List{Request: Request{Path: []string{"x"}}}, "")
			if err == nil || log.Len() == 0 {
				t.Fatalf("error %v, %d bytes of log", err, log.Len())
			}
			for _, secret := range []string{testPAT, strings.TrimPrefix(basic(testPAT), "Basic ")} {
				if text := err.Error() + fmt.Sprintf("%+v", err) + log.String(); strings.Contains(text, secret) {
					t.Errorf("a secret is in: %s", text)
				}
			}
		})
	}
}

func TestOnlyTheNewestSecretsAreRemembered(t *testing.T) {
	t.Parallel()
	var s secrets
	s.remember("short", "secret-one", "secret-two", "secret-two")
	if got := s.redact("short secret-one secret-two"); got != "short REDACTED REDACTED" {
		t.Errorf("got %q", got)
	}
	s.remember("secret-3", "secret-4", "secret-5", "secret-6")
	if got := s.redact("secret-one secret-6"); got != "secret-one REDACTED" {
		t.Errorf("got %q", got)
	}
}
