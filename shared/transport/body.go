package transport

import (
	"bytes"
	"fmt"
	"io"
	"net/http"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

// setBody gives a request the means to make a body for every try. azcore's own
// SetBody has one reader for all of them, which the connection of the try before
// may still be reading: an answer can come before all of a body was sent.
func setBody(r *http.Request, body []byte) {
	if body == nil {
		return
	}
	r.Header.Set("Content-Type", "application/json")
	if len(body) == 0 {
		return
	}
	r.ContentLength = int64(len(body))
	r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
}

// bodyPolicy makes the body of one try. It MUST come after azcore's own retry
// policy, which sets the body too.
type bodyPolicy struct{}

func (bodyPolicy) Do(req *policy.Request) (*http.Response, error) {
	if raw := req.Raw(); raw.GetBody != nil {
		body, err := raw.GetBody()
		if err != nil {
			return nil, fmt.Errorf("making the body of a request: %w", err)
		}
		raw.Body = body
	}
	return req.Next()
}
