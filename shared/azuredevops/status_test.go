package azuredevops

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"path"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"adoport/shared/ingest"
	"adoport/shared/transport"
)

// outcome is what the caller of Do gets.
type outcome string

const (
	success   outcome = "success"
	refused   outcome = "AuthError"
	failed    outcome = "StatusError"
	unusable  outcome = "another error"
	errorJSON         = `{"$id":"1","message":"TF1: no","typeKey":"FabrikamException","errorCode":0}`
)

func outcomeOf(err error) outcome {
	var auth *ingest.AuthError
	var status *transport.StatusError
	switch {
	case err == nil:
		return success
	case errors.As(err, &auth):
		return refused
	case errors.As(err, &status):
		return failed
	default:
		return unusable
	}
}

// Every final status there is, and how many requests it takes to believe it.
func TestStatuses(t *testing.T) {
	t.Parallel()
	// Later rows win.
	rows := []struct {
		from, to int
		want     outcome
		requests int64
	}{
		{200, 299, success, 1},
		{203, 203, refused, 3},
		{204, 204, unusable, 1},
		{206, 206, unusable, 3},
		{300, 399, refused, 3},
		{400, 599, failed, 1},
		{401, 401, refused, 3},
		{408, 408, failed, 3},
		{429, 429, failed, 4},
		{500, 500, failed, 3},
		{502, 504, failed, 3},
	}
	var requests atomic.Int64
	server := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		status, _ := strconv.Atoi(path.Base(r.URL.Path))
		answer(w, status, jsonType, errorJSON)
	})
	for status := 200; status <= 599; status++ {
		want, wantRequests := success, int64(0)
		for _, row := range rows {
			if row.from <= status && status <= row.to {
				want, wantRequests = row.want, row.requests
			}
		}
		requests.Store(0)
		err := statusOnce(t, server, status)
		if got := outcomeOf(err); got != want {
			t.Errorf("%d: got %s (%v), want %s", status, got, err, want)
		}
		if got := requests.Load(); got != wantRequests {
			t.Errorf("%d: %d requests, want %d", status, got, wantRequests)
		}
		checkStatusError(t, status, want, err)
	}
}

func statusOnce(t *testing.T, server *httptest.Server, status int) error {
	t.Helper()
	var out map[string]any
	c := newClient(t, server, nil)
	_, err := c.Do(t.Context(), Request{Path: []string{"_apis", strconv.Itoa(status)}}, &out)
	if err == nil && out["typeKey"] == nil {
		t.Errorf("%d: nothing was decoded", status)
	}
	return err
}

func checkStatusError(t *testing.T, status int, want outcome, err error) {
	t.Helper()
	if want != failed {
		return
	}
	if got := StatusOf(err); got != status {
		t.Errorf("%d: StatusOf is %d", status, got)
	}
	for code, want := range map[string]bool{"FabrikamException": true, "TF1": true, "TF": false, "no": false, "": false} {
		if got := HasCode(err, code); got != want {
			t.Errorf("%d: HasCode %q is %t", status, code, got)
		}
	}
	if IsGone(err) != (status == 404) || IsForbidden(err) != (status == 403) {
		t.Errorf("%d: IsGone %v, IsForbidden %v", status, IsGone(err), IsForbidden(err))
	}
}

func TestInformationalStatusIsNoAnswer(t *testing.T) {
	t.Parallel()
	server := newServer(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusEarlyHints)
		answer(w, http.StatusOK, jsonType, errorJSON)
	})
	if err := statusOnce(t, server, 200); err != nil {
		t.Error(err)
	}
}

func TestNoContent(t *testing.T) {
	t.Parallel()
	server := newServer(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	c := newClient(t, server, nil)
	if _, err := c.Do(t.Context(), Request{Method: http.MethodDelete, Path: []string{"x"}}, nil); err != nil {
		t.Errorf("without out: %v", err)
	}
	var out any
	_, err := c.Do(t.Context(), Request{Path: []string{"x"}}, &out)
	if err == nil || !strings.Contains(err.Error(), "empty") {
		t.Errorf("with out: got %v, want an error about the empty body", err)
	}
}

func TestPredicatesOnOtherErrors(t *testing.T) {
	t.Parallel()
	for _, err := range []error{nil, errors.New("x")} {
		if StatusOf(err) != 0 || HasCode(err, "") || IsGone(err) || IsForbidden(err) {
			t.Errorf("%v is taken for an answer", err)
		}
	}
}
