package azuredevops

import (
	"cmp"
	"fmt"
	"maps"
)

// Subscriptions returns all subscriptions in the order in which they were made.
func (s *Server) Subscriptions() []Subscription {
	s.hooks.mu.Lock()
	defer s.hooks.mu.Unlock()
	out := make([]Subscription, len(s.hooks.subscriptions))
	for i, b := range s.hooks.subscriptions {
		out[i] = b.public()
	}
	return out
}

// SetSubscriptionStatus sets the status of a subscription. One that is put on
// probation here stays there: there is no event to try again.
func (s *Server) SetSubscriptionStatus(id, status string) error {
	s.hooks.mu.Lock()
	defer s.hooks.mu.Unlock()
	b, ok := s.hooks.find(id)
	if !ok {
		return fmt.Errorf("there is no subscription %s", id)
	}
	b.status, b.probes = status, 0
	return nil
}

// AddForeignSubscription adds a subscription that another person made, without
// any check, and returns its ID. What is empty gets a default: an ID, Enabled,
// and the web-hook consumer.
func (s *Server) AddForeignSubscription(sub Subscription) string {
	s.hooks.mu.Lock()
	defer s.hooks.mu.Unlock()
	b := &subscription{
		id: sub.ID, status: cmp.Or(sub.Status, Enabled), creator: s.people[1%len(s.people)],
		publisher: sub.PublisherID, eventType: sub.EventType, version: sub.ResourceVersion,
		consumer: cmp.Or(sub.ConsumerID, webHooks), action: cmp.Or(sub.ConsumerActionID, httpRequest),
		publisherInputs: sub.PublisherInputs, consumerInputs: maps.Clone(sub.ConsumerInputs), probes: sub.ProbationRetries,
	}
	s.addSubscription(b)
	return b.id
}

// ForbidHooks makes the caller one that may not edit the subscriptions of a
// project, by its ID.
func (s *Server) ForbidHooks(projectID string) {
	s.hooks.mu.Lock()
	defer s.hooks.mu.Unlock()
	if s.hooks.denied == nil {
		s.hooks.denied = map[string]bool{}
	}
	s.hooks.denied[projectID] = true
}

// Deliveries says what became of the events that subscriptions asked for. An
// event counts once for each subscription; test notifications do not count.
type Deliveries struct {
	// Delivered were answered with a 2xx; Retried is how many requests were sent
	// again after 408, 502, 503, 504 or a broken connection.
	Delivered, Retried int
	// Lost will not come any more: the receiver refused them, or their
	// subscription was not enabled. One that a probe of the probation delivers
	// after all is taken out again.
	Lost int
	// Dropped were never sent, and Duplicated were sent twice, because HookOptions
	// asked for it.
	Dropped, Duplicated int
	// Pending are not decided yet.
	Pending int
}

// Deliveries returns the counters since New.
func (s *Server) Deliveries() Deliveries {
	s.hooks.mu.Lock()
	defer s.hooks.mu.Unlock()
	d := s.hooks.deliveries
	if s.hooks.courier != nil {
		d.Pending = s.hooks.courier.pending
	}
	return d
}
