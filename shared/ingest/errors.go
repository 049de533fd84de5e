package ingest

import (
	"errors"
	"fmt"
	"time"
)

// ErrLost means that a delivery is no longer this worker's: its visibility
// ended, and another worker has it or will have it.
var ErrLost = errors.New("the delivery's visibility has ended")

// ErrNotFound means that what was asked for does not exist.
var ErrNotFound = errors.New("not found")

// ErrExists means that what was to be created exists already.
var ErrExists = errors.New("exists already")

// AuthError means that a service does not accept our credentials. It ends a run
// at once: nothing that is read after it can be trusted to be complete.
type AuthError struct {
	// System is "Azure DevOps" or "Port".
	System string
	// Advice says what a person should check.
	Advice string
	Err    error
}

func (e *AuthError) Error() string {
	return fmt.Sprintf("%s refused our credentials: %v\n%s", e.System, e.Err, e.Advice)
}

func (e *AuthError) Unwrap() error { return e.Err }

// ScopeError means that one scope cannot be read at all (403, 404, a project
// that is not wellFormed), and that trying again will not help now. It fails
// alone: the other scopes go on.
type ScopeError struct {
	Scope Scope
	Err   error
}

func (e *ScopeError) Error() string { return fmt.Sprintf("%s: %v", e.Scope, e.Err) }

func (e *ScopeError) Unwrap() error { return e.Err }

// isPassing reports whether an error says of itself that it may not come again.
func isPassing(err error) bool {
	passing, ok := errors.AsType[interface {
		error
		Transient() bool
	}](err)
	return ok && passing.Transient()
}

// ThrottledError means that a service asks us to wait longer than this
// invocation can. The task goes back to its queue with that delay, and none of
// its tries is spent.
type ThrottledError struct {
	System string
	After  time.Duration
}

func (e *ThrottledError) Error() string {
	return fmt.Sprintf("%s asks us to wait %s", e.System, e.After.Round(time.Second))
}
