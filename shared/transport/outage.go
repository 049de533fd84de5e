package transport

import (
	"errors"

	"adoport/shared/ingest"
)

// BrokenError is a request that got no usable answer: the connection failed, or
// the answer was cut.
type BrokenError struct{ Err error }

func (e *BrokenError) Error() string { return e.Err.Error() }

// Unwrap returns what broke it.
func (e *BrokenError) Unwrap() error { return e.Err }

// Outage reports whether an error says that a service does not work, or does not
// let us in, and nothing of what was asked of it: the same will work when the
// service does. Errors of elsewhere say so by a method Outage.
func Outage(err error) bool {
	if o, ok := errors.AsType[interface {
		error
		Outage() bool
	}](err); ok && o.Outage() {
		return true
	}
	if _, ok := errors.AsType[*BrokenError](err); ok {
		return true
	}
	if _, ok := errors.AsType[*ingest.AuthError](err); ok {
		return true
	}
	answer, ok := errors.AsType[*StatusError](err)
	return ok && (answer.Status >= 500 || answer.Status == 429 || answer.Status == 408)
}
