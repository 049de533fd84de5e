package keyvault_test

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"adoport/shared/secret/keyvault"
	"adoport/shared/settings"
)

func TestRead(t *testing.T) {
	s := newServer(t)
	v := open(t, s, s.URL()+"/", nil)
	s.Set("uploaded", " from a file\r\n")
	for secret, want := range map[string]string{name: value, "Port-Client-Secret": value, "uploaded": "from a file"} {
		if got, err := v.Read(t.Context(), secret); err != nil || got.Reveal() != want {
			t.Errorf("%s: %q, %v", secret, got.Reveal(), err)
		}
	}
	s.Set(name, "another")
	if got, err := v.Read(t.Context(), name); err != nil || got.Reveal() != "another" {
		t.Errorf("%q, %v", got.Reveal(), err)
	}
	if got := s.Tokens(s.Resource()); got != 1 {
		t.Errorf("%d tokens", got)
	}
}

func TestReadAtOnce(t *testing.T) {
	s := newServer(t)
	v := open(t, s, s.URL(), nil)
	var readers sync.WaitGroup
	for range 20 {
		readers.Go(func() {
			if got, err := v.Read(t.Context(), name); err != nil || got.Reveal() != value {
				t.Errorf("%q, %v", got.Reveal(), err)
			}
		})
	}
	readers.Wait()
	if got := s.Reads(name); got != 20 {
		t.Errorf("%d reads", got)
	}
}

// TestExpired: the vault still gives it out, so it is used; but somebody should
// know.
func TestExpired(t *testing.T) {
	s := newServer(t)
	var log bytes.Buffer
	v := open(t, s, s.URL(), func(o *keyvault.Options) { o.Logger = slog.New(slog.NewTextHandler(&log, nil)) })
	for _, expires := range []time.Duration{time.Hour, -time.Hour} {
		if log.Len() > 0 {
			t.Errorf("logged too early: %s", log.String())
		}
		s.Expire(name, time.Now().Add(expires))
		if got, err := v.Read(t.Context(), name); err != nil || got.Reveal() != value {
			t.Errorf("%q, %v", got.Reveal(), err)
		}
	}
	if got := log.String(); !strings.Contains(got, "level=WARN") || !strings.Contains(got, name) || strings.Contains(got, value) {
		t.Errorf("logged: %s", got)
	}
}

func TestNewRefusesURLs(t *testing.T) {
	t.Parallel()
	for url, says := range map[string]string{
		"":                                  "is not a URL",
		"fabrikam":                          "is not a URL",
		"fabrikam.vault.azure.net":          "is not a URL",
		"https:fabrikam.vault.azure.net":    "is not a URL",
		"https://%zz":                       "is not a URL",
		"http://fabrikam.vault.azure.net":   "is not https",
		"ftp://fabrikam.vault.azure.net":    "is not https",
		"https://u:p4ss@f.vault.azure.net":  "has a user name",
		"https://f.vault.azure.net?sig=s3c": "has a query",
		"https://f.vault.azure.net#s3c":     "has a query or fragment",
		"https://f.vault.azure.net?":        "has a query",
		"https://f.vault.azure.net/secrets/port-client-secret/0123": "has a path",
		"https://fabrikam": "has no domain",
	} {
		v, err := keyvault.New(url, nil, keyvault.Options{})
		var problem *settings.Problem
		if v != nil || !errors.As(err, &problem) || !strings.HasPrefix(err.Error(), "KEY_VAULT_URL "+says) {
			t.Errorf("%q: %v, want %q", url, err, says)
			continue
		}
		for _, leak := range []string{"p4ss", "s3c", "0123"} {
			if strings.Contains(err.Error(), leak) {
				t.Errorf("%q: %v", url, err)
			}
		}
	}
}
