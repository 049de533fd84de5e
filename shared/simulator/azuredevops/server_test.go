package azuredevops

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

var testNow = time.Date(2026, time.February, 3, 15, 4, 5, 250_000_000, time.UTC)

// testServer is a server and what a caller of it does.
type testServer struct {
	*Server
	t *testing.T
}

func newTestServer(t *testing.T, o Options) testServer {
	t.Helper()
	if o.Now == nil {
		o.Now = func() time.Time { return testNow }
	}
	return testServer{New(o), t}
}

// send sends a request with the right credentials; path is below the
// organization. An absent api-version is added to what is not a GET.
func (s testServer) send(method, path, body string, header ...string) *httptest.ResponseRecorder {
	s.t.Helper()
	if method != http.MethodGet && !strings.Contains(path, "api-version") {
		separator := "?"
		if strings.Contains(path, "?") {
			separator = "&"
		}
		path += separator + "api-version=7.1"
	}
	r := httptest.NewRequest(method, "http://devops.test/fabrikam"+path, strings.NewReader(body))
	r.SetBasicAuth("anyone", "pat")
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// get returns the decoded body of an answer that MUST be a 200.
func (s testServer) get(path string) map[string]any {
	s.t.Helper()
	return s.decoded(s.send(http.MethodGet, path, ""), http.StatusOK)
}

func (s testServer) decoded(w *httptest.ResponseRecorder, status int) map[string]any {
	s.t.Helper()
	if w.Code != status {
		s.t.Fatalf("status %d, want %d: %s", w.Code, status, w.Body)
	}
	return decode(s.t, w.Body)
}

func decode(t *testing.T, body io.Reader) map[string]any {
	t.Helper()
	b, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var v map[string]any
	if err := d.Decode(&v); err != nil {
		t.Fatalf("decoding %.200s: %v", b, err)
	}
	return v
}

// values returns the "value" list of a body, checking "count".
func values(t *testing.T, body map[string]any) []map[string]any {
	t.Helper()
	list := body["value"].([]any)
	if n := integer(t, body["count"]); n != len(list) {
		t.Fatalf("count is %d, but there are %d", n, len(list))
	}
	out := make([]map[string]any, len(list))
	for i, v := range list {
		if v != nil {
			out[i] = v.(map[string]any)
		}
	}
	return out
}

func integer(t *testing.T, v any) int {
	t.Helper()
	n, err := v.(json.Number).Int64()
	if err != nil {
		t.Fatal(err)
	}
	return int(n)
}

// names returns a string member of every object.
func names(list []map[string]any, member string) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = v[member].(string)
	}
	return out
}

// wiql runs a query and returns the ids it finds.
func (s testServer) wiql(path, query string) []int {
	s.t.Helper()
	w := s.send(http.MethodPost, path, encode(map[string]any{"query": query}))
	var body struct {
		WorkItems []struct{ ID int }
	}
	if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil || w.Code != http.StatusOK {
		s.t.Fatalf("%s: status %d, %v: %.300s", query, w.Code, err, w.Body)
	}
	ids := make([]int, len(body.WorkItems))
	for i, w := range body.WorkItems {
		ids[i] = w.ID
	}
	return ids
}

func encode(v any) string { return string(mustEncode(v)) }

// must returns what an operation that cannot fail here returned.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
}
