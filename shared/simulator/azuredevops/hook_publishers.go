package azuredevops

import "net/http"

// listPublishers answers GET _apis/hooks/publishers.
func (s *Server) listPublishers(c *call) reply {
	values := make([]object, len(publishers))
	for i := range publishers {
		values[i] = publishers[i].body(c.base)
	}
	return listReply(values)
}

// getPublisher answers GET _apis/hooks/publishers/{id}.
func (s *Server) getPublisher(c *call) reply {
	p, ok := findPublisher(c.id)
	if !ok {
		return hookError(http.StatusNotFound, "PublisherNotFoundException", "The service hooks publisher %q was not found.", c.id)
	}
	return jsonReply(http.StatusOK, p.body(c.base))
}

func (p *hookPublisher) body(base string) object {
	self := base + "/_apis/hooks/publishers/" + p.id
	events := make([]object, len(p.events))
	for i := range p.events {
		events[i] = p.events[i].body(p.id, self)
	}
	return object{
		"id": p.id, "url": self, "name": p.name, "description": "Publisher " + p.id, "serviceInstanceType": p.service,
		"supportedEvents": events, "inputDescriptors": inputBodies(everyInput[:3]),
		"_links": object{"self": link(self)},
	}
}

func (t *hookEvent) body(publisher, base string) object {
	return object{
		"publisherId": publisher, "id": t.id, "url": base + "/eventTypes/" + t.id, "name": t.id,
		"description": "Event " + t.id, "supportedResourceVersions": t.versions, "inputDescriptors": inputBodies(t.inputs),
	}
}

func inputBodies(inputs []hookInput) []object {
	bodies := make([]object, len(inputs))
	for i, in := range inputs {
		dataType := "string"
		if in.guid {
			dataType = "guid"
		}
		values := make([]object, len(in.values))
		for j, v := range in.values {
			values[j] = object{"value": v, "displayValue": v}
		}
		bodies[i] = object{
			"id": in.id, "name": in.id, "isConfidential": false,
			"validation": object{"dataType": dataType, "isRequired": in.required},
			"values":     object{"inputId": in.id, "isLimitedToPossibleValues": in.values != nil, "possibleValues": values},
		}
	}
	return bodies
}
