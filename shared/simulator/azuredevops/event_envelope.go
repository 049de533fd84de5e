package azuredevops

import (
	"html"
	"slices"
	"strings"
)

// envelope builds the body of a delivery (Learn, "Service hooks events"), as a
// subscription wants it.
func (s *Server) envelope(b *subscription, e *event, n *notification) object {
	base := s.oracleBase()
	version := b.version
	if version == "" {
		version = latestVersion(b)
	}
	body := object{
		"subscriptionId":     b.id,
		"notificationId":     n.id,
		"id":                 n.event,
		"eventType":          e.eventType,
		"publisherId":        e.publisher,
		"message":            message(b.consumerInputs[inputMessages], e.text, e.page),
		"detailedMessage":    message(b.consumerInputs[inputDetailed], e.text, e.page),
		"resource":           nil,
		"resourceVersion":    nil,
		"resourceContainers": s.containers(base, e.project.id),
		"createdDate":        formatTime(s.clock()),
	}
	details, given := b.consumerInputs[inputResource]
	if details == "none" {
		return body
	}
	body["resourceVersion"] = version
	resource := e.resource(base, version)
	if details == "minimal" || !given {
		// Subscriptions that were made through the API without the input get an
		// incomplete resource, whatever Learn says (port-labs/ocean#3778).
		resource = minimal(resource)
	}
	body["resource"] = resource
	return body
}

// latestVersion is that of a subscription that does not say one.
func latestVersion(b *subscription) string {
	if p, ok := findPublisher(b.publisher); ok {
		if t, ok := p.event(b.eventType); ok {
			return t.latest()
		}
	}
	return "1.0"
}

// containers are those of the cloud: collection and account have different IDs.
func (s *Server) containers(base, project string) object {
	of := func(id string) object { return object{"id": id, "baseUrl": base + "/"} }
	return object{
		"collection": of(s.seed.guid(streamOrganization, 0)),
		"account":    of(s.seed.guid(streamOrganization, 2)),
		"project":    of(project),
	}
}

// minimal keeps the key fields of a resource, "such as id and url" (Learn, "Web
// Hooks").
func minimal(resource object) object {
	few := object{}
	for name, v := range resource {
		if name == "id" || name == "url" || strings.HasSuffix(name, "Id") {
			few[name] = v
		}
	}
	return few
}

// message is a message in the forms that an input asks for; all of them if it is
// absent.
func message(wanted, text, page string) any {
	forms := object{
		"text":     text + "\r\n(" + page + ")",
		"html":     `<a href="` + html.EscapeString(page) + `">` + html.EscapeString(text) + "</a>",
		"markdown": "[" + text + "](" + page + ")",
	}
	switch {
	case wanted == "none":
		return nil
	case slices.Contains([]string{"text", "html", "markdown"}, wanted):
		return object{wanted: forms[wanted]}
	}
	return forms
}
