package azuredevops

import (
	"encoding/json"
	"net/http"
	"strings"
)

// inputCondition compares one input of a subscription.
type inputCondition struct {
	InputID       string `json:"inputId"`
	Operator      string `json:"operator"`
	InputValue    string `json:"inputValue"`
	CaseSensitive bool   `json:"caseSensitive"`
}

// inputFilter holds if all its conditions do.
type inputFilter struct {
	Conditions []inputCondition `json:"conditions"`
}

// subscriptionsQuery is a query, and with the results its answer.
type subscriptionsQuery struct {
	PublisherID           string        `json:"publisherId,omitempty"`
	EventType             string        `json:"eventType,omitempty"`
	ConsumerID            string        `json:"consumerId,omitempty"`
	ConsumerActionID      string        `json:"consumerActionId,omitempty"`
	PublisherInputFilters []inputFilter `json:"publisherInputFilters,omitempty"`
	ConsumerInputFilters  []inputFilter `json:"consumerInputFilters,omitempty"`
	SubscriberID          string        `json:"subscriberId,omitempty"`
	Results               []object      `json:"results"`
}

// querySubscriptions answers POST _apis/hooks/subscriptionsquery.
func (s *Server) querySubscriptions(c *call) reply {
	var q subscriptionsQuery
	if err := json.Unmarshal(c.body, &q); err != nil {
		return invalid("The request body is not valid: %v", err)
	}
	q.Results = []object{}
	s.hooks.mu.Lock()
	defer s.hooks.mu.Unlock()
	for _, b := range s.hooks.subscriptions {
		if b.isOf(q.PublisherID, q.EventType, q.ConsumerID, q.ConsumerActionID) &&
			anyFilter(q.PublisherInputFilters, b.publisherInputs) && anyFilter(q.ConsumerInputFilters, b.shownInputs()) {
			q.Results = append(q.Results, b.body(c.base))
		}
	}
	return jsonReply(http.StatusOK, q)
}

// anyFilter reports whether one of the filters holds, or there is none.
func anyFilter(filters []inputFilter, inputs map[string]string) bool {
	for _, f := range filters {
		if f.holds(inputs) {
			return true
		}
	}
	return len(filters) == 0
}

func (f inputFilter) holds(inputs map[string]string) bool {
	for _, condition := range f.Conditions {
		value := inputs[condition.InputID]
		same := value == condition.InputValue || !condition.CaseSensitive && strings.EqualFold(value, condition.InputValue)
		if same == strings.EqualFold(condition.Operator, "notEquals") {
			return false
		}
	}
	return true
}
