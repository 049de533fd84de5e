package servicehook

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"adoport/shared/nearword"
)

// Scope limits what is subscribed to. The zero value limits nothing.
type Scope struct {
	// Projects are the ids of the projects to subscribe in, each on its own. None
	// means the whole organization.
	Projects []string
	// Events are the types of events to subscribe to. None means all that the
	// kinds need.
	Events []string
	// Filters are publisher inputs: "branch", "buildStatus" and so on. A filter
	// goes to every chosen type of event that has it.
	Filters map[string]string
}

// Desired returns the subscriptions that the mapped kinds need, in the order of
// the table: one per type of event and project, or organization-wide ones. None
// are needed if no event tells about any of the kinds.
//
// The error, for people, is about the scope: an event or filter that there is
// not (with the nearest one), one that no chosen kind has, a value that it
// cannot have, a project that is no GUID.
func Desired(kinds []string, scope Scope, target Target) ([]Subscription, error) {
	events, err := choose(kinds, scope.Events)
	if err != nil {
		return nil, err
	}
	filters, err := checkFilters(events, scope.Filters)
	if err != nil {
		return nil, err
	}
	projects := scope.Projects
	if len(projects) == 0 {
		projects = []string{""}
	}
	var want []Subscription
	for _, e := range events {
		for _, p := range projects {
			if p != "" && guid(p) == "" {
				return nil, fmt.Errorf("project %q is no GUID", p)
			}
			want = append(want, target.subscription(e, guid(p), filters[e.ID]))
		}
	}
	return want, nil
}

// subscription makes one; project "" is the organization.
func (t Target) subscription(e EventType, project string, filters map[string]string) Subscription {
	inputs := map[string]string{}
	maps.Copy(inputs, filters)
	if project != "" {
		inputs[inputProject] = project
	}
	return Subscription{
		Publisher: e.Publisher, EventType: e.ID, ResourceVersion: e.Version,
		Consumer: Consumer, Action: Action,
		PublisherInputs: inputs, ConsumerInputs: t.consumerInputs(),
	}
}

// choose returns the types of events that tell about the kinds, all or those of
// the given ids.
func choose(kinds, ids []string) ([]EventType, error) {
	fed := slices.DeleteFunc(handled(), func(e EventType) bool { return !slices.Contains(kinds, e.Kind()) })
	if len(ids) == 0 {
		return fed, nil
	}
	for _, id := range ids {
		e, known := Event(id)
		switch {
		case !known:
			return nil, fmt.Errorf("event %q does not exist; %s", id, nearword.Suggestion(id, eventIDs(handled())))
		case e.point == nil:
			return nil, fmt.Errorf("event %q is not used: %s", id, e.Ignored)
		case !slices.Contains(kinds, e.Kind()):
			return nil, fmt.Errorf("event %q tells about kind %q, which is not mapped", id, e.Kind())
		}
	}
	return slices.DeleteFunc(fed, func(e EventType) bool { return !slices.Contains(ids, e.ID) }), nil
}

// checkFilters returns the filters of each type of event, by its id.
func checkFilters(events []EventType, filters map[string]string) (map[string]map[string]string, error) {
	checked := map[string]map[string]string{}
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(filters)) {
		if name == inputProject {
			errs = append(errs, errors.New("filter projectId: give the project as such, not as a filter"))
			continue
		}
		used := false
		for _, e := range events {
			i := slices.IndexFunc(e.inputs, func(in input) bool { return in.name == name })
			if i < 0 {
				continue
			}
			value, err := e.inputs[i].check(filters[name])
			if err != nil {
				errs = append(errs, err)
				used = true
				break
			}
			if checked[e.ID] == nil {
				checked[e.ID] = map[string]string{}
			}
			checked[e.ID][name] = value
			used = true
		}
		if !used {
			errs = append(errs, unusedFilter(name, events))
		}
	}
	return checked, errors.Join(errs...)
}

// unusedFilter explains a filter that no chosen type of event has.
func unusedFilter(name string, events []EventType) error {
	if owners := having(handled(), name); len(owners) > 0 {
		return fmt.Errorf("filter %s: only %s have it, and none of them is chosen", name, strings.Join(owners, ", "))
	}
	var names []string
	for _, e := range events {
		names = append(names, e.Inputs()...)
	}
	slices.Sort(names)
	return fmt.Errorf("filter %q does not exist; %s", name, nearword.Suggestion(name, slices.Compact(names)))
}

// having are the ids of the types of events that have an input.
func having(events []EventType, input string) []string {
	return eventIDs(slices.DeleteFunc(slices.Clone(events), func(e EventType) bool {
		return !slices.Contains(e.Inputs(), input)
	}))
}

func eventIDs(events []EventType) []string {
	ids := make([]string, 0, len(events))
	for _, e := range events {
		ids = append(ids, e.ID)
	}
	return ids
}
