package azuredevops

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"
)

// The statuses of a subscription (Learn, "Troubleshoot service hooks"). Only an
// enabled one gets every event.
const (
	Enabled                    = "enabled"
	OnProbation                = "onProbation"
	DisabledByUser             = "disabledByUser"
	DisabledBySystem           = "disabledBySystem"
	DisabledByInactiveIdentity = "disabledByInactiveIdentity"
)

const (
	webHooks      = "webHooks"
	httpRequest   = "httpRequest"
	inputURL      = "url"
	inputUser     = "basicAuthUsername"
	inputPassword = "basicAuthPassword"
	inputHeaders  = "httpHeaders"
	inputResource = "resourceDetailsToSend"
	inputMessages = "messagesToSend"
	inputDetailed = "detailedMessagesToSend"
	masked        = "********"
)

// subscription is one subscription to service hooks. hooks.mu guards it.
type subscription struct {
	id                           string
	status                       string
	publisher, eventType         string
	version                      string // "" if the client gave none
	consumer, action             string
	publisherInputs              map[string]string
	consumerInputs               map[string]string
	creator                      *person
	created, modified, lastProbe time.Time
	// probation counts the probations, probes the tries of the last one that
	// failed.
	probation, probes int
	deleted           bool
	// notifications is how many there were; history holds the newest.
	notifications int
	history       []*record
}

// body is the subscription as answers have it.
func (b *subscription) body(base string) object {
	self := base + "/_apis/hooks/subscriptions/" + b.id
	consumer := base + "/_apis/hooks/consumers/" + b.consumer
	creator := object{"displayName": b.creator.displayName, "id": b.creator.id, "uniqueName": b.creator.uniqueName}
	body := object{
		"id":                b.id,
		"url":               self,
		"status":            b.status,
		"publisherId":       b.publisher,
		"eventType":         b.eventType,
		"subscriber":        nil,
		"resourceVersion":   emptyIsNothing(b.version),
		"eventDescription":  "Any " + b.eventType,
		"consumerId":        b.consumer,
		"consumerActionId":  b.action,
		"actionDescription": b.actionDescription(),
		"probationRetries":  b.probes,
		"createdBy":         creator,
		"createdDate":       formatTime(b.created),
		"modifiedBy":        creator,
		"modifiedDate":      formatTime(b.modified),
		"publisherInputs":   maps.Clone(b.publisherInputs),
		"consumerInputs":    b.shownInputs(),
		"_links": object{
			"self":          link(self),
			"consumer":      link(consumer),
			"actions":       link(consumer + "/actions"),
			"notifications": link(self + "/notifications"),
			"publisher":     link(base + "/_apis/hooks/publishers/" + b.publisher),
		},
	}
	if !b.lastProbe.IsZero() {
		body["lastProbationRetryDate"] = formatTime(b.lastProbe)
	}
	return body
}

func (b *subscription) actionDescription() string {
	u, err := url.Parse(b.consumerInputs[inputURL])
	if err != nil || u.Host == "" {
		return ""
	}
	return "To host " + u.Hostname()
}

// shownInputs are the consumer inputs without what is confidential.
func (b *subscription) shownInputs() map[string]string {
	shown := maps.Clone(b.consumerInputs)
	for name := range shown {
		if slices.Contains(confidential, name) {
			shown[name] = masked
		}
	}
	return shown
}

// confidential are the inputs that cannot be read back, of all consumers.
var confidential = []string{inputPassword, "password", "accountKey", "connectionString", "apiToken", "userToken"}

// Subscription is a service-hook subscription as it really is: its password is
// not masked.
type Subscription struct {
	// ID is set by the server, Status is Enabled and so on.
	ID, Status string
	// ResourceVersion is "" if the client did not give one.
	PublisherID, EventType, ResourceVersion string
	ConsumerID, ConsumerActionID            string
	// PublisherInputs include those that the server adds.
	PublisherInputs, ConsumerInputs map[string]string
	CreatedDate                     time.Time
	// ProbationRetries is how many tries on probation failed.
	ProbationRetries int
}

func (b *subscription) public() Subscription {
	return Subscription{
		ID: b.id, Status: b.status, PublisherID: b.publisher, EventType: b.eventType, ResourceVersion: b.version,
		ConsumerID: b.consumer, ConsumerActionID: b.action, CreatedDate: b.created, ProbationRetries: b.probes,
		PublisherInputs: maps.Clone(b.publisherInputs), ConsumerInputs: maps.Clone(b.consumerInputs),
	}
}

// projectID is the project that the subscription is of, "" if it is of the whole
// organization.
func (b *subscription) projectID() string { return strings.ToLower(b.publisherInputs[inputProject]) }
