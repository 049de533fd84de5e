package keyvault_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"

	"adoport/shared/secret"
	"adoport/shared/secret/keyvault"
	simulator "adoport/shared/simulator/keyvault"
)

// TestAnswers: every answer that is not a success says what to do.
func TestAnswers(t *testing.T) {
	s := newServer(t)
	v := open(t, s, s.URL(), nil)
	refuse := func(status int, code, inner string) func(*simulator.Server) {
		return func(s *simulator.Server) { s.Refuse(status, code, inner) }
	}
	for label, test := range map[string]struct {
		arrange func(*simulator.Server)
		says    string
		is      error
		status  int
	}{
		"deleted":       {func(s *simulator.Server) { s.Delete(name) }, "there is none of that name; add it", secret.ErrNotFound, 404},
		"disabled":      {func(s *simulator.Server) { s.Disable(name) }, "it is disabled; enable", secret.ErrUnusable, 403},
		"empty":         {func(s *simulator.Server) { s.Set(name, " \n") }, "it is empty", secret.ErrUnusable, 0},
		"expired":       {refuse(403, "Forbidden", "SecretExpired"), "it has expired", secret.ErrUnusable, 403},
		"not yet valid": {refuse(403, "Forbidden", "SecretNotYetValid"), "it is not yet valid", secret.ErrUnusable, 403},
		"no role":       {func(s *simulator.Server) { s.Forbid(true) }, "Key Vault Secrets User", nil, 403},
		"no policy":     {refuse(403, "Forbidden", "ForbiddenByPolicy"), "access policies", nil, 403},
		"firewall":      {refuse(403, "Forbidden", "ForbiddenByFirewall"), "networking settings", nil, 403},
		"private":       {refuse(403, "Forbidden", "ForbiddenByConnection"), "private endpoint", nil, 403},
		"forbidden":     {refuse(403, "Forbidden", value), "Key Vault Secrets User", nil, 403},
		"no identity":   {refuse(401, "Unauthorized", ""), "same Microsoft Entra tenant", nil, 401},
		"bad request":   {refuse(400, "BadParameter", ""), "letters, digits and dashes", nil, 400},
		"another 404":   {refuse(404, value, ""), "check KEY_VAULT_URL", nil, 404},
		"teapot":        {refuse(418, value, value), "(418); check KEY_VAULT_URL", nil, 418},
		"throttled":     {refuse(429, "Throttled", ""), "(429)", nil, 429},
		"broken":        {func(s *simulator.Server) { s.Fail(503) }, "does not work (503)", nil, 503},
	} {
		t.Run(label, func(t *testing.T) {
			s.Forbid(false)
			s.Set(name, value)
			test.arrange(s)
			got, err := v.Read(t.Context(), name)
			if got != "" {
				t.Errorf("a value with the error %v", err)
			}
			checkText(t, s, err, test.says)
			checkIs(t, err, test.is)
			var answer *azcore.ResponseError
			if errors.As(err, &answer) != (test.status != 0) || answer != nil && answer.StatusCode != test.status {
				t.Errorf("the answer in the chain is %v", answer != nil)
			}
		})
	}
}

// checkIs checks which of the errors of package secret it is; nil is none.
func checkIs(t *testing.T, err, want error) {
	t.Helper()
	for _, is := range []error{secret.ErrNotFound, secret.ErrUnusable} {
		if got := errors.Is(err, is); got != errors.Is(want, is) {
			t.Errorf("errors.Is(%v, %v) is %v", err, is, got)
		}
	}
}

// TestBroken: what is no answer of a vault at all.
func TestBroken(t *testing.T) {
	s := newServer(t)
	server := func(h http.HandlerFunc) string {
		web := httptest.NewTLSServer(h)
		t.Cleanup(web.Close)
		return web.URL
	}
	// dial makes connections fail.
	dial := func(err error) *http.Client {
		return &http.Client{Transport: &http.Transport{
			DialContext: func(context.Context, string, string) (net.Conn, error) { return nil, err },
		}}
	}
	for label, test := range map[string]struct {
		url, says string
		http      *http.Client
	}{
		"no such vault":    {"https://fabrikam.vault.azure.net", "no vault of that name", dial(&net.DNSError{Err: "no such host", Name: "x", IsNotFound: true})},
		"no name service":  {"https://fabrikam.vault.azure.net", "cannot be reached; check that this app's network", dial(&net.DNSError{Err: "server misbehaving", Name: "x"})},
		"nobody listens":   {"https://fabrikam.vault.azure.net", "cannot be reached: " + syscall.ECONNREFUSED.Error(), dial(os.NewSyscallError("connect", syscall.ECONNREFUSED))},
		"unknown issuer":   {s.URL(), "not trusted", &http.Client{Transport: &http.Transport{}}},
		"a web page":       {server(answering(200, "", "<html>"+value)), "not that of a Key Vault", nil},
		"nothing":          {server(answering(200, "", "")), "not that of a Key Vault", nil},
		"no value":         {server(answering(200, "", `{"id":"https://x/secrets/x/1"}`)), "not that of a Key Vault", nil},
		"not a secret":     {server(answering(200, "", `{"value":"`+value+`","attributes":"`+value+`"}`)), "not that of a Key Vault", nil},
		"no challenge":     {server(answering(401, "", value)), "does not accept the identity", nil},
		"another host":     {server(answering(401, `Bearer authorization="https://login.microsoftonline.com/x", resource="https://vault.azure.net"`, "")), "not that of a Key Vault", nil},
		"another scheme":   {server(answering(401, `Basic realm="x"`, "")), "not that of a Key Vault", nil},
		"an error as text": {server(answering(403, "", value)), "Key Vault Secrets User", nil},
	} {
		t.Run(label, func(t *testing.T) {
			v := open(t, s, test.url, func(o *keyvault.Options) {
				if test.http != nil {
					o.HTTP = test.http
					t.Cleanup(test.http.CloseIdleConnections)
				}
			})
			_, err := v.Read(t.Context(), name)
			checkText(t, s, err, test.says)
			checkIs(t, err, nil)
		})
	}
}

func TestDisabledByItsAttributes(t *testing.T) {
	s := newServer(t)
	web := httptest.NewTLSServer(answering(200, "", `{"value":"`+value+`","attributes":{"enabled":false}}`))
	t.Cleanup(web.Close)
	got, err := open(t, s, web.URL, nil).Read(t.Context(), name)
	if got != "" {
		t.Error("a disabled secret has a value")
	}
	checkText(t, s, err, "it is disabled")
	checkIs(t, err, secret.ErrUnusable)
}

func TestSlowVault(t *testing.T) {
	s := newServer(t)
	v := open(t, s, s.URL(), nil)
	if _, err := v.Read(t.Context(), name); err != nil {
		t.Fatal(err)
	}
	s.Slow(time.Hour)

	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := v.Read(ctx, name)
	checkText(t, s, err, "did not answer in time")
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v is no end of a context", err)
	}

	// The cause of an end is what callers know it by.
	own := errors.New("enough")
	ctx, cancel = context.WithTimeoutCause(t.Context(), 50*time.Millisecond, own)
	defer cancel()
	if _, err = v.Read(ctx, name); !errors.Is(err, own) || errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}

	ctx, stop := context.WithCancel(t.Context())
	stop()
	_, err = v.Read(ctx, name)
	checkText(t, s, err, "called off")
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v is not called off", err)
	}
}

// TestSlowTries: one try does not use up the time of a read.
func TestSlowTries(t *testing.T) {
	s := newServer(t)
	s.Slow(time.Hour)
	v := open(t, s, s.URL(), func(o *keyvault.Options) { o.TryTimeout = 50 * time.Millisecond })
	_, err := v.Read(t.Context(), name)
	checkText(t, s, err, "did not answer in time")
}
