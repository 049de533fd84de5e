package port

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"adoport/shared/ingest"
	"adoport/shared/transport"
)

// EntityError is what Port said of one entity of a request.
type EntityError struct {
	Blueprint, Identifier string
	// Status is the HTTP status that the entity alone would have had, 0 if Port
	// said nothing of it.
	Status int
	// Code and Message are Port's own words.
	Code, Message string
	// TraceID is what Port's support asks for.
	TraceID string
}

func (e *EntityError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "writing %s %s: ", e.Blueprint, named(e.Identifier))
	if e.Status == 0 {
		b.WriteString(e.Message)
	} else {
		fmt.Fprintf(&b, "Port answered %d %s", e.Status, http.StatusText(e.Status))
		if e.Code != "" {
			fmt.Fprintf(&b, " (%s)", e.Code)
		}
		if e.Message != "" {
			b.WriteString(": " + e.Message)
		}
	}
	if e.TraceID != "" {
		fmt.Fprintf(&b, " [trace %s]", e.TraceID)
	}
	return b.String()
}

// named shows the identifier of an entity in a message.
func named(identifier string) string {
	if identifier == "" {
		return "an entity that a query names"
	}
	return quote(identifier)
}

// Transient reports whether the same entity may be taken when sent again. 409 is
// a conflict with another write.
func (e *EntityError) Transient() bool {
	switch e.Status {
	case http.StatusRequestTimeout, http.StatusConflict, http.StatusTooManyRequests:
		return true
	default:
		return e.Status >= 500
	}
}

// BlueprintMissingError means that a blueprint does not exist in Port. It wraps
// ingest.ErrNotFound.
type BlueprintMissingError struct {
	Blueprint string
	// Err is Port's answer.
	Err error
}

func (e *BlueprintMissingError) Error() string {
	return fmt.Sprintf("blueprint %s does not exist in Port: %v", quote(e.Blueprint), e.Err)
}

// Unwrap returns ingest.ErrNotFound and Port's answer.
func (e *BlueprintMissingError) Unwrap() []error { return []error{ingest.ErrNotFound, e.Err} }

// aboutRequest returns the answer if err says that this very request is wrong,
// so that another request may do better: a 4xx that is about neither the
// credentials nor the service's load. Everything else concerns all requests.
func aboutRequest(err error) (*transport.StatusError, bool) {
	var auth *ingest.AuthError
	var answer *transport.StatusError
	if errors.As(err, &auth) || !errors.As(err, &answer) {
		return nil, false
	}
	switch answer.Status {
	case http.StatusUnauthorized, http.StatusRequestTimeout, http.StatusTooManyRequests:
		return nil, false
	default:
		return answer, answer.Status >= 400 && answer.Status < 500
	}
}

// tooMuch reports whether an answer may be due to what the request carries, so
// that a part of it may pass.
func tooMuch(answer *transport.StatusError) bool {
	switch answer.Status {
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
		return true
	default:
		return false
	}
}

// missingBlueprint makes a BlueprintMissingError of a 404.
func missingBlueprint(blueprint string, err error) error {
	if answer, ok := aboutRequest(err); ok && answer.Status == http.StatusNotFound {
		return &BlueprintMissingError{Blueprint: blueprint, Err: err}
	}
	return err
}
