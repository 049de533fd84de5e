package port

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"adoport/shared/ingest"
	"adoport/shared/transport"
)

// outcome is what a caller of the client gets for a status.
type outcome string

const (
	done      outcome = "done"
	perEntity outcome = "each entity has the error"
	missing   outcome = "each entity has the error that its blueprint is missing"
	refused   outcome = "AuthError"
	whole     outcome = "the call fails"
)

// TestEveryStatus sends one upsert of two entities per status and says what the
// caller gets and how many requests that took.
func TestEveryStatus(t *testing.T) {
	t.Parallel()
	for status := 200; status <= 599; status++ {
		want, wantRequests := whole, 1
		switch status {
		case 200, 201, 202, 203, 206, 207, 208, 226:
			want = done
		case 204, 205: // no body, so nothing is known of the entities
		case 400, 413, 422: // the whole, then each half
			want, wantRequests = perEntity, 3
		case 401:
			want, wantRequests = refused, 5
		case 404:
			want = missing
		case 408, 500, 502, 503, 504:
			wantRequests = 6
		case 429:
			wantRequests = 30
		default:
			if status < 300 {
				want = done
			} else if status >= 400 && status < 500 {
				want = perEntity
			}
		}
		c, f := serve(t, func(n int, w http.ResponseWriter, r request) {
			w.Header().Set("X-Trace-Id", "trace-1")
			switch {
			case status == 204 || status == 205:
				w.WriteHeader(status)
			case status < 300:
				w.WriteHeader(status)
				takeAll(n, quiet{w}, r)
			default:
				reply(w, status, `{"ok":false,"error":"some_code","message":"some words"}`)
			}
		})
		outcomes, err := c.Upsert(t.Context(), "service", entities("a", "b"))
		if got := judgeUpsert(t, status, outcomes, err); got != want {
			t.Errorf("%d: %s, want %s (%v, %v)", status, got, want, outcomes, err)
		}
		if got := len(f.seen()); got != wantRequests {
			t.Errorf("%d: %d requests, want %d", status, got, wantRequests)
		}
		f.Close()
	}
}

// quiet is a ResponseWriter whose status is written already.
type quiet struct{ http.ResponseWriter }

func (quiet) WriteHeader(int) {}

func judgeUpsert(t *testing.T, status int, outcomes []ingest.Outcome, err error) outcome {
	t.Helper()
	failure := err
	if err == nil {
		failure = outcomes[0].Err
		if (failure == nil) != (outcomes[1].Err == nil) {
			t.Errorf("%d: outcomes differ: %v", status, outcomes)
		}
	}
	if failure != nil {
		redacted(t, failure.Error())
		words := strings.Contains(failure.Error(), "some words") && strings.Contains(failure.Error(), "trace-1")
		if status >= 300 && !words && status != 304 { // 304 has no body
			t.Errorf("%d: no words of Port's in %v", status, failure)
		}
		var se *transport.StatusError
		if status >= 300 && (!errors.As(failure, &se) || se.Status != status) {
			t.Errorf("%d: no StatusError in %v", status, failure)
		}
	}
	var auth *ingest.AuthError
	var noBlueprint *BlueprintMissingError
	switch {
	case failure == nil:
		return done
	case errors.As(err, &auth):
		return refused
	case err != nil:
		return whole
	case errors.As(failure, &noBlueprint) && errors.Is(failure, ingest.ErrNotFound) && noBlueprint.Blueprint == "service":
		return missing
	default:
		return perEntity
	}
}
