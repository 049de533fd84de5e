package azuredevops

import (
	"errors"
	"net/http"
	"strings"

	"adoport/shared/transport"
)

// StatusOf returns the HTTP status of the answer that err is about, 0 if err is
// not about an answer.
func StatusOf(err error) int {
	if e, ok := errors.AsType[*transport.StatusError](err); ok {
		return e.Status
	}
	return 0
}

// HasCode reports whether err is an answer to which Azure DevOps gives this code:
// as its typeKey ("WorkItemTrackingQueryResultSizeLimitExceededException"), or at
// the beginning of its message ("VS402337"). It may give both.
func HasCode(err error, code string) bool {
	e, ok := errors.AsType[*transport.StatusError](err)
	return ok && (e.Code == code || strings.HasPrefix(e.Message, code+":"))
}

// IsGone reports whether Azure DevOps says that the resource does not exist
// (404). It says so too of one that the credentials may not see.
func IsGone(err error) bool { return StatusOf(err) == http.StatusNotFound }

// IsForbidden reports whether the credentials are known but may not do this
// (403).
func IsForbidden(err error) bool { return StatusOf(err) == http.StatusForbidden }
