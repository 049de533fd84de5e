package azurestorage

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azqueue/v2/queueerror"

	"adoport/shared/ingest"
	"adoport/shared/transport"
)

// system names the service in errors.
const system = "Azure Storage"

// errNoAnswer is a try that ended by its own timeout. It is no error of a context,
// because the caller's goes on.
var errNoAnswer = errors.New("no answer in time")

// explain says what was done with which queue, and why it failed. The SDK's own
// errors MUST NOT get out: they print the body of the answer, which may repeat the
// signature, or the URL with its query.
func (r *remote) explain(ctx context.Context, doing string, err error) error {
	if err == nil {
		return nil
	}
	if err = r.plain(err); ctx.Err() != nil {
		err = ctx.Err()
	}
	return fmt.Errorf("%s the queue %s: %w", doing, r.name, err)
}

// lost explains the error of settling a message. If it, or its queue, is gone, or
// another has it, that is ErrLost (Microsoft Learn, "Queue Storage error codes").
func (r *remote) lost(ctx context.Context, err error) error {
	if queueerror.HasCode(err, queueerror.MessageNotFound, queueerror.PopReceiptMismatch, queueerror.QueueNotFound) {
		return ingest.ErrLost
	}
	return r.explain(ctx, "settling a message of", err)
}

// plain returns an error of ours for one of the SDK.
func (r *remote) plain(err error) error {
	if token, ok := errors.AsType[*tokenError](err); ok {
		return token.plain()
	}
	if answer, ok := errors.AsType[*azcore.ResponseError](err); ok {
		return r.refused(answer)
	}
	if unknown, ok := errors.AsType[*net.DNSError](err); ok {
		return &transport.BrokenError{Err: fmt.Errorf("%w. %s", unknown, adviceName)}
	}
	if outer, ok := errors.AsType[*url.Error](err); ok {
		err = outer.Err // the outer one prints the URL with its query
	}
	if errors.Is(err, context.DeadlineExceeded) {
		err = errNoAnswer
	}
	return &transport.BrokenError{Err: err}
}

// refused returns what the service answered, without the body.
func (r *remote) refused(answer *azcore.ResponseError) error {
	status := &transport.StatusError{System: system, Method: "a request to", URL: r.address, Status: answer.StatusCode, Code: answer.ErrorCode}
	if raw := answer.RawResponse; raw != nil {
		status.TraceID = raw.Header.Get("x-ms-request-id")
		if raw.Request != nil {
			status.Method = raw.Request.Method
		}
	}
	if status.Status == http.StatusUnauthorized || status.Status == http.StatusForbidden {
		return &ingest.AuthError{System: system, Advice: advice(queueerror.Code(status.Code), r.keyed), Err: status}
	}
	return status
}

// plain tells a refusal from a service that gives no answer.
func (e *tokenError) plain() error {
	if errors.Is(e.err, context.DeadlineExceeded) {
		return &transport.BrokenError{Err: fmt.Errorf("getting a token: %w", errNoAnswer)}
	}
	return &ingest.AuthError{System: system, Advice: adviceToken, Err: errors.New("getting a token: " + squeeze(e.err.Error()))}
}
