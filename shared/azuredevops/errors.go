package azuredevops

import (
	"errors"
	"net/http"

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

// ErrorCode returns Azure DevOps' own name of what err is about, its typeKey
// ("WorkItemTrackingQueryResultSizeLimitExceededException") or the code of its
// message ("VS402337"); "" if it gave none.
func ErrorCode(err error) string {
	if e, ok := errors.AsType[*transport.StatusError](err); ok {
		return e.Code
	}
	return ""
}

// IsGone reports whether Azure DevOps says that the resource does not exist
// (404). It says so too of one that the credentials may not see.
func IsGone(err error) bool { return StatusOf(err) == http.StatusNotFound }

// IsForbidden reports whether the credentials are known but may not do this
// (403).
func IsForbidden(err error) bool { return StatusOf(err) == http.StatusForbidden }
