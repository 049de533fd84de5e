package azuretable

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"adoport/shared/ingest"
	"adoport/shared/ledger/record"
	"adoport/shared/storageaccount"
)

// answering is a service that answers everything the same.
func answering(t *testing.T, status int, header http.Header, body string) (connection string, requests *atomic.Int32) {
	t.Helper()
	requests = &atomic.Int32{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			t.Error(err)
		}
		maps.Copy(w.Header(), header)
		w.WriteHeader(status)
		if _, err := io.WriteString(w, body); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(s.Close)
	return fmt.Sprintf("AccountName=a;AccountKey=%s;TableEndpoint=%s/a;", key, s.URL), requests
}

var key = base64.StdEncoding.EncodeToString([]byte("a secret key"))

func odata(code string) string {
	return fmt.Sprintf(`{"odata.error":{"code":%q,"message":{"lang":"en-US","value":"0:words of the service"}}}`, code)
}

// part is the answer to a transaction whose part failed.
func part(status, code string) string {
	return "--batchresponse_1\r\nContent-Type: multipart/mixed; boundary=changesetresponse_2\r\n\r\n" +
		"--changesetresponse_2\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n" +
		"HTTP/1.1 " + status + "\r\nContent-Type: application/json\r\n\r\n" + odata(code) + "\r\n" +
		"--changesetresponse_2--\r\n--batchresponse_1--\r\n"
}

func TestErrors(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		status int
		body   string
		want   string
		tries  int32
	}{
		"no role": {
			403, odata("AuthorizationPermissionMismatch"),
			"table adoport: the service answers 403 Forbidden (AuthorizationPermissionMismatch)\nCheck the connection string", 1,
		},
		"network rules": {403, odata("AuthorizationFailure"), "Check the network rules of the storage account", 1},
		"keys are off":  {403, odata("KeyBasedAuthenticationNotPermitted"), "takes no account keys; use an identity", 1},
		"wrong key":     {401, odata("AuthenticationFailed"), "401 Unauthorized (AuthenticationFailed)\nCheck", 1},
		"no such code":  {404, "<html>words</html>", "table adoport: the service answers 404 Not Found", 1},
		"busy":          {503, odata("ServerBusy"), "503 Service Unavailable (ServerBusy)", 3},
		"a part":        {202, part("400 Bad Request", "PropertyValueTooLarge"), "400 Bad Request (PropertyValueTooLarge)", 1},
		"a busy part":   {202, part("503 Service Unavailable", "ServerBusy"), "503 Service Unavailable (ServerBusy)", busyTries},
		"no such part":  {202, "--b\r\n\r\n--c\r\n\r\nHTTP/1.1 499 words\r\n\r\n\r\n--c--\r\n--b--\r\n", "499", 1},
		"being deleted": {409, odata("TableBeingDeleted"), "409 Conflict (TableBeingDeleted)", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			connection, requests := answering(t, tt.status, nil, tt.body)
			l := openAt(t, connection, "adoport", Options{Retry: hastily})
			err := l.SaveNote(t.Context(), "n", []byte("a secret value"))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %q; want %q", err, tt.want)
			}
			if answer, ok := errors.AsType[*Error](err); !ok || answer.Table != "adoport" {
				t.Errorf("%#v is no *Error of the table", err)
			}
			if n := requests.Load(); n != tt.tries {
				t.Errorf("%d requests; want %d", n, tt.tries)
			}
			expectSecretsKept(t, err)
		})
	}
}

// expectSecretsKept fails if a part of a request or an answer is in an error,
// however it is printed.
func expectSecretsKept(t *testing.T, err error) {
	t.Helper()
	for e := err; e != nil; e = errors.Unwrap(e) {
		for _, text := range []string{e.Error(), fmt.Sprintf("%+v", e)} {
			for _, secret := range []string{key, "a secret", "http:", "https:", "SharedKey", "words", "RowKey"} {
				if strings.Contains(text, secret) {
					t.Errorf("the error has %q: %q", secret, text)
				}
			}
		}
	}
}

// TestCreationRefused: the table is not there and may not be made.
func TestCreationRefused(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/Tables") {
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, odata("AuthorizationPermissionMismatch"))
			return
		}
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, odata("TableNotFound"))
	}))
	t.Cleanup(s.Close)
	l := openAt(t, fmt.Sprintf("AccountName=a;AccountKey=%s;TableEndpoint=%s/a;", key, s.URL), "adoport", Options{Logger: (&logged{}).logger(), Retry: hastily})
	for name, call := range calls(t.Context(), l) {
		if name == "no runs" {
			continue
		}
		err := call()
		if answer, ok := errors.AsType[*Error](err); !ok || answer.Status != http.StatusForbidden {
			t.Errorf("%s = %v; want the refusal", name, err)
		}
		expectSecretsKept(t, err)
	}
}

// TestMissingForGood: a table that is missed again after it was made is not made
// forever.
func TestMissingForGood(t *testing.T) {
	t.Parallel()
	var made atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/Tables") {
			made.Add(1)
			w.WriteHeader(http.StatusConflict)
			_, _ = io.WriteString(w, odata("TableAlreadyExists"))
			return
		}
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, odata("TableNotFound"))
	}))
	t.Cleanup(s.Close)
	l := openAt(t, fmt.Sprintf("AccountName=a;AccountKey=%s;TableEndpoint=%s/a;", key, s.URL), "adoport", Options{Retry: hastily})
	if _, err := l.Note(t.Context(), "n"); err == nil || errors.Is(err, ingest.ErrNotFound) || made.Load() != 1 {
		t.Errorf("Note = %v, after the table was made %d times; want an error after 1", err, made.Load())
	}
}

// TestNoAnswer: what is wrong is told in one line, and can be told from an
// answer.
func TestNoAnswer(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.NotFoundHandler())
	s.Close()
	l := openAt(t, fmt.Sprintf("AccountName=a;AccountKey=%s;TableEndpoint=%s/a;", key, s.URL), "adoport", Options{Retry: hastily})
	err := l.Ping(t.Context())
	if _, ok := errors.AsType[*Error](err); err == nil || ok || strings.Contains(err.Error(), "\n") || !strings.HasPrefix(err.Error(), "table adoport: dial tcp") {
		t.Errorf("error %q; want why nobody answers", err)
	}
	expectSecretsKept(t, err)
}

// TestDamaged: what is no row or no record is never passed over.
func TestDamaged(t *testing.T) {
	t.Parallel()
	header := http.Header{"Content-Type": {"application/json"}}
	for name, row := range map[string]string{
		"no data":       `{"PartitionKey":"p","RowKey":"r"}`,
		"no base64":     `{"PartitionKey":"p","RowKey":"r","D00":"*"}`,
		"newer":         fmt.Sprintf(`{"PartitionKey":"p","RowKey":"r","D00":%q}`, base64.StdEncoding.EncodeToString([]byte{record.Version + 1, '{', '}'})),
		"no JSON":       fmt.Sprintf(`{"PartitionKey":"p","RowKey":"r","D00":%q}`, base64.StdEncoding.EncodeToString([]byte{record.Version, 9, '{'})),
		"no time":       `{"PartitionKey":"p","RowKey":"r","Ended":"yesterday","D00":"AXt9"}`,
		"a part absent": `{"PartitionKey":"p","RowKey":"r","Parts":1}`,
	} {
		connection, _ := answering(t, http.StatusOK, header, `{"value":[`+row+`]}`)
		l := openAt(t, connection, "adoport", Options{Retry: hastily})
		if _, err := l.Runs(t.Context(), 1); err == nil || errors.Is(err, ingest.ErrNotFound) {
			t.Errorf("%s: Runs = %v; want an error", name, err)
		}
		connection, _ = answering(t, http.StatusOK, header, row)
		l = openAt(t, connection, "adoport", Options{Retry: hastily})
		if _, err := l.Page(t.Context(), ingest.PageKey{}); name != "no time" && (err == nil || errors.Is(err, ingest.ErrNotFound)) {
			t.Errorf("%s: Page = %v; want an error", name, err)
		}
	}
}

// credential gives a token, or an error.
type credential struct{ err error }

func (c credential) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{Token: "a secret token"}, c.err
}

// untouched fails whatever is sent.
type untouched struct{ t *testing.T }

func (u untouched) Do(r *http.Request) (*http.Response, error) {
	u.t.Errorf("%s was sent", r.Method)
	return nil, errWire
}

func TestIdentity(t *testing.T) {
	t.Parallel()
	refusing := policyFunc(func(r *http.Request) (*http.Response, error) {
		if got := r.Header.Get("Authorization"); got != "Bearer a secret token" {
			t.Errorf("Authorization: %s", got)
		}
		return &http.Response{
			StatusCode: http.StatusForbidden, Request: r, Body: io.NopCloser(strings.NewReader(odata("AuthorizationPermissionMismatch"))),
		}, nil
	})
	account, err := storageaccount.FromIdentity("fabrikam", "", "", credential{})
	if err != nil {
		t.Fatal(err)
	}
	l, err := New(account, "adoport", Options{Transport: refusing, Retry: hastily})
	if err != nil {
		t.Fatal(err)
	}
	err = l.Ping(t.Context())
	if err == nil || !strings.Contains(err.Error(), `Grant the role "Storage Table Data Contributor"`) {
		t.Errorf("error %q; want advice", err)
	}
	expectSecretsKept(t, err)

	// No token at all.
	account.Credential = credential{errors.New("no identity is assigned\nGET https://169.254.169.254/\n" + strings.Repeat("words ", 999))}
	if l, err = New(account, "adoport", Options{Transport: untouched{t}, Retry: hastily}); err != nil {
		t.Fatal(err)
	}
	if err = l.Ping(t.Context()); err == nil || err.Error() != "table adoport: no identity is assigned" {
		t.Errorf("error %q; want the first line", err)
	}
}

type policyFunc func(r *http.Request) (*http.Response, error)

func (f policyFunc) Do(r *http.Request) (*http.Response, error) { return f(r) }

func TestNew(t *testing.T) {
	t.Parallel()
	good := storageaccount.Account{ConnectionString: "AccountName=a;AccountKey=" + key}
	for name, tt := range map[string]struct {
		account storageaccount.Account
		table   string
		want    string
	}{
		"good":           {good, "adoport", ""},
		"an identity":    {storageaccount.Account{Tables: "https://a.table.core.windows.net", Credential: credential{}}, "adoport", ""},
		"a short name":   {good, "ab", "no name of a table"},
		"a long name":    {good, strings.Repeat("a", 64), "no name of a table"},
		"a digit first":  {good, "1ab", "no name of a table"},
		"a dash":         {good, "a-b", "no name of a table"},
		"no name":        {good, "", "no name of a table"},
		"no account":     {storageaccount.Account{}, "adoport", "neither a connection string nor a credential"},
		"no key at all":  {storageaccount.Account{ConnectionString: "AccountName=a"}, "adoport", "opening the storage account for table adoport"},
		"a key cut off":  {storageaccount.Account{ConnectionString: "AccountName=a;AccountKey=" + key[1:]}, "adoport", "account key"},
		"not even parts": {storageaccount.Account{ConnectionString: key}, "adoport", "opening the storage account"},
	} {
		_, err := New(tt.account, tt.table, Options{Transport: untouched{t}})
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), key[1:])) {
			t.Errorf("%s: error %v; want %q and no secret", name, err, tt.want)
		}
	}
}
