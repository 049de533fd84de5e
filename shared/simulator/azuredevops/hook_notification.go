package azuredevops

import (
	"cmp"
	"slices"
	"time"
)

// role says what a notification is sent for.
type role int

const (
	// original is the one that counts.
	original role = iota
	// copied is sent although the original is too.
	copied
	// probe is a failed one, sent again while its subscription is on probation.
	probe
	// sample is a test notification.
	sample
)

// notification is an event on its way to a subscription.
type notification struct {
	subscription *subscription
	// id numbers the notifications of the subscription; event is the event's ID.
	// Both stay the same when it is sent again.
	id       int
	event    string
	body     []byte
	role     role
	attempts int
	// uncounted is true for the probe of a copy; probation says of which of the
	// subscription's probations a probe is.
	uncounted bool
	probation int
	record    *record
}

// record is a notification in the history.
type record struct {
	id               int
	event, eventType string
	// status is queued, requestInProgress or completed; result is pending,
	// succeeded or failed.
	status, result    string
	created, modified time.Time
	attempts          int
	message, answer   string
}

// historyLength is how many notifications of a subscription are kept.
const historyLength = 50

// newNotification numbers a notification; the caller holds the lock of hooks.
func (s *Server) newNotification(b *subscription, event, eventType string) *notification {
	b.notifications++
	return &notification{subscription: b, id: b.notifications, event: event, record: &record{
		id: b.notifications, event: event, eventType: eventType, status: "queued", result: "pending",
		created: s.clock(), modified: s.clock(),
	}}
}

// remember puts a notification into the history.
func (b *subscription) remember(n *notification) {
	b.history = append(b.history, n.record)
	if extra := len(b.history) - historyLength; extra > 0 {
		b.history = slices.Clone(b.history[extra:])
	}
}

// sendable reports whether a notification may be sent: what is new is lost
// unless the subscription is enabled.
func (n *notification) sendable() bool {
	b := n.subscription
	switch n.role {
	case sample:
		return true
	case probe:
		return !b.deleted && b.status == OnProbation && b.probation == n.probation
	default:
		return !b.deleted && b.status == Enabled
	}
}

func (r *record) attempted(got result, now time.Time) {
	r.attempts++
	r.status, r.modified, r.message, r.answer = "requestInProgress", now, "", got.answer()
	if !got.success() {
		r.message = got.message()
	}
}

func (r *record) complete(result string, now time.Time) {
	r.status, r.result, r.modified = "completed", result, now
}

// body is the notification as answers have it; full adds the details of the
// request.
func (r *record) body(b *subscription, full bool) object {
	details := object{
		"eventType": r.eventType, "publisherId": b.publisher, "consumerId": b.consumer, "consumerActionId": b.action,
		"requestAttempts": r.attempts, "queuedDate": formatTime(r.created), "completedDate": nil,
		"errorMessage": emptyIsNothing(r.message),
	}
	if r.status == "completed" {
		details["completedDate"] = formatTime(r.modified)
	}
	if full {
		details["response"], details["errorDetail"] = emptyIsNothing(r.answer), emptyIsNothing(r.message)
	}
	return object{
		"id": r.id, "subscriptionId": b.id, "subscriberId": zeroID, "eventId": r.event, "status": r.status, "result": r.result,
		"createdDate": formatTime(r.created), "modifiedDate": formatTime(r.modified), "details": details,
	}
}

// newestFirst is the order of the history in answers.
func newestFirst(a, b *record) int {
	return cmp.Or(b.created.Compare(a.created), cmp.Compare(b.id, a.id))
}
