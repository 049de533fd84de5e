package port

import (
	"fmt"
	"net/http"
	"strings"
)

// refusal is an error as Port answers it: a status and
// {"ok":false,"error":code,"message":text,"details":…}.
type refusal struct {
	Status  int    `json:"-"`
	OK      bool   `json:"ok"`
	Code    string `json:"error"`
	Message string `json:"message"`
	Details any    `json:"details,omitempty"`
}

func (r *refusal) Error() string { return r.Code + ": " + r.Message }

func badRequest(format string, args ...any) error {
	return &refusal{Status: http.StatusBadRequest, Code: "bad_request", Message: fmt.Sprintf(format, args...)}
}

func unauthorized(code, message string) error {
	return &refusal{Status: http.StatusUnauthorized, Code: code, Message: message}
}

func notFound(format string, args ...any) error {
	return &refusal{Status: http.StatusNotFound, Code: "not_found", Message: fmt.Sprintf(format, args...)}
}

func conflict(code, format string, args ...any) error {
	return &refusal{Status: http.StatusConflict, Code: code, Message: fmt.Sprintf(format, args...)}
}

func tooLarge() error {
	return &refusal{
		Status: http.StatusRequestEntityTooLarge, Code: "request_entity_too_large",
		Message: fmt.Sprintf("Request body is larger than %d bytes", maxBody),
	}
}

func invalid(format string, args ...any) error {
	return &refusal{Status: http.StatusUnprocessableEntity, Code: "invalid_request", Message: fmt.Sprintf(format, args...)}
}

// within puts the place in the body where it happened before a refusal's message.
func within(place string, err error) error {
	if r, ok := err.(*refusal); ok { //nolint:errorlint // refusals of this package are not wrapped
		located := *r
		located.Message = place + " " + r.Message
		if strings.HasPrefix(r.Message, "/") {
			located.Message = place + r.Message
		}
		return &located
	}
	return err
}
