package functionshost

import (
	"encoding/base64"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"adoport/shared/simulator/azurite"
)

// TestCrashLosesNothing: what a handler was doing when it died comes again.
func TestCrashLosesNothing(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.create()
	// Until the handler is back every try fails at once, so there must be enough.
	a := s.app(`"visibilityTimeout":"00:00:01","maxDequeueCount":1000`)
	a.onRequest(func(r received) reply {
		if strings.Contains(r.Body, `"DequeueCount":"1"`) {
			return reply{Hang: true}
		}
		return ok
	})
	h := a.start(s.options())
	s.send(encoded("x"))
	eventually(t, "it is at the handler", func() bool { return len(a.requests()) == 1 })
	if err := h.Kill(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "it was carried out", func() bool { return s.length(s.name) == 0 })
	if i := await(a, h, "refresh", 1); i.Err == nil {
		t.Error("the crash was a success")
	}
	list := h.Invocations()
	if last := list[len(list)-1]; last.Err != nil {
		t.Error(last.Err)
	}
}

// TestInstanceGone: what an instance was doing when it disappeared comes again, to
// another, when it is visible again.
func TestInstanceGone(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.create()
	a := s.app("")
	a.onRequest(func(received) reply { return reply{Hang: true} })
	o := s.options()
	o.MessageVisibility = 2 * time.Second
	h := a.start(o)
	s.send(encoded("x"))
	eventually(t, "it is at the handler", func() bool { return len(a.requests()) == 1 })
	h.Close()
	if s.length(s.name) != 1 || s.length(s.name+poisonSuffix) != 0 {
		t.Fatal("the message was settled")
	}
	a.onRequest(func(received) reply { return ok })
	second := a.start(o)
	if i := await(a, second, "refresh", 1); i.Err != nil {
		t.Error(i.Err)
	}
	if r := a.requests()[len(a.requests())-1]; strings.Contains(r.Body, `"DequeueCount":"1"`) {
		t.Errorf("%s", r.Body)
	}
}

// TestRenewal: a message stays invisible for as long as it is processed.
func TestRenewal(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.create()
	var renewals atomic.Int32
	endpoint := azurite.Shared(t).Queue
	target, err := url.Parse(endpoint)
	if err != nil {
		t.Fatal(err)
	}
	target.Path = ""
	storage := httputil.NewSingleHostReverseProxy(target)
	storage.ErrorLog = log.New(io.Discard, "", 0) // the host leaves in the middle of a call
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut && r.URL.Query().Get("visibilitytimeout") == "2" {
			renewals.Add(1)
		}
		storage.ServeHTTP(w, r)
	}))
	t.Cleanup(proxy.Close)
	a := s.app("")
	release := make(chan struct{})
	a.onRequest(func(received) reply { <-release; return ok })
	o := s.options()
	o.Storage = strings.Replace(o.Storage, endpoint, proxy.URL+"/"+azurite.Account, 1)
	o.MessageVisibility = 2 * time.Second
	h := a.start(o)
	s.send(encoded("slow"))
	eventually(t, "it is renewed twice", func() bool { return renewals.Load() >= 2 })
	close(release)
	await(a, h, "refresh", 1)
	eventually(t, "it is deleted", func() bool { return s.length(s.name) == 0 })
}

// TestDrain: what was received is carried out, and nothing more is received.
func TestDrain(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.create()
	a := s.app(`"batchSize":1,"newBatchThreshold":0`)
	release := make(chan struct{})
	a.onRequest(func(received) reply { <-release; return ok })
	h := a.start(s.options())
	s.send(encoded("x"))
	eventually(t, "it is at the handler", func() bool { return len(a.requests()) == 1 })
	s.send(encoded("y"))
	drained := make(chan error)
	go func() { drained <- h.Drain(a.context()) }()
	select {
	case err := <-drained:
		t.Fatalf("it did not wait: %v", err)
	case <-h.listening.Done():
	}
	close(release)
	if err := <-drained; err != nil || h.Err() != nil || h.HandlerPID() != 0 {
		t.Errorf("%v, %v", err, h.Err())
	}
	if len(h.Invocations()) != 1 || h.Invocations()[0].Err != nil || s.length(s.name) != 1 {
		t.Errorf("%v, %d messages are left", h.Invocations(), s.length(s.name))
	}
}

// TestStorageRefuses: an error of the service that will not pass stops the host.
func TestStorageRefuses(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.create()
	o := s.options()
	o.Storage = strings.Replace(o.Storage, azurite.Key, base64.StdEncoding.EncodeToString([]byte("a wrong key")), 1)
	h := s.app("").launch(o)
	<-h.Done()
	if !errors.Is(h.Err(), ErrUnhandled) || !hasLine(h, Error, ErrUnhandled.Error()) {
		t.Errorf("%v", h.Err())
	}
}
