package azurestorage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"adoport/shared/ingest"
	"adoport/shared/storageaccount"
	"adoport/shared/transport"
)

// secret is in every place where errors may find one: the key, the token, the
// bodies of answers, queries, pop receipts.
const secret = "c2VjcmV0"

// identity is a credential.
type identity struct{ err error }

func (i identity) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{Token: secret, ExpiresOn: time.Now().Add(time.Hour)}, i.err
}

// answering returns a queue on a TLS server that gives one answer, opened by an
// identity or by a key, and how many requests came.
func answering(t *testing.T, keyed bool, status int, code string) (*Queue, *atomic.Int64) {
	t.Helper()
	var requests atomic.Int64
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		if r.Header.Get("Authorization") == "" {
			t.Error("a request without credentials")
		}
		w.Header().Set("x-ms-error-code", code)
		w.Header().Set("x-ms-request-id", "request-1")
		w.WriteHeader(status)
		fmt.Fprintf(w, "<Error><Code>%s</Code><AuthenticationErrorDetail>%s</AuthenticationErrorDetail></Error>", code, secret)
	}))
	t.Cleanup(server.Close)
	account := storageaccount.Account{Queues: server.URL, Credential: identity{}}
	if keyed {
		account = storageaccount.Account{ConnectionString: "AccountName=a;AccountKey=" + secret + ";QueueEndpoint=" + server.URL}
	}
	o := through(server.Client().Do)
	o.Client.Retry.MaxRetries = 2
	q, err := New(account, "live", o)
	if err != nil {
		t.Fatal(err)
	}
	return q, &requests
}

// held returns a delivery that is held for long.
func held(t *testing.T) ingest.Delivery {
	t.Helper()
	r := receipt{until: time.Now().Add(time.Hour), id: "id", pop: secret, text: encoded(t, message{Task: task(1)})}
	return ingest.Delivery{Task: task(1), Attempt: 1, Receipt: r.String()}
}

// expectClean fails if an error has a secret, a query or the body of an answer.
func expectClean(t *testing.T, name string, err error) {
	t.Helper()
	for _, bad := range []string{secret, "?", "sig=", "popreceipt", "Bearer", "SharedKey", "<Error>", "RESPONSE", "----"} {
		if strings.Contains(err.Error(), bad) {
			t.Errorf("%s: the error has %q: %v", name, bad, err)
		}
	}
}

// TestRefused: every method says that we are not let in, by whom, and what to do.
func TestRefused(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		keyed  bool
		status int
		code   string
		advice string
	}{
		"no role":         {false, 403, "AuthorizationPermissionMismatch", "the role Storage Queue Data Contributor"},
		"other tenant":    {false, 401, "InvalidAuthenticationInfo", "identity's tenant"},
		"network":         {false, 403, "AuthorizationFailure", "Networking settings"},
		"network, key":    {true, 403, "AuthorizationFailure", "Networking settings"},
		"wrong key":       {true, 403, "AuthenticationFailed", "Copy the connection string again"},
		"keys forbidden":  {true, 403, "KeyBasedAuthenticationNotPermitted", "does not allow access keys"},
		"unknown, key":    {true, 403, "SomethingNew", "Copy the connection string again"},
		"nothing said":    {false, 401, "", "Storage Queue Data Contributor"},
		"unknown, no key": {false, 403, "SomethingNew", "Storage Queue Data Contributor"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q, _ := answering(t, tt.keyed, tt.status, tt.code)
			for method, call := range calls(t.Context(), q, held(t)) {
				err := call()
				refused, ok := errors.AsType[*ingest.AuthError](err)
				if !ok || !strings.Contains(refused.Advice, tt.advice) {
					t.Errorf("%s = %v; want an *ingest.AuthError with the advice %q", method, err, tt.advice)
					continue
				}
				for _, want := range []string{"the queue live", strconv.Itoa(tt.status), tt.code, "request-1", "/live"} {
					if !strings.Contains(err.Error(), want) {
						t.Errorf("%s: the error does not say %q: %v", method, want, err)
					}
				}
				expectClean(t, method, err)
			}
		})
	}
}

// TestBusy: an answer that may pass is asked for again, and told if it does not.
func TestBusy(t *testing.T) {
	t.Parallel()
	for method := range calls(t.Context(), nil, ingest.Delivery{}) {
		q, requests := answering(t, false, 503, "ServerBusy")
		err := calls(t.Context(), q, held(t))[method]()
		status, ok := errors.AsType[*transport.StatusError](err)
		if !ok || status.Code != "ServerBusy" || !transport.Outage(err) || requests.Load() < 3 {
			t.Errorf("%s = %v after %d requests; want an outage after 3", method, err, requests.Load())
			continue
		}
		expectClean(t, method, err)
	}
}

// TestLost: what the service says of a delivery that is not ours any more.
func TestLost(t *testing.T) {
	t.Parallel()
	for code, status := range map[string]int{"MessageNotFound": 404, "PopReceiptMismatch": 400, "QueueNotFound": 404} {
		q, requests := answering(t, false, status, code)
		for _, method := range []string{"Done", "Retry", "Return", "Poison"} {
			if err := calls(t.Context(), q, held(t))[method](); !errors.Is(err, ingest.ErrLost) {
				t.Errorf("%s: %s = %v; want ErrLost", code, method, err)
			}
		}
		if requests.Load() != 4 {
			t.Errorf("%s: %d requests; want one for each, and no poison", code, requests.Load())
		}
	}
}

// TestCreationRefused: a queue that is missing and may not be created.
func TestCreationRefused(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut {
			w.Header().Set("x-ms-error-code", "AuthorizationPermissionMismatch")
			w.WriteHeader(http.StatusForbidden)
			return
		}
		asked.Add(1)
		w.Header().Set("x-ms-error-code", "QueueNotFound")
		w.WriteHeader(http.StatusNotFound)
	}))
	defer server.Close()
	q, err := New(storageaccount.Account{Queues: server.URL, Credential: identity{}}, "live", through(server.Client().Do))
	if err != nil {
		t.Fatal(err)
	}
	err = q.Ping(t.Context())
	if _, ok := errors.AsType[*ingest.AuthError](err); !ok || asked.Load() != 1 {
		t.Errorf("Ping = %v after %d looks; want an *ingest.AuthError after one", err, asked.Load())
	}
}

// TestBroken: connections that break, by what breaks them.
func TestBroken(t *testing.T) {
	t.Parallel()
	wrapped := func(err error) error {
		return &url.Error{Op: "Get", URL: "https://a.queue.core.windows.net/live?sig=" + secret, Err: err}
	}
	for name, tt := range map[string]struct {
		err  error
		want string
	}{
		"no such name": {&net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "a.queue.core.windows.net", IsNotFound: true}}, "Check the name of the storage account"},
		"refused":      {&net.OpError{Op: "dial", Err: errors.New("connection refused")}, "connection refused"},
		"cut":          {io.ErrUnexpectedEOF, "unexpected EOF"},
		"too slow":     {context.DeadlineExceeded, "no answer in time"},
	} {
		o := through(func(*http.Request) (*http.Response, error) { return nil, wrapped(tt.err) })
		o.Client.Retry.MaxRetries = -1
		q, err := New(storageaccount.Account{Queues: "https://a.queue.core.windows.net", Credential: identity{}}, "live", o)
		if err != nil {
			t.Fatal(err)
		}
		for method, call := range calls(t.Context(), q, held(t)) {
			err := call()
			if _, ok := errors.AsType[*transport.BrokenError](err); !ok || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "live") {
				t.Errorf("%s: %s = %v; want a *transport.BrokenError with %q", name, method, err, tt.want)
				continue
			}
			if errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%s: %s = %v, which is the error of a context that goes on", name, method, err)
			}
			expectClean(t, name+", "+method, err)
		}
	}
}

// TestNoToken: a credential that gives no token.
func TestNoToken(t *testing.T) {
	t.Parallel()
	page := "ManagedIdentityCredential authentication failed.\nGET http://169.254.169.254/token?client_id=" + secret +
		"\n-------------\nRESPONSE 400: Bad Request\n-------------\n{\n \"error\": \"invalid_request\"\n}\n" + strings.Repeat("and more ", 500)
	tests := map[string]struct {
		err  error
		want []string
		auth bool
	}{
		"refused":  {errors.New(page), []string{"authentication failed", "http://169.254.169.254/token ", "invalid_request", "managed identity"}, true},
		"too slow": {fmt.Errorf("asking: %w", context.DeadlineExceeded), []string{"getting a token", "no answer in time"}, false},
	}
	for name, tt := range tests {
		o := through(func(*http.Request) (*http.Response, error) { return nil, errors.New("it was sent") })
		q, err := New(storageaccount.Account{Queues: "https://a.queue.core.windows.net", Credential: identity{tt.err}}, "live", o)
		if err != nil {
			t.Fatal(err)
		}
		err = q.Ping(t.Context())
		if _, ok := errors.AsType[*ingest.AuthError](err); ok != tt.auth || len(err.Error()) > 1200 || !transport.Outage(err) {
			t.Errorf("%s: %v", name, err)
		}
		for _, want := range tt.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: the error does not say %q: %v", name, want, err)
			}
		}
		for _, bad := range []string{secret, "?", "---", "\n{"} {
			if strings.Contains(err.Error(), bad) {
				t.Errorf("%s: the error has %q: %v", name, bad, err)
			}
		}
	}
}

// TestSignature: the query of a connection string with a signature, which
// storageaccount refuses, is in no error either.
func TestSignature(t *testing.T) {
	t.Parallel()
	q, err := New(storageaccount.Account{ConnectionString: "QueueEndpoint=https://127.0.0.1:1;SharedAccessSignature=sig=" + secret}, "live",
		through(func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 403, Header: http.Header{"X-Ms-Error-Code": {"AuthorizationFailure"}}, Body: http.NoBody}, nil
		}))
	if err != nil {
		t.Fatal(err)
	}
	for method, call := range calls(t.Context(), q, held(t)) {
		if err := call(); err == nil {
			t.Errorf("%s: no error", method)
		} else {
			expectClean(t, method, err)
		}
	}
}
