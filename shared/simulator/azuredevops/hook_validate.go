package azuredevops

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// classHooks is the namespace of the exceptions of service hooks.
const classHooks = "Microsoft.VisualStudio.Services.ServiceHooks.WebApi."

func hookError(status int, class, format string, args ...any) reply {
	return wrappedError(status, classHooks+class, 3000, format, args...)
}

func refusedInput(format string, args ...any) *reply {
	a := hookError(http.StatusBadRequest, "SubscriptionInputException", format, args...)
	return &a
}

// checkSubscription refuses what the service refuses, with 400 and a message.
// The caller holds the server's lock and that of hooks.
func (s *Server) checkSubscription(b *subscription) *reply {
	t, failed := checkEventType(b)
	if failed != nil {
		return failed
	}
	if b.version != "" && !slices.Contains(t.versions, b.version) {
		return refusedInput("The resource version %q of event type %q is not supported by the publisher %q. The supported versions are: %s.",
			b.version, b.eventType, b.publisher, strings.Join(t.versions, ", "))
	}
	if failed := t.checkInputs(b.publisherInputs); failed != nil {
		return failed
	}
	if failed := s.checkConsumer(b); failed != nil {
		return failed
	}
	return s.checkHookPermission(b.projectID())
}

// checkEventType finds the event type. The message for publishers of another
// host is the real one (MicrosoftDocs/feedback#916).
func checkEventType(b *subscription) (*hookEvent, *reply) {
	if slices.Contains(elsewhere, b.publisher) {
		return nil, refusedInput("There is no registered handler for the service hooks event type %s.", b.eventType)
	}
	p, ok := findPublisher(b.publisher)
	if !ok {
		return nil, refusedInput("The service hooks publisher %q was not found.", b.publisher)
	}
	t, ok := p.event(b.eventType)
	if !ok {
		return nil, refusedInput("The event type %q was not found for the publisher %q.", b.eventType, b.publisher)
	}
	return t, nil
}

var guidForm = regexp.MustCompile(`^(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

func (t *hookEvent) checkInputs(values map[string]string) *reply {
	for name, value := range values {
		in, ok := t.input(name)
		switch {
		case !ok:
			return refusedInput("The input %q is not an input of the event type %q.", name, t.id)
		case value == "":
		case in.guid && !guidForm.MatchString(value):
			return refusedInput("The value %q of the input %q is not a valid GUID.", value, name)
		case in.values != nil && !slices.ContainsFunc(in.values, func(v string) bool { return strings.EqualFold(v, value) }):
			return refusedInput("The value %q of the input %q is not one of: %s.", value, name, strings.Join(in.values, ", "))
		}
	}
	for _, in := range t.inputs {
		if in.required && values[in.id] == "" {
			return refusedInput("The input %q of the event type %q is required.", in.id, t.id)
		}
	}
	return nil
}

// checkHookPermission checks that the caller may edit the subscriptions of a
// project, or of the organization if project is "". The service answers 400 for
// the organization (port-labs/ocean#766).
func (s *Server) checkHookPermission(project string) *reply {
	if project == "" {
		if s.options.NoOrganizationHooks {
			return refusedInput("You have insufficient permissions to edit the subscription. Only project collection administrators can edit subscriptions without a project.")
		}
		return nil
	}
	p, ok := s.projects[project]
	if !ok || p.forbidden != 0 || s.hooks.denied[project] {
		return refusedInput("You have insufficient permissions to edit the subscription in project %s.", project)
	}
	return nil
}
