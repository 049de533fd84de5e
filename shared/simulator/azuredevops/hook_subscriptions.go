package azuredevops

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

// subscriptionBody is what clients send. What they may not set is ignored.
type subscriptionBody struct {
	PublisherID      string            `json:"publisherId"`
	EventType        string            `json:"eventType"`
	ResourceVersion  string            `json:"resourceVersion"`
	ConsumerID       string            `json:"consumerId"`
	ConsumerActionID string            `json:"consumerActionId"`
	PublisherInputs  map[string]string `json:"publisherInputs"`
	ConsumerInputs   map[string]string `json:"consumerInputs"`
	Status           string            `json:"status"`
}

func (s *Server) readSubscription(body []byte) (*subscription, string, *reply) {
	var in subscriptionBody
	if err := json.Unmarshal(body, &in); err != nil {
		a := invalid("The request body is not valid: %v", err)
		return nil, "", &a
	}
	version := in.ResourceVersion
	if version == "latest" {
		version = ""
	}
	return &subscription{
		status: Enabled, creator: s.people[0],
		publisher: in.PublisherID, eventType: in.EventType, version: version,
		consumer: in.ConsumerID, action: in.ConsumerActionID,
		publisherInputs: in.PublisherInputs, consumerInputs: in.ConsumerInputs,
	}, in.Status, nil
}

// createSubscription answers POST _apis/hooks/subscriptions. Two that are equal
// are two.
func (s *Server) createSubscription(c *call) reply {
	b, _, failed := s.readSubscription(c.body)
	if failed != nil {
		return *failed
	}
	s.hooks.mu.Lock()
	defer s.hooks.mu.Unlock()
	if failed := s.checkSubscription(b); failed != nil {
		return *failed
	}
	s.addSubscription(b)
	return jsonReply(http.StatusOK, b.body(c.base))
}

// listSubscriptions answers GET _apis/hooks/subscriptions, which has no pages.
func (s *Server) listSubscriptions(c *call) reply {
	s.hooks.mu.Lock()
	defer s.hooks.mu.Unlock()
	q := c.query
	var values []object
	for _, b := range s.hooks.subscriptions {
		if b.isOf(q["publisherid"], q["eventtype"], q["consumerid"], q["consumeractionid"]) {
			values = append(values, b.body(c.base))
		}
	}
	return listReply(values)
}

// isOf reports whether a subscription has all that is not "".
func (b *subscription) isOf(publisher, eventType, consumer, action string) bool {
	is := func(want, have string) bool { return want == "" || strings.EqualFold(want, have) }
	return is(publisher, b.publisher) && is(eventType, b.eventType) && is(consumer, b.consumer) && is(action, b.action)
}

// withSubscription answers a request for one subscription, under the lock of
// hooks.
func (s *Server) withSubscription(c *call, answer func(*subscription) reply) reply {
	s.hooks.mu.Lock()
	defer s.hooks.mu.Unlock()
	b, ok := s.hooks.find(c.id)
	if !ok {
		return hookError(http.StatusNotFound, "SubscriptionNotFoundException", "The service hooks subscription %q was not found.", c.id)
	}
	return answer(b)
}

func (s *Server) getSubscription(c *call) reply {
	return s.withSubscription(c, func(b *subscription) reply { return jsonReply(http.StatusOK, b.body(c.base)) })
}

// replaceSubscription answers PUT _apis/hooks/subscriptions/{id}. It takes the
// body as it is, a masked password included. It does not revive what the system
// disabled (getsentry/sentry#10407); what a user disabled it does.
func (s *Server) replaceSubscription(c *call) reply {
	next, status, failed := s.readSubscription(c.body)
	if failed != nil {
		return *failed
	}
	return s.withSubscription(c, func(b *subscription) reply {
		if failed := s.checkHookPermission(b.projectID()); failed != nil {
			return *failed
		}
		if failed := s.checkSubscription(next); failed != nil {
			return *failed
		}
		next.addServerInputs(b.publisherInputs[inputServerAdded])
		b.publisher, b.eventType, b.version = next.publisher, next.eventType, next.version
		b.publisherInputs, b.consumerInputs = next.publisherInputs, next.consumerInputs
		byUser := []string{Enabled, DisabledByUser}
		if slices.Contains(byUser, b.status) && slices.Contains(byUser, status) {
			b.status = status
		}
		b.modified = s.clock()
		return jsonReply(http.StatusOK, b.body(c.base))
	})
}

// deleteSubscription answers DELETE _apis/hooks/subscriptions/{id}. What is on
// the way to the subscription is lost.
func (s *Server) deleteSubscription(c *call) reply {
	return s.withSubscription(c, func(b *subscription) reply {
		if failed := s.checkHookPermission(b.projectID()); failed != nil {
			return *failed
		}
		b.deleted = true
		s.hooks.subscriptions = without(s.hooks.subscriptions, b)
		return reply{status: http.StatusNoContent}
	})
}
