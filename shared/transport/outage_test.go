package transport

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	"adoport/shared/ingest"
)

func TestOutage(t *testing.T) {
	t.Parallel()
	tests := map[error]bool{
		errors.New("a mistake of ours"):                                          false,
		fmt.Errorf("reading: %w", &StatusError{Status: 503}):                     true,
		errors.Join(errors.New("one"), &StatusError{Status: 429}):                true,
		&StatusError{Status: 400}:                                                false,
		&StatusError{Status: 403}:                                                false,
		fmt.Errorf("reading: %w", &ingest.AuthError{Err: errors.New("expired")}): true,
		&BrokenError{errors.New("reset")}:                                        true,
	}
	for err, want := range tests {
		if got := Outage(err); got != want {
			t.Errorf("%v: %t, want %t", err, got, want)
		}
	}
}

func TestABrokenConnectionIsAnOutage(t *testing.T) {
	t.Parallel()
	client := New(Options{System: "Test", Retry: fast, HTTP: &http.Client{Transport: &http.Transport{}}})
	if _, err := client.Do(t.Context(), Request{Method: http.MethodGet, URL: "http://127.0.0.1:9/"}); !Outage(err) {
		t.Errorf("%v is no outage", err)
	}
}
