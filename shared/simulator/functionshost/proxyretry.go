package functionshost

import (
	"io"
	"net/http"
	"sync/atomic"
	"time"
)

const (
	maxTries   = 10
	firstDelay = 50 * time.Millisecond
	lastDelay  = 250 * time.Millisecond
)

// retrying sends a request again, up to 10 times in all, while the handler cannot
// be reached or breaks the connection: a handler that is not ready yet loses no
// requests, and a request may be carried out more than once. A body that was read
// cannot be sent again (host, RetryProxyHandler.cs).
type retrying struct {
	next http.RoundTripper
	logs *logs
}

// RoundTrip sends the request.
func (t *retrying) RoundTrip(request *http.Request) (*http.Response, error) {
	body := &replayable{ReadCloser: request.Body}
	if request.Body != nil && request.Body != http.NoBody {
		request = request.WithContext(request.Context()) // a copy
		request.Body = body
	}
	delay := firstDelay
	for try := 1; ; try++ {
		response, err := t.next.RoundTrip(request)
		if err == nil || request.Context().Err() != nil {
			return response, err
		}
		if try == maxTries || body.begun.Load() {
			t.logs.write(Warning, proxying, "Reached the maximum retry count for worker request proxying. Error: %v", err)
			return nil, err
		}
		t.logs.write(Warning, proxying, "Failed to proxy request to the worker. Retrying in %dms. Attempt %d of %d.", delay.Milliseconds(), try, maxTries)
		wait := time.NewTimer(delay)
		select {
		case <-wait.C:
		case <-request.Context().Done():
			wait.Stop()
			return nil, request.Context().Err()
		}
		delay = min(2*delay, lastDelay)
	}
}

// replayable is a body that a transport may close without it being over, and that
// remembers whether it was read.
type replayable struct {
	io.ReadCloser
	begun atomic.Bool
}

func (b *replayable) Read(p []byte) (int, error) {
	b.begun.Store(true)
	return b.ReadCloser.Read(p)
}

// Close does nothing: the server closes the body when the request is over.
func (b *replayable) Close() error { return nil }
