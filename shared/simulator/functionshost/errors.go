package functionshost

import (
	"errors"
	"fmt"
)

// Why a host stopped itself; Host.Err wraps one of these.
var (
	// ErrRestarts: the handler had its third error within 30 minutes (host,
	// HttpFunctionInvocationDispatcher.cs).
	ErrRestarts error = hostError("Exceeded http worker restart retry count. Shutting down Functions Host")
	// ErrInitialization: an invocation waited too long for the handler to be ready
	// (host, WorkerFunctionInvoker.cs).
	ErrInitialization error = hostError("Initialization timed out and host is shutting down")
	// ErrUnhandled: the storage service failed in a way that listeners do not
	// expect (host, WebScriptHostExceptionHandler.cs).
	ErrUnhandled error = hostError("An unhandled exception has occurred. Host is shutting down.")
)

// Why an invocation failed; Invocation.Err wraps one of these, or tells what the
// handler answered.
var (
	// ErrHang: a 2xx answer had no body, or null. The host waits for a result that
	// never comes, until functionTimeout, and then kills the handler (host,
	// DefaultHttpWorkerService.cs, ProcessDefaultInvocationRequest).
	ErrHang = errors.New("hang: the handler answered without a body, so the invocation did not end before functionTimeout")
	// ErrTimeout: it took longer than functionTimeout. The handler is killed, and
	// with it all else that it was doing.
	ErrTimeout = errors.New("functionTimeout was exceeded")
)

// ErrUnknownFunction is returned for a name that no loaded function has.
var ErrUnknownFunction = errors.New("there is no such function")

// Why a host was stopped from outside.
var (
	errClosed  = errors.New("the host was closed")
	errDrained = errors.New("the host was drained")
)

// hostError is an error in the words of the host.
type hostError string

func (e hostError) Error() string { return string(e) }

func hostErrorf(format string, a ...any) error { return hostError(fmt.Sprintf(format, a...)) }
