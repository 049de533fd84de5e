package azuredevops

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
)

const signInPage = "<!DOCTYPE html>\n<html><head><title>\n Azure DevOps Services |&nbsp;Sign In</title></head><body>{\"value\":[]}</body></html>"

// What a success is, beyond its status. A list is asked for, so "success" is an
// empty list.
func TestBodies(t *testing.T) {
	t.Parallel()
	const list = `{"count":0,"value":[]}`
	for _, test := range []struct {
		name        string
		status      int
		contentType string
		body        string
		want        outcome
		requests    int64
		says        string
	}{
		{"list", 200, jsonType, list, success, 1, ""},
		{"list with BOM", 200, jsonType, "\xef\xbb\xbf" + list, success, 1, ""},
		{"list with white space", 200, jsonType, "\r\n " + list + "\n", success, 1, ""},
		{"list as text", 200, "text/plain", list, success, 1, ""},
		{"203 page", 203, "text/html; charset=utf-8", signInPage, refused, 3, "203"},
		{"203 list", 203, jsonType, list, refused, 3, "203"},
		{"200 page", 200, "text/html", signInPage, refused, 3, "Sign In"},
		{"200 page called JSON", 200, jsonType, signInPage, refused, 3, "Sign In"},
		{"200 page with BOM called JSON", 200, jsonType, "\xef\xbb\xbf\n" + signInPage, refused, 3, "Sign In"},
		{"200 list called a page", 200, "Text/HTML", list, refused, 3, "200"},
		{"200 empty page", 200, "text/html", "", refused, 3, "200"},
		{"302 page", 302, "text/html", signInPage, refused, 3, "redirect"},
		{"307 without body", 307, "", "", refused, 3, "redirect"},
		{"200 other text", 200, "text/plain", "Welcome", refused, 3, "text/plain"},
		{"201 XML", 201, "application/xml", "<a/>", refused, 3, "201"},
		{"401 page", 401, "text/html", signInPage, refused, 3, "Sign In"},
		{"401 JSON", 401, jsonType, `{"message":"TF400813: The user 'x' is not authorized to access this resource."}`, refused, 3, "TF400813: The user 'x'"},
		{"empty", 200, jsonType, "", unusable, 3, "empty body"},
		{"only a BOM", 200, jsonType, "\xef\xbb\xbf", unusable, 3, "empty body"},
		{"cut off", 200, jsonType, list[:12], unusable, 3, "broken or cut off"},
		{"two values", 200, jsonType, list + list, unusable, 3, "broken or cut off"},
		{"cut off, called text", 200, "text/plain", list[:12], unusable, 3, "broken or cut off"},
		{"no type, no JSON", 200, " ;", "Welcome", unusable, 3, "broken or cut off"},
		{"no list", 200, jsonType, `{"$id":"1","message":"odd"}`, unusable, 1, "not a list"},
		{"null", 200, jsonType, `null`, unusable, 1, "not a list"},
		{"null list", 200, jsonType, `{"count":0,"value":null}`, unusable, 1, "not a list"},
		{"error shape", 200, jsonType, `{"count":1,"value":{"Message":"odd"}}`, unusable, 1, "decoding"},
		{"array", 200, jsonType, `[]`, unusable, 1, "decoding"},
		{"403 page", 403, "text/html", signInPage, failed, 1, "Sign In"},
		{"404 page", 404, "text/html", signInPage, failed, 1, "404"},
		{"404 empty", 404, "", "", failed, 1, "404"},
		{"503 page", 503, "text/html", signInPage, failed, 3, "503"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var requests atomic.Int64
			server := newServer(t, func(w http.ResponseWriter, _ *http.Request) {
				requests.Add(1)
				if test.status/100 == 3 {
					w.Header().Set("Location", "https://login.fabrikam.example/_signin?secret=1")
				}
				answer(w, test.status, test.contentType, test.body)
			})
			page, err := ReadPage[map[string]any](t.Context(), newClient(t, server, nil), List{Request: Request{Path: []string{"_apis", "projects"}}}, "")
			if got := outcomeOf(err); got != test.want {
				t.Errorf("got %s (%v), want %s", got, err, test.want)
			}
			if got := requests.Load(); got != test.requests {
				t.Errorf("%d requests, want %d", got, test.requests)
			}
			if err == nil {
				return
			}
			if page.Items != nil || page.Next != "" {
				t.Errorf("an error with a page: %+v", page)
			}
			if !strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), "secret") {
				t.Errorf("got %q, want %q in it", err, test.says)
			}
		})
	}
}

func TestRefusalSaysWhatToCheck(t *testing.T) {
	t.Parallel()
	server := newServer(t, func(w http.ResponseWriter, _ *http.Request) { answer(w, 203, "text/html", signInPage) })
	err := statusOnce(t, server, 203)
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"Azure DevOps refused", "expired", "revoked", server.URL + "/fabrikam", "1 December 2026", "Code: read", "Work Items: read", "managed identity"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in:\n%v", want, err)
		}
	}
}

// A connection that ends within the body is tried again, a POST too, and the
// whole answer is what counts.
func TestTruncatedBody(t *testing.T) {
	t.Parallel()
	var requests atomic.Int64
	server := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		if requests.Add(1) == 1 {
			w.Header().Set("Content-Length", "100")
			answer(w, 200, jsonType, `{"value":[]}`)
			return
		}
		if r.Method != http.MethodPost || r.ContentLength <= 0 {
			t.Errorf("tried again as %s with %d bytes", r.Method, r.ContentLength)
		}
		answer(w, 200, jsonType, `{"value":[1]}`)
	})
	list := List{Request: Request{Path: []string{"x"}, Body: map[string]any{"ids": []int{1}}}, Paging: Unpaged}
	page, err := ReadPage[int](t.Context(), newClient(t, server, nil), list, "")
	if err != nil || len(page.Items) != 1 {
		t.Errorf("got %v, %v", page, err)
	}
}
