package azuredevops

import (
	"maps"
	"slices"
	"strings"
	"sync"
)

// hooks are the subscriptions of the organization and what was sent to them. Its
// lock is taken after the server's, never before it.
type hooks struct {
	mu sync.Mutex
	// subscriptions are in the order in which they were made.
	subscriptions []*subscription
	// denied are the projects whose subscriptions the caller may not edit, by ID.
	denied map[string]bool
	// courier sends events; it is nil unless StartHooks runs.
	courier    *courier
	deliveries Deliveries
	// made and events number subscriptions and events.
	made, events int
}

func (h *hooks) find(id string) (*subscription, bool) {
	i := slices.IndexFunc(h.subscriptions, func(b *subscription) bool { return strings.EqualFold(b.id, id) })
	if i < 0 {
		return nil, false
	}
	return h.subscriptions[i], true
}

// addSubscription keeps a subscription as the server would; the caller holds the
// lock of hooks.
func (s *Server) addSubscription(b *subscription) {
	s.hooks.made++
	if b.id == "" {
		b.id = s.seed.guid(streamSubscription, 2*s.hooks.made)
	}
	b.created, b.modified = s.clock(), s.clock()
	b.addServerInputs(s.seed.guid(streamSubscription, 2*s.hooks.made+1))
	s.hooks.subscriptions = append(s.hooks.subscriptions, b)
}

// addServerInputs sets what clients find in the inputs without having put it
// there (port-labs/ocean's change log: unexpected additional keys).
func (b *subscription) addServerInputs(id string) {
	b.publisherInputs = maps.Clone(b.publisherInputs)
	if b.publisherInputs == nil {
		b.publisherInputs = map[string]string{}
	}
	b.publisherInputs[inputServerAdded] = id
}

// forget deletes the subscriptions of a project.
func (h *hooks) forget(project string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.subscriptions = slices.DeleteFunc(slices.Clone(h.subscriptions), func(b *subscription) bool {
		gone := b.projectID() == project
		b.deleted = b.deleted || gone
		return gone
	})
}
