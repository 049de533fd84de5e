package azuredevops

import (
	"maps"
	"slices"
	"strings"
)

// event is something that subscriptions can be told about.
type event struct {
	publisher, eventType string
	// project is what publisherInputs.projectId compares with and what
	// resourceContainers name.
	project *project
	// facts are the values that the other inputs compare with; an input without
	// facts accepts nothing but "".
	facts map[string][]string
	// text says it to people; page is the URL of what it is about.
	text, page string
	// resource builds the resource in one of the versions of the type.
	resource func(base, version string) object
}

// tell sends an event to the subscriptions that ask for it; the caller holds the
// lock. Events that happen while StartHooks does not run are not sent at all.
//
// The resource is built now. The service seems to build it when it delivers, so
// that what is late shows a newer state.
func (s *Server) tell(e event) {
	h := &s.hooks
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.courier == nil {
		return
	}
	h.events++
	id := s.seed.guid(streamEvent, h.events)
	for _, b := range h.subscriptions {
		switch {
		case b.consumer != webHooks || !b.wants(&e):
		case b.status != Enabled:
			h.deliveries.Lost++
		default:
			n := s.newNotification(b, id, e.eventType)
			n.body = mustEncode(s.envelope(b, &e, n))
			h.courier.post(n)
		}
	}
}

// wants reports whether a subscription asks for an event.
func (b *subscription) wants(e *event) bool {
	if b.publisher != e.publisher || b.eventType != e.eventType {
		return false
	}
	for name, value := range b.publisherInputs {
		if value != "" && !e.accepts(name, value) {
			return false
		}
	}
	return true
}

// accepts compares one input. Teams and subscribers are not modelled: they do
// not filter.
func (e *event) accepts(name, value string) bool {
	switch name {
	case inputServerAdded, "hostId", "teamId", "subscriberId":
		return true
	case inputProject:
		return strings.EqualFold(value, e.project.id)
	}
	return slices.ContainsFunc(e.facts[name], func(fact string) bool { return sameInput(name, fact, value) })
}

func sameInput(name, fact, value string) bool {
	fact, value = strings.ToLower(fact), strings.ToLower(value)
	switch name {
	case "areaPath":
		fact, value = strings.Trim(fact, `\`), strings.Trim(value, `\`)
		return fact == value || strings.HasPrefix(fact, value+`\`)
	case "branch":
		return shortRef(fact) == shortRef(value)
	case "commentPattern":
		return strings.Contains(fact, value)
	case "linksChanged":
		return value == "false" || fact == value
	}
	return fact == value
}

func shortRef(ref string) string { return strings.TrimPrefix(ref, "refs/heads/") }

// facts joins the facts of an event, in a new map.
func facts(all ...map[string][]string) map[string][]string {
	out := map[string][]string{}
	for _, m := range all {
		maps.Copy(out, m)
	}
	return out
}
