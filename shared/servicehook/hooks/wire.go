package hooks

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"adoport/shared/azuredevops"
	"adoport/shared/servicehook"
)

// wire is a subscription in JSON, without what is none of our business.
type wire struct {
	ID               string `json:"id,omitempty"`
	Status           string `json:"status,omitempty"`
	PublisherID      string `json:"publisherId"`
	EventType        string `json:"eventType"`
	ResourceVersion  string `json:"resourceVersion"`
	ConsumerID       string `json:"consumerId"`
	ConsumerActionID string `json:"consumerActionId"`
	PublisherInputs  inputs `json:"publisherInputs"`
	ConsumerInputs   inputs `json:"consumerInputs"`
	CreatedDate      string `json:"createdDate,omitempty"`
}

func newWire(s servicehook.Subscription) wire {
	return wire{
		PublisherID: s.Publisher, EventType: s.EventType, ResourceVersion: s.ResourceVersion,
		ConsumerID: s.Consumer, ConsumerActionID: s.Action,
		PublisherInputs: s.PublisherInputs, ConsumerInputs: s.ConsumerInputs,
	}
}

// subscription MUST NOT let a password through, should a server show it.
func (w wire) subscription() (servicehook.Subscription, error) {
	if w.ID == "" {
		return servicehook.Subscription{}, errors.New("Azure DevOps answered with a subscription without an id")
	}
	var created time.Time
	if w.CreatedDate != "" {
		var err error
		if created, err = azuredevops.ParseTime(w.CreatedDate); err != nil {
			return servicehook.Subscription{}, fmt.Errorf("subscription %s: createdDate: %w", w.ID, err)
		}
	}
	if w.ConsumerInputs[servicehook.InputPassword] != "" {
		w.ConsumerInputs[servicehook.InputPassword] = servicehook.Masked
	}
	return servicehook.Subscription{
		ID: w.ID, Status: w.Status, CreatedAt: created,
		Publisher: w.PublisherID, EventType: w.EventType, ResourceVersion: w.ResourceVersion,
		Consumer: w.ConsumerID, Action: w.ConsumerActionID,
		PublisherInputs: w.PublisherInputs, ConsumerInputs: w.ConsumerInputs,
	}, nil
}

// inputs are strings, but those of a subscription that a person made by the API
// may be anything; null is the same as a missing one.
type inputs map[string]string

// UnmarshalJSON takes what is no string as its JSON text.
func (in *inputs) UnmarshalJSON(data []byte) error {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return err
	}
	*in = make(inputs, len(raw))
	for name, value := range raw {
		var text string
		if json.Unmarshal(value, &text) != nil {
			text = strings.TrimSpace(string(value))
		}
		(*in)[name] = text
	}
	return nil
}
