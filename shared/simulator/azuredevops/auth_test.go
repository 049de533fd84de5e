package azuredevops

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestAuthentication(t *testing.T) {
	t.Parallel()
	s := New(Options{PAT: "secret", Token: "entra"})
	basic := func(user, password string) func(*http.Request) {
		return func(r *http.Request) { r.SetBasicAuth(user, password) }
	}
	header := func(pairs ...string) func(*http.Request) {
		return func(r *http.Request) {
			for i := 0; i < len(pairs); i += 2 {
				r.Header.Set(pairs[i], pairs[i+1])
			}
		}
	}
	tests := []struct {
		name    string
		prepare func(*http.Request)
		status  int
	}{
		{"PAT without user name", basic("", "secret"), 200},
		{"PAT with any user name", basic("someone", "secret"), 200},
		{"token", header("Authorization", "Bearer entra"), 200},
		{"wrong PAT", basic("", "other"), 203},
		{"wrong token", header("Authorization", "Bearer other"), 203},
		{"PAT as token", header("Authorization", "Bearer secret"), 203},
		{"nothing", header(), 203},
		{"nothing, redirect suppressed", header("X-TFS-FedAuthRedirect", "Suppress"), 401},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest(http.MethodGet, "/fabrikam/_apis/projects", nil)
			test.prepare(r)
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			if w.Code != test.status {
				t.Fatalf("status %d, want %d", w.Code, test.status)
			}
			switch w.Code {
			case 203:
				if !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") || !strings.Contains(w.Body.String(), "Sign In") {
					t.Errorf("no sign-in page: %.100s", w.Body)
				}
			case 401:
				if w.Body.Len() != 0 {
					t.Errorf("401 has a body: %.100s", w.Body)
				}
			}
		})
	}
}

func TestNoTokenIsNotAToken(t *testing.T) {
	t.Parallel()
	s := New(Options{})
	r := httptest.NewRequest(http.MethodGet, "/fabrikam/_apis/projects", nil)
	r.Header.Set("Authorization", "Bearer ")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Code != 203 {
		t.Errorf("status %d, want 203", w.Code)
	}
}
