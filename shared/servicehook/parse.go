package servicehook

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"adoport/shared/ingest"
)

// firstTestEvent is the id of the event that the portal's "Test" button sends for
// a subscription that is not saved yet.
const firstTestEvent = "03c164c2-8912-4d5e-8009-3707d5f83734"

// Parse reads the body of one delivery. The error is an *EnvelopeError and means
// that the body is no service-hook event: no JSON object, nested deeper than
// 10,000, or without an eventType. Everything else has an outcome, whatever its
// type, version and shape.
//
// A byte order mark is skipped. The caller caps the size: Azure DevOps sends at
// most 2 MB (Learn, "Troubleshoot service hooks").
func Parse(body []byte) (Outcome, error) {
	envelope, err := decodeEnvelope(body)
	if err != nil {
		return Outcome{}, err
	}
	o := Outcome{
		EventType:      short(envelope.text("eventType")),
		EventID:        identifier(envelope["id"]),
		SubscriptionID: identifier(envelope["subscriptionId"]),
		NotificationID: identifier(envelope["notificationId"]),
		CreatedAt:      envelope.moment("createdDate"),
	}
	if isTest(o) {
		o.Test = true
		return o.ignore(Test, "test notification: its data is made up"), nil
	}
	resource := envelope.object("resource")
	event, known := Event(envelope.text("eventType"))
	if id := projectOf(event.point, envelope, resource); id != "" {
		o.Project = ingest.Ref{Kind: kindProject, ID: id}
	}
	switch {
	case !known:
		return o.ignore(Unknown, fmt.Sprintf("unknown event type %q", o.EventType)), nil
	case event.point == nil:
		return o.ignore(Unneeded, event.Ignored), nil
	case isNull(envelope["resource"]):
		return o.ignore(NoResource, "the event has no resource: set resourceDetailsToSend of its subscription to all"), nil
	}
	id := event.point.find(resource)
	if id == "" {
		return o.ignore(NoID, fmt.Sprintf("the event does not say which %s it is about (no %s): set resourceDetailsToSend of its subscription to all",
			event.point.kind, event.point.where)), nil
	}
	o.Refs = []ingest.Ref{{Kind: event.point.kind, ID: id, ProjectID: o.Project.ID}}
	return o, nil
}

func (o Outcome) ignore(cause Cause, reason string) Outcome {
	o.Cause, o.Ignored = cause, reason
	return o
}

// decodeEnvelope reads the outermost object.
func decodeEnvelope(body []byte) (object, error) {
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, &EnvelopeError{"the body is empty"}
	}
	var envelope object
	if err := json.Unmarshal(body, &envelope); err != nil {
		if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
			return nil, &EnvelopeError{fmt.Sprintf("no JSON at byte %d: %v", syntax.Offset, syntax)}
		}
		return nil, &EnvelopeError{"the body is no JSON object"}
	}
	if envelope.text("eventType") == "" {
		return nil, &EnvelopeError{"it has no eventType"}
	}
	return envelope, nil
}

// isTest reports whether a delivery is a test notification. Its subscription is
// all zeros because it is not saved yet (uselagoon/lagoon#3470).
//
// A test of a saved subscription cannot be told from an event for certain. It is
// taken for one: reading its made-up id finds nothing and changes nothing, while
// an event that was taken for a test would be lost.
func isTest(o Outcome) bool {
	if o.SubscriptionID == "" {
		return o.EventID == firstTestEvent
	}
	return strings.Trim(o.SubscriptionID, "0-") == ""
}

// short cuts a type of event that no Azure DevOps sends to what fits in a log.
func short(text string) string {
	const most = 100
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "")
}
