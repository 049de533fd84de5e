package azuredevops

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"go.uber.org/goleak"

	"adoport/shared/transport"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const testPAT = "pat0123456789abcdefghijklmnopqrstuvwxyz0123456789abcd"

// quick is enough tries to see that something is tried again, without waits.
var quick = transport.RetryOptions{Attempts: 3, Throttled: 4, Confirm: 2, Base: time.Microsecond, Cap: time.Microsecond}

func pat(context.Context) (string, error) { return testPAT, nil }

// newServer starts a server for one test.
func newServer(t *testing.T, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server
}

// newClient returns a client of the collection "fabrikam" of server. change may
// be nil.
func newClient(t *testing.T, server *httptest.Server, change func(*Options)) *Client {
	t.Helper()
	o := Options{
		Organization: server.URL + "/fabrikam",
		PAT:          pat,
		HTTP:         server.Client(),
		Retry:        quick,
		Logger:       slog.New(slog.DiscardHandler),
	}
	if change != nil {
		change(&o)
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// answer writes one answer.
func answer(w http.ResponseWriter, status int, contentType, body string) {
	if contentType != "" {
		w.Header().Set("Content-Type", contentType)
	}
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

const jsonType = "application/json; charset=utf-8; api-version=7.1"
