package azuredevops

import (
	"slices"
	"strings"
)

// hookEvent is a type of event that can be subscribed to.
type hookEvent struct {
	id string
	// versions are those of the resource, as GET _apis/hooks/publishers lists
	// them.
	versions []string
	inputs   []hookInput
}

// hookInput is a publisher input. A value that is "" filters nothing.
type hookInput struct {
	id string
	// values are the only ones, any if nil.
	values         []string
	guid, required bool
}

// hookPublisher is who sends events.
type hookPublisher struct {
	id, name, service string
	events            []hookEvent
}

// everyInput are the inputs that all types of events have. The server adds
// tfsSubscriptionId and hostId itself; a client that sends back what it read has
// them too.
var everyInput = []hookInput{
	{id: inputProject, guid: true},
	{id: "teamId", guid: true},
	{id: "subscriberId", guid: true},
	{id: inputServerAdded},
	{id: "hostId"},
}

const (
	inputProject     = "projectId"
	inputServerAdded = "tfsSubscriptionId"
)

// latest is the version that a subscription without one gets: the latest that
// was released (Learn, "Create a service hook subscription").
func (t *hookEvent) latest() string {
	for _, v := range slices.Backward(t.versions) {
		if !strings.Contains(v, "-preview") {
			return v
		}
	}
	return t.versions[len(t.versions)-1]
}

func (t *hookEvent) input(id string) (hookInput, bool) {
	for _, in := range slices.Concat(t.inputs, everyInput) {
		if in.id == id {
			return in, true
		}
	}
	return hookInput{}, false
}

func findPublisher(id string) (*hookPublisher, bool) {
	i := slices.IndexFunc(publishers, func(p hookPublisher) bool { return p.id == id })
	if i < 0 {
		return nil, false
	}
	return &publishers[i], true
}

func (p *hookPublisher) event(id string) (*hookEvent, bool) {
	i := slices.IndexFunc(p.events, func(t hookEvent) bool { return t.id == id })
	if i < 0 {
		return nil, false
	}
	return &p.events[i], true
}

// elsewhere are the publishers that subscriptions are made for on another host,
// vsrm.dev.azure.com and advsec.dev.azure.com.
var elsewhere = []string{"rm", "advsec"}

// publishers are those of the core host. The versions are those that the service
// listed in 2026; Learn has the inputs ("Service hooks events").
var publishers = []hookPublisher{
	{id: "tfs", name: "Azure DevOps Services", service: "00025394-6065-48ca-87d9-7f5672854ef7", events: slices.Concat(codeEvents, workItemEvents, buildEvents)},
	{id: "pipelines", name: "Pipelines", service: "00025394-6065-48ca-87d9-7f5672854ef7", events: pipelineEvents},
	{id: "distributedtask", name: "Agents", service: "00025394-6065-48ca-87d9-7f5672854ef7", events: agentEvents},
}
