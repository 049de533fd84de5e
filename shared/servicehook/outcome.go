package servicehook

import (
	"time"

	"adoport/shared/ingest"
)

// Outcome is what an event means to us.
type Outcome struct {
	// EventType is Azure DevOps' id of the type, at most 100 bytes of it.
	EventType string
	// EventID, SubscriptionID and NotificationID name the delivery, "" where it
	// does not say. (SubscriptionID, NotificationID) is the same when the delivery
	// is tried again.
	EventID, SubscriptionID, NotificationID string
	// CreatedAt is when Azure DevOps made the event, in UTC; the zero time if it
	// does not say.
	CreatedAt time.Time
	// Refs are what to read again: none if Cause is not Handled.
	Refs []ingest.Ref
	// Project is the project in which the event happened, to be read too if it is
	// not in the catalog yet; the zero Ref if the event does not say. It is set
	// for ignored events as well, but not for tests.
	Project ingest.Ref
	// Cause says why there are no Refs; Ignored says it to people.
	Cause   Cause
	Ignored string
	// Test is true for a test notification, which is about sample data.
	Test bool
}

// Cause says why an event yields nothing to read.
type Cause string

const (
	// Handled is the cause of an event that yields refs.
	Handled Cause = ""
	// Unneeded is a known type of event that is about no kind.
	Unneeded Cause = "unneeded"
	// Unknown is a type of event that Azure DevOps did not have when this was
	// written.
	Unknown Cause = "unknown"
	// Test is a test notification.
	Test Cause = "test"
	// NoResource is an event of which the resource was not sent: its subscription
	// has to be corrected.
	NoResource Cause = "no-resource"
	// NoID is an event whose resource does not say which it is.
	NoID Cause = "no-id"
)

// EnvelopeError means that a body is no service-hook event at all. A receiver
// answers it 400.
type EnvelopeError struct {
	// Reason says what is wrong. It holds nothing of the body but a single
	// character.
	Reason string
}

func (e *EnvelopeError) Error() string { return "not a service-hook event: " + e.Reason }
