package transport

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// StatusError is an answer that is not a success, after all retries.
type StatusError struct {
	// System is "Azure DevOps" or "Port".
	System string
	// Method and URL say what was asked; the URL carries no query values.
	Method, URL string
	Status      int
	// Code and Message are the service's own words, "" if it had none.
	Code, Message string
	// TraceID is what the service's support asks for, "" if there is none.
	TraceID string
	// RetryAfter is how long the service asked to wait, 0 if it did not say.
	RetryAfter time.Duration
}

func (e *StatusError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s: %s answered %d %s", e.Method, e.URL, e.System, e.Status, http.StatusText(e.Status))
	if e.Code != "" {
		fmt.Fprintf(&b, " (%s)", e.Code)
	}
	if e.Message != "" {
		fmt.Fprintf(&b, ": %s", e.Message)
	}
	if e.TraceID != "" {
		fmt.Fprintf(&b, " [trace %s]", e.TraceID)
	}
	return b.String()
}
