package azuredevops

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"
)

// TestDeliveryByHTTP delivers over a real connection, to a receiver that reads
// from the organization before it answers, as several at once.
func TestDeliveryByHTTP(t *testing.T) {
	t.Parallel()
	s := newTestServer(t, Options{Projects: 1, RepositoriesPerProject: 1, LoopbackHooks: true})
	repository := s.Repositories()[0]
	var accepted, atOnce, most atomic.Int64
	both := make(chan struct{})
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if atOnce.Add(1) == 2 && most.CompareAndSwap(0, 2) {
			close(both)
		}
		defer atOnce.Add(-1)
		<-both // the first waits for the second
		user, password, _ := r.BasicAuth()
		if user != "hook" || password != "secret" || r.Header.Get("Content-Type") != "application/json; charset=utf-8" ||
			r.Header.Get("X-VSS-ActivityId") == "" || r.Header.Get("Request-Id") == "" || r.Header.Get("X-Own") != "1" || r.Method != http.MethodPost {
			t.Errorf("request %s as %s with %v", r.Method, user, r.Header)
		}
		if id := dig(decode(t, r.Body), "resource", "repository", "id"); id != repository.ID {
			t.Errorf("repository %v", id)
		}
		s.get("/_apis/git/repositories/" + repository.ID)
		accepted.Add(1)
		w.WriteHeader(http.StatusAccepted)
		_, _ = io.WriteString(w, `{"outcome":"queued"}`)
	}))
	defer receiver.Close()
	defer s.StartHooks(t.Context(), HookOptions{Scale: 0.001})()
	s.subscribe("tfs", "git.push", "1.0", inputURL, receiver.URL, inputUser, "hook", inputPassword, "secret", inputHeaders, "X-Own:1")
	for range 20 {
		check(t, s.Push(repository.ID, "refs/heads/main"))
	}
	check(t, s.Drain(within(t, time.Minute)))
	if accepted.Load() != 20 || s.Deliveries() != (Deliveries{Delivered: 20}) {
		t.Errorf("%d accepted, %+v", accepted.Load(), s.Deliveries())
	}
}

// TestRefusedConnection counts like 503.
func TestRefusedConnection(t *testing.T) {
	t.Parallel()
	s := newTestServer(t, Options{Projects: 1, RepositoriesPerProject: 1, LoopbackHooks: true})
	receiver := httptest.NewServer(http.NotFoundHandler())
	receiver.Close()
	defer s.StartHooks(t.Context(), HookOptions{Scale: 1e-6})()
	id := s.subscribe("tfs", "git.push", "1.0", inputURL, receiver.URL)
	check(t, s.Push(s.Repositories()[0].ID, "refs/heads/main"))
	check(t, s.Drain(within(t, time.Minute)))
	d := s.Deliveries()
	if d.Retried != 8 || d.Lost != 1 {
		t.Errorf("%+v", d)
	}
	failed := values(t, s.get("/_apis/hooks/subscriptions/"+id+"/notifications?result=failed"))
	if len(failed) != 1 || integer(t, dig(failed[0], "details", "requestAttempts")) < 9 {
		t.Errorf("history %v", failed)
	}
}
