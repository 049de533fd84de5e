package azuredevops

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNamesArriveUnescaped(t *testing.T) {
	t.Parallel()
	names := []string{
		"Fabrikam Fiber", `O'Neil "quoted"`, "a/b", "50%", "%2F", "a+b&c=d", "a;b", "a?b#c", "日本語", "Größe ü", "emoji 🚀",
		"tab\tline\n", "...", "a\\b", "~!@$^*()[]{}|,:<>`",
	}
	var got atomic.Value
	server := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		segments := strings.Split(r.URL.EscapedPath(), "/")
		name, err := url.PathUnescape(segments[2])
		if err != nil {
			t.Errorf("%s: %v", r.URL.EscapedPath(), err)
		}
		got.Store([]string{name, segments[3], r.URL.Query().Get("searchPath")})
		answer(w, 200, jsonType, `{}`)
	})
	c := newClient(t, server, nil)
	for _, name := range names {
		query := url.Values{"searchPath": {name}}
		if _, err := c.Do(t.Context(), Request{Path: []string{name, "_apis"}, Query: query}, nil); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{name, "_apis", name}, got.Load()); diff != "" {
			t.Error(diff)
		}
		if len(query) != 1 {
			t.Errorf("the caller's query was changed: %v", query)
		}
	}
}

func TestSegmentsThatNameNothingAreRefused(t *testing.T) {
	t.Parallel()
	server := newServer(t, func(http.ResponseWriter, *http.Request) { t.Error("a request was sent") })
	c := newClient(t, server, nil)
	for _, segment := range []string{"", ".", ".."} {
		if _, err := c.Do(t.Context(), Request{Path: []string{"_apis", "projects", segment}}, nil); err == nil {
			t.Errorf("%q was accepted", segment)
		}
	}
}

func TestWhatIsSent(t *testing.T) {
	t.Parallel()
	type sent struct {
		Method, URL, Body string
		Header            map[string]string
	}
	header := func(contentType string) map[string]string {
		return map[string]string{
			"Accept": "application/json", "Authorization": basic(testPAT), "Content-Type": contentType,
			"User-Agent": "adoport/1.2.3", "X-Tfs-Fedauthredirect": "Suppress",
		}
	}
	for _, test := range []struct {
		name string
		in   Request
		want sent
	}{
		{
			"get",
			Request{Path: []string{"_apis", "projects"}},
			sent{"GET", "/fabrikam/_apis/projects?api-version=7.1", "", header("")},
		},
		{
			"preview version",
			Request{Host: Graph, Path: []string{"_apis", "graph", "users"}, Version: "7.1-preview.1"},
			sent{"GET", "/fabrikam/_apis/graph/users?api-version=7.1-preview.1", "", header("")},
		},
		{
			"post",
			Request{Path: []string{"Fiber", "_apis", "wit", "wiql"}, Body: map[string]string{"query": "a < 'b'"}, Query: url.Values{"$top": {"5"}}},
			sent{"POST", "/fabrikam/Fiber/_apis/wit/wiql?%24top=5&api-version=7.1", `{"query":"a \u003c 'b'"}`, header("application/json")},
		},
		{
			"other method",
			Request{Method: "PUT", Path: []string{"x"}, Body: []int{}},
			sent{"PUT", "/fabrikam/x?api-version=7.1", `[]`, header("application/json")},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var got sent
			server := newServer(t, func(w http.ResponseWriter, r *http.Request) {
				body, err := io.ReadAll(r.Body)
				if err != nil {
					t.Error(err)
				}
				got = sent{r.Method, r.RequestURI, string(body), map[string]string{}}
				for k := range test.want.Header {
					got.Header[k] = r.Header.Get(k)
				}
				answer(w, 200, jsonType, `{}`)
			})
			c := newClient(t, server, func(o *Options) { o.Version = "1.2.3" })
			if _, err := c.Do(t.Context(), test.in, nil); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
			if got := c.Stats().Requests; got != 1 {
				t.Errorf("%d requests counted", got)
			}
		})
	}
}

func TestDoDecodes(t *testing.T) {
	t.Parallel()
	server := newServer(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("x-ms-continuationtoken", "813;350;1")
		answer(w, 200, jsonType, "\xef\xbb\xbf"+`{"id":9007199254740993,"continuationToken":"a","isLastBatch":false}`)
	})
	var out struct {
		ID any `json:"id"`
		Continuation
	}
	token, err := newClient(t, server, nil).Do(t.Context(), Request{Path: []string{"x"}}, &out)
	if err != nil {
		t.Fatal(err)
	}
	if out.ID != json.Number("9007199254740993") || token != "813;350;1" || out.Next() != "a" {
		t.Errorf("got %#v, token %q", out, token)
	}
}

func TestBodyThatCannotBeEncoded(t *testing.T) {
	t.Parallel()
	server := newServer(t, func(http.ResponseWriter, *http.Request) { t.Error("a request was sent") })
	if _, err := newClient(t, server, nil).Do(t.Context(), Request{Path: []string{"x"}, Body: make(chan int)}, nil); err == nil {
		t.Error("no error")
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]Options{
		"no organization": {PAT: pat},
		"no credentials":  {Organization: "https://dev.azure.com/fabrikam"},
		"http":            {Organization: "http://tfs/c", PAT: pat},
	} {
		if _, err := New(o); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	c, err := New(Options{Organization: "http://tfs/c", AllowHTTP: true, PAT: pat})
	if err != nil || c.Organization().URL != "http://tfs/c" {
		t.Errorf("allowed http: %v", err)
	}
}
