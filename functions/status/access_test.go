package status

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestAccess(t *testing.T) {
	t.Parallel()
	local := func(r *http.Request) { r.RemoteAddr, r.Host = "127.0.0.1:50000", "localhost:7071" }
	with := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { local(r); r.Header.Set(name, value) }
	}
	from := func(remote, host string) func(*http.Request) {
		return func(r *http.Request) { r.RemoteAddr, r.Host = remote, host }
	}
	password := func(user, password string) func(*http.Request) {
		return func(r *http.Request) { r.SetBasicAuth(user, password) }
	}
	tests := []struct {
		name      string
		change    func(*http.Request)
		untrusted bool
		want      int
	}{
		{"credentials", password("adoport", secret), false, 200},
		{"wrong password", password("adoport", "guess"), false, 401},
		{"wrong user", password("admin", secret), false, 401},
		{"stranger", func(*http.Request) {}, false, 401},
		{"loopback", local, false, 200},
		{"loopback, IPv6", from("[::1]:50000", "[::1]:7071"), false, 200},
		{"loopback, IPv4 in IPv6", from("[::ffff:127.0.0.1]:50000", "127.0.0.1"), false, 200},
		{"loopback, other name of it", from("127.8.8.8:1", "LocalHost"), false, 200},
		{"loopback, host without port", from("[::1]:50000", "[::1]"), false, 200},
		{"loopback that is not trusted", local, true, 401},
		{"credentials where loopback is not trusted", password("adoport", secret), true, 200},
		{"loopback with a wrong password", func(r *http.Request) { local(r); r.SetBasicAuth("adoport", "guess") }, false, 200},
		{"proxy", with("X-Forwarded-For", "203.0.113.7"), false, 401},
		{"proxy that hides its client", with("X-Forwarded-For", ""), false, 401},
		{"proxy for this computer", with("X-Forwarded-For", "127.0.0.1"), false, 401},
		{"standard proxy", with("Forwarded", "for=127.0.0.1"), false, 401},
		{"gateway", with("Via", "1.1 gateway"), false, 401},
		{"nginx", with("X-Real-Ip", "203.0.113.7"), false, 401},
		{"IIS", with("X-Original-For", "203.0.113.7"), false, 401},
		{"name of others that leads here", from("127.0.0.1:50000", "evil.example:7071"), false, 401},
		{"name that begins like ours", from("127.0.0.1:50000", "localhost.evil.example"), false, 401},
		{"no name", from("127.0.0.1:50000", ""), false, 401},
		{"same network", from("192.168.0.7:50000", "localhost"), false, 401},
		{"no address", from("", "localhost"), false, 401},
		{"socket", from("@", "localhost"), false, 401},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := everything(t)
			o.TrustLoopback = !tt.untrusted
			r := httptest.NewRequest(http.MethodGet, "/api/status", nil)
			tt.change(r)
			w := httptest.NewRecorder()
			New(o).ServeHTTP(w, r)
			if w.Code != tt.want {
				t.Errorf("status %d, want %d", w.Code, tt.want)
			}
			if challenged := w.Header().Get("WWW-Authenticate") != ""; challenged != (tt.want == 401) {
				t.Errorf("WWW-Authenticate: %q", w.Header().Get("WWW-Authenticate"))
			}
		})
	}
}

// secret has a name that no parameter hides.
const secret = password

func TestMethods(t *testing.T) {
	t.Parallel()
	h := New(everything(t))
	for method, want := range map[string]int{
		"GET": 200, "HEAD": 200, "POST": 405, "PUT": 405, "PATCH": 405, "DELETE": 405, "OPTIONS": 405,
	} {
		r := httptest.NewRequest(method, "/api/status", nil)
		r.SetBasicAuth("adoport", password)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != want || (w.Header().Get("Allow") == "GET, HEAD") != (want == 405) {
			t.Errorf("%s: %d %v, want %d", method, w.Code, w.Header(), want)
		}
	}
}

func TestAccept(t *testing.T) {
	t.Parallel()
	for accept, page := range map[string]bool{
		"":                 false,
		"*/*":              false,
		"application/json": false,
		"text/*":           false,
		"text/html":        true,
		"TEXT/HTML":        true,
		"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8": true,
		"application/json, text/html":                                     true,
		"application/json, text/html;q=0.5":                               false,
		"application/json;q=0.5, text/html;q=0.9":                         true,
		"text/html;q=0":               false,
		"text/html;q=no":              false,
		"text/htmlx":                  false,
		";;;,text/html;charset=utf-8": true,
	} {
		_, header, _ := get(t, New(everything(t)), accept)
		want := "application/json"
		if page {
			want = "text/html; charset=utf-8"
		}
		if got := header.Get("Content-Type"); got != want || header.Get("Vary") != "Accept" {
			t.Errorf("Accept %q: Content-Type %q, want %q", accept, got, want)
		}
	}
}
