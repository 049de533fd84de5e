package status

import (
	"time"

	"adoport/shared/ingest"
)

// Document is the status as JSON. Times are in UTC, durations in seconds. No list
// is null.
type Document struct {
	At           time.Time `json:"at"`
	Version      string    `json:"version"`
	Instance     string    `json:"instance"`
	Organization string    `json:"organization"`
	// Problems are what a person should look at.
	Problems []string `json:"problems"`
	// Errors are the parts of this document that could not be read.
	Errors []Error `json:"errors"`
	// Runs are the newest ones first.
	Runs []Run `json:"runs"`
	// Events is nil if this process takes no service hooks.
	Events *Events      `json:"events,omitempty"`
	Queues []QueueState `json:"queues"`
	// Subscriptions is nil if they are not looked after, or could not be read.
	Subscriptions *Subscriptions `json:"subscriptions,omitempty"`
	// Throttling has the services that asked us to wait, and how long.
	Throttling []Throttle `json:"throttling"`
}

// Error is a part of the document that could not be read.
type Error struct {
	Part  string `json:"part"`
	Error string `json:"error"`
}

// Run is one backfill.
type Run struct {
	ID         string        `json:"id"`
	Status     ingest.Status `json:"status"`
	Reason     string        `json:"reason,omitempty"`
	StartedAt  time.Time     `json:"startedAt"`
	FinishedAt time.Time     `json:"finishedAt,omitzero"`
	// Seconds is how long it took, or has taken so far.
	Seconds float64 `json:"seconds"`
	// Counted is false if only the outcome is known: Kinds and Blueprints are then
	// empty.
	Counted    bool                     `json:"counted"`
	Kinds      []ingest.KindReport      `json:"kinds"`
	Blueprints []ingest.BlueprintReport `json:"blueprints"`
}

// Events are the deliveries of the last hour that this process has seen.
type Events struct {
	// Since is an hour ago, or when the process began.
	Since       time.Time `json:"since"`
	Queued      int       `json:"queued"`
	Ignored     int       `json:"ignored"`
	Refused     int       `json:"refused"`
	Unavailable int       `json:"unavailable"`
	// IgnoredBy counts the ignored ones by servicehook.Cause, and RefusedBy the
	// refused ones by HTTP status.
	IgnoredBy map[string]int `json:"ignoredBy"`
	RefusedBy map[string]int `json:"refusedBy"`
	// Last is the last one that was queued or ignored, tests aside; nil if there
	// was none since the process began.
	Last *LastEvent `json:"last,omitempty"`
}

// LastEvent is one delivery.
type LastEvent struct {
	At      time.Time `json:"at"`
	Type    string    `json:"type"`
	Outcome string    `json:"outcome"`
	// LagSeconds is how long after the event it was delivered; nil if the event
	// does not say when it was.
	LagSeconds *float64 `json:"lagSeconds,omitempty"`
}

// QueueState is what waits in a queue, and what was set aside.
type QueueState struct {
	Name string `json:"name"`
	// Waiting and Poisoned are nil if they could not be read.
	Waiting  *int `json:"waiting,omitempty"`
	Poisoned *int `json:"poisoned,omitempty"`
	// Newest are the tasks that were set aside last, the last one first.
	Newest []PoisonedTask `json:"newest"`
}

// PoisonedTask is a task that failed too often.
type PoisonedTask struct {
	At     time.Time       `json:"at"`
	Type   ingest.TaskType `json:"type"`
	Run    string          `json:"run,omitempty"`
	Source string          `json:"source,omitempty"`
	// Scope and Page say where a walk was.
	Scope string `json:"scope,omitempty"`
	Page  int    `json:"page,omitempty"`
	// Refs are the items of a refresh or the blueprints of a prune, at most five.
	Refs   []string `json:"refs,omitempty"`
	Reason string   `json:"reason"`
}

// Subscriptions is what is known of the service hooks.
type Subscriptions struct {
	// CheckedAt is the zero time if nobody has looked yet.
	CheckedAt time.Time `json:"checkedAt,omitzero"`
	// Enabled get every event. Created and Repaired were made and made again at
	// the last look.
	Enabled  int `json:"enabled"`
	Created  int `json:"created"`
	Repaired int `json:"repaired"`
	// Backfilled are the kinds of which a backfill was begun, because events of
	// them were lost.
	Backfilled []string `json:"backfilled,omitempty"`
	// Error is what the last look failed with.
	Error string `json:"error,omitempty"`
	// List may be empty where only the counts are known.
	List []Subscription `json:"list,omitempty"`
}

// Subscription is one service hook of ours.
type Subscription struct {
	EventType string `json:"eventType"`
	// Scope is "organization" or a project.
	Scope string `json:"scope"`
	// Status is Azure DevOps' own; Healthy if it gets every event.
	Status  string `json:"status"`
	Healthy bool   `json:"healthy"`
	// LastFailure is why a delivery failed last, "" if none did.
	LastFailure string `json:"lastFailure,omitempty"`
}

// Throttle is a service that asked us to wait.
type Throttle struct {
	// System is "Azure DevOps" or "Port".
	System string    `json:"system"`
	Until  time.Time `json:"until"`
}
