package servicehooks

import (
	"encoding/json"
	"log/slog"
	"maps"
	"net/http"
	"strconv"
	"time"

	"adoport/shared/ingest"
	"adoport/shared/servicehook"
)

// answer is what a delivery is answered, and what is told of it.
type answer struct {
	event  Event
	reason string
	refs   []ingest.Ref
	header http.Header
	// delivery names the delivery in the log.
	delivery servicehook.Outcome
	// err is for the log only.
	err error
}

// accepted is the answer to an event after its refs were queued.
func accepted(o servicehook.Outcome, cause servicehook.Cause, reason string, refs []ingest.Ref) answer {
	a := answer{
		event:  Event{At: time.Now(), Outcome: Queued, Status: http.StatusAccepted, Type: o.EventType, CreatedAt: o.CreatedAt},
		reason: reason, refs: refs, delivery: o, header: http.Header{},
	}
	if cause != servicehook.Handled {
		a.event.Outcome, a.event.Status, a.event.Cause = Ignored, http.StatusOK, cause
	}
	return a
}

// refused is the answer to what is no event of ours.
func refused(status int, reason string) answer {
	return answer{event: Event{At: time.Now(), Outcome: Refused, Status: status}, reason: reason, header: http.Header{}}
}

// notQueued and notChecked are why an event has to be sent again.
const (
	notQueued  = "the event could not be queued; send it again"
	notChecked = "the password cannot be checked now; send the event again"
)

// unavailable is the answer to an event that could not be taken.
func unavailable(reason string, err error) answer {
	a := answer{
		event:  Event{At: time.Now(), Outcome: Unavailable, Status: http.StatusServiceUnavailable},
		reason: reason, err: err, header: http.Header{},
	}
	a.header.Set("Retry-After", retryAfter)
	return a
}

// pointer is a queued ref in an answer.
type pointer struct {
	Kind string `json:"kind"`
	ID   string `json:"id"`
	// IfAbsent is true if the item is read only if the catalog lacks it.
	IfAbsent bool `json:"ifAbsent,omitempty"`
}

// write sends the answer. An answer that does not arrive makes Azure DevOps send
// the event again, so there is nothing to do about it here.
func (a answer) write(w http.ResponseWriter) {
	pointers := make([]pointer, 0, len(a.refs))
	for _, ref := range a.refs {
		pointers = append(pointers, pointer{Kind: ref.Kind, ID: ref.ID, IfAbsent: ref.IfAbsent})
	}
	body, err := json.Marshal(struct {
		Outcome Outcome   `json:"outcome"`
		Tasks   []pointer `json:"tasks,omitempty"`
		Reason  string    `json:"reason,omitempty"`
	}{a.event.Outcome, pointers, a.reason})
	if err != nil {
		panic("servicehooks: an answer of strings is no JSON: " + err.Error())
	}
	maps.Copy(w.Header(), a.header)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)+1))
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(a.event.Status)
	_, _ = w.Write(append(body, '\n'))
}

// level says how loudly the answer is logged, and with what words.
func (a answer) level() (slog.Level, string) {
	switch {
	case a.event.Outcome == Unavailable:
		return slog.LevelError, "event not queued; Azure DevOps was asked to send it again"
	case a.event.Outcome == Refused:
		return slog.LevelInfo, "delivery refused"
	case a.event.Cause == servicehook.NoResource, a.event.Cause == servicehook.NoID:
		return slog.LevelWarn, "event ignored: its subscription has to be corrected"
	case a.event.Outcome == Ignored:
		return slog.LevelDebug, "event ignored"
	default:
		return slog.LevelDebug, "event queued"
	}
}

func (a answer) attrs(r *http.Request) []slog.Attr {
	list := []slog.Attr{slog.Int("status", a.event.Status)}
	add := func(name, value string) {
		if value != "" {
			list = append(list, slog.String(name, value))
		}
	}
	add("reason", a.reason)
	add("eventType", a.event.Type)
	add("event", a.delivery.EventID)
	add("subscription", a.delivery.SubscriptionID)
	add("notification", a.delivery.NotificationID)
	for _, ref := range a.refs {
		list = append(list, slog.String(ref.Kind, ref.ID))
	}
	if a.event.Outcome == Refused {
		add("remote", r.RemoteAddr)
	}
	if a.err != nil {
		list = append(list, slog.Any("error", a.err))
	}
	return list
}
