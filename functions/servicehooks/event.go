package servicehooks

import (
	"time"

	"adoport/shared/servicehook"
)

// Outcome is what became of a delivery.
type Outcome string

const (
	// Queued is an event whose pointers are durably queued.
	Queued Outcome = "queued"
	// Ignored is an event that points at nothing that is mapped.
	Ignored Outcome = "ignored"
	// Refused is a request that is no event, or comes without credentials.
	Refused Outcome = "refused"
	// Unavailable is an event that could not be queued. It comes again.
	Unavailable Outcome = "unavailable"
)

// Unmapped is the cause of an event about a kind that nobody mapped.
const Unmapped servicehook.Cause = "unmapped"

// Event is what became of one delivery. It holds nothing of its contents.
type Event struct {
	// At is when it was decided.
	At      time.Time
	Outcome Outcome
	// Status is the HTTP status of the answer.
	Status int
	// Type is Azure DevOps' id of the type, "" for what was refused.
	Type string
	// Cause says why an event was ignored, "" for others.
	Cause servicehook.Cause
	// CreatedAt is when Azure DevOps made the event; the zero time if it does not
	// say, or for what was refused.
	CreatedAt time.Time
}
