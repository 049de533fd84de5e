package servicehook

import (
	"cmp"
	"log/slog"
	"slices"
	"strings"
	"time"
)

// StatusEnabled is the only status of a subscription in which it gets every
// event. While it is onProbation, disabledByUser, disabledBySystem or
// disabledByInactiveIdentity, events are lost (Learn, "Troubleshoot service
// hooks").
const StatusEnabled = "enabled"

const (
	// Consumer is the id of what sends events by HTTP.
	Consumer = "webHooks"
	// Action is the id of what Consumer does.
	Action = "httpRequest"
	// InputPassword is the consumer input that Azure DevOps never shows.
	InputPassword = "basicAuthPassword"
	// Masked is what reading InputPassword gives.
	Masked = "********"
)

// The other consumer inputs that are ours. The server and people may add others,
// which are none of our business.
const (
	inputURL      = "url"
	inputUsername = "basicAuthUsername"
	inputHeaders  = "httpHeaders"
	inputResource = "resourceDetailsToSend"
	inputMessages = "messagesToSend"
	inputDetailed = "detailedMessagesToSend"
)

// Subscription is a service-hook subscription as Azure DevOps shows it: its
// password is "********". The only one that holds a password is the one that
// API.Create gets.
type Subscription struct {
	// ID is "" for one that does not exist yet.
	ID string
	// Status is StatusEnabled or another one; "" is what old servers say of one
	// that is enabled.
	Status string

	Publisher, EventType, ResourceVersion string
	Consumer, Action                      string

	// PublisherInputs say what is sent: a subscription without a projectId is
	// organization-wide. ConsumerInputs say where to and how.
	PublisherInputs, ConsumerInputs map[string]string

	// CreatedAt is zero for one that does not exist yet.
	CreatedAt time.Time
}

// ProjectID is the project that the subscription is limited to, "" if it is
// organization-wide.
func (s Subscription) ProjectID() string { return strings.ToLower(s.PublisherInputs[inputProject]) }

// Healthy reports whether the subscription gets every event.
func (s Subscription) Healthy() bool { return s.Status == "" || s.Status == StatusEnabled }

// Scope is the subscription's scope for people: "organization" or "project <id>".
func (s Subscription) Scope() string {
	if id := s.ProjectID(); id != "" {
		return "project " + id
	}
	return "organization"
}

// String names the subscription for people, without its inputs.
func (s Subscription) String() string { return s.EventType + " in " + s.Scope() }

// LogValue keeps the inputs out of logs.
func (s Subscription) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", s.ID), slog.String("eventType", s.EventType), slog.String("scope", s.Scope()))
}

// slot is what two subscriptions of ours MUST NOT share: events would be
// delivered twice.
type slot struct{ publisher, eventType, project string }

func (s Subscription) slot() slot { return slot{s.Publisher, s.EventType, s.ProjectID()} }

// inOrder sorts subscriptions by type of event, scope, age and ID.
func inOrder(subscriptions []Subscription) []Subscription {
	slices.SortStableFunc(subscriptions, compare)
	return subscriptions
}

func compare(a, b Subscription) int {
	return cmp.Or(
		cmp.Compare(a.EventType, b.EventType),
		cmp.Compare(a.ProjectID(), b.ProjectID()),
		a.CreatedAt.Compare(b.CreatedAt),
		cmp.Compare(a.ID, b.ID),
	)
}
