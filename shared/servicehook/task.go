package servicehook

import "fmt"

// task is what there is to do for one type of event.
type task struct {
	event EventType
	have  []Subscription
	plan  Plan
	// organization is the organization-wide subscription that is wanted, nil if
	// none is: what is wanted is then given per project, or nothing is.
	organization *Subscription
	// perProject means that organization was replaced by one in every project.
	perProject bool
}

// compare makes the task of one type of event out of what is wanted and what
// there is.
//
// Subscriptions of ours in projects, and none for the organization, mean that an
// earlier run was refused the organization. That is remembered nowhere else, and
// it saves asking for it again at each run.
func (r *run) compare(e EventType, want, have []Subscription) (task, error) {
	t := task{event: e, have: have}
	if len(want) == 1 && want[0].ProjectID() == "" {
		t.organization = &want[0]
		if !r.TryOrganization && r.fellBack(have) {
			inProjects, err := r.expand(want[0])
			if err != nil {
				return task{}, err
			}
			want, t.perProject = inProjects, true
		}
	}
	t.plan = Diff(r.target, want, have)
	return t, nil
}

// fellBack reports whether an earlier run subscribed in every project.
func (r *run) fellBack(have []Subscription) bool {
	found := false
	for _, h := range have {
		if !r.target.owns(h) {
			continue
		}
		if h.ProjectID() == "" {
			return false
		}
		found = true
	}
	return found
}

// expand makes one subscription per project of one for the organization.
func (r *run) expand(organization Subscription) ([]Subscription, error) {
	projects, err := r.projects()
	if err != nil {
		return nil, fmt.Errorf("listing the projects to subscribe in: %w", err)
	}
	event, _ := Event(organization.EventType)
	want := make([]Subscription, 0, len(projects))
	for _, p := range projects {
		want = append(want, r.target.subscription(event, p, organization.PublisherInputs))
	}
	return want, nil
}

// dry is the report of a task that is not carried out.
func (t task) dry() Report {
	report := Report{
		Created: t.plan.Create, Deleted: t.plan.Delete, Kept: t.plan.Keep, Foreign: t.plan.Foreign, Lost: t.plan.Lost(),
	}
	if t.perProject {
		report.PerProject = []string{t.event.ID}
	}
	return report
}
