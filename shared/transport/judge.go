package transport

import (
	"errors"
	"net/http"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

// Unauthorized marks an answer as "credentials not accepted", whatever its
// status: the credentials are refreshed and tried again a few times, then the
// caller gets an *ingest.AuthError.
func Unauthorized(err error) error { return &unauthorizedError{err} }

// Transient marks an answer as broken although its status is a success; the
// request is tried again within its cap.
func Transient(err error) error { return &transientError{err} }

type transientError struct{ err error }

func (e *transientError) Error() string { return e.err.Error() }
func (e *transientError) Unwrap() error { return e.err }

type unauthorizedError struct{ err error }

func (e *unauthorizedError) Error() string { return e.err.Error() }
func (e *unauthorizedError) Unwrap() error { return e.err }

// finalError ends a request without another try: it is about us, not about the
// answer.
type finalError struct{ err error }

func (e *finalError) Error() string { return e.err.Error() }
func (e *finalError) Unwrap() error { return e.err }

// judgePolicy lets the client look at every whole answer.
type judgePolicy struct{ o Options }

func (p *judgePolicy) Do(req *policy.Request) (*http.Response, error) {
	resp, err := req.Next()
	if err != nil {
		return nil, err
	}
	r, err := readResponse(resp)
	if err != nil {
		return nil, err
	}
	if err := p.o.Judge(r); err != nil {
		return nil, asVerdict(err)
	}
	return resp, nil
}

// asVerdict makes a judge's error final unless it is marked otherwise.
func asVerdict(err error) error {
	var refused *unauthorizedError
	var transient *transientError
	if errors.As(err, &refused) || errors.As(err, &transient) {
		return err
	}
	return &finalError{err}
}

// authPolicy sets the credentials of every try.
type authPolicy struct{ o Options }

func (p *authPolicy) Do(req *policy.Request) (*http.Response, error) {
	if p.o.Authorizer != nil {
		if err := p.o.Authorizer.Authorize(req.Raw().Context(), req.Raw().Header); err != nil {
			return nil, &finalError{err}
		}
	}
	return req.Next()
}
