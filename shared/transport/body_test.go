package transport

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

type roundTripper func(r *http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestEveryTryHasABodyOfItsOwn: an answer may come while the body is still being
// read, and then that goes on beside the next try, which MUST lose nothing to it.
func TestEveryTryHasABodyOfItsOwn(t *testing.T) {
	t.Parallel()
	var tries []*http.Request
	client := New(Options{System: "Test", Retry: fast, HTTP: &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
		tries = append(tries, r)
		status := http.StatusServiceUnavailable
		if len(tries) == 3 {
			status = http.StatusOK
		}
		return &http.Response{Request: r, StatusCode: status, Header: http.Header{}, Body: http.NoBody}, nil
	})}})
	const body = `{"q":"what was asked"}`
	if _, err := client.Do(t.Context(), Request{Method: http.MethodPost, URL: "http://service.test/", Body: []byte(body)}); err != nil {
		t.Fatal(err)
	}
	read := make([]strings.Builder, len(tries))
	for range body { // a byte of each in turn
		for i, r := range tries {
			if _, err := io.CopyN(&read[i], r.Body, 1); err != nil {
				t.Fatalf("try %d: %v after %q", i+1, err, read[i].String())
			}
		}
	}
	for i, r := range tries {
		if read[i].String() != body || r.ContentLength != int64(len(body)) || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("try %d: %q, %d bytes of %q", i+1, read[i].String(), r.ContentLength, r.Header.Get("Content-Type"))
		}
		again, err := r.GetBody()
		if err != nil {
			t.Fatal(err)
		}
		if text, err := io.ReadAll(again); string(text) != body || err != nil {
			t.Errorf("try %d can be sent again by net/http with %q, %v", i+1, text, err)
		}
	}
}

// TestEmptyBody is none, so that no length has to be guessed.
func TestEmptyBody(t *testing.T) {
	t.Parallel()
	for _, body := range [][]byte{nil, {}} {
		client, url, _ := serve(t, Options{}, func(_ int, w http.ResponseWriter, r *http.Request) {
			if r.ContentLength != 0 || len(r.TransferEncoding) != 0 {
				w.WriteHeader(http.StatusBadRequest)
			}
		})
		if _, err := client.Do(t.Context(), Request{Method: http.MethodPost, URL: url, Body: body}); err != nil {
			t.Errorf("%v: %v", body, err)
		}
	}
}
