package servicehook

import (
	"errors"
	"fmt"
	"slices"
)

// Report is what a Reconciler found and did. In a dry run, Created and Deleted
// are what it would have done.
type Report struct {
	Created []Subscription
	Deleted []Deletion
	Kept    []Subscription
	// Foreign are web hooks of others to the types of events that were looked at.
	Foreign []Subscription
	// Lost are the subscriptions that were found in another status than enabled
	// while nothing of ours took their place: their events were lost, and only a
	// backfill of Kinds(Lost) brings the changes. They are not in a later report,
	// even if replacing them failed.
	Lost []Subscription
	// PerProject are the types of events that are subscribed to in every project,
	// because Azure DevOps does not let us do it for the organization.
	PerProject []string
	// Failures are what could not be done.
	Failures []Failure
}

// Failure is one step that could not be done.
type Failure struct {
	// Step is "create" or "delete".
	Step         string
	Subscription Subscription
	// Err holds Azure DevOps' own message.
	Err error
}

func (f Failure) Error() string {
	return fmt.Sprintf("could not %s the subscription to %s: %v", f.Step, f.Subscription, f.Err)
}

func (f Failure) Unwrap() error { return f.Err }

// Kinds are the kinds that subscriptions tell about, each once.
func Kinds(subscriptions []Subscription) []string {
	var kinds []string
	for _, s := range subscriptions {
		if e, _ := Event(s.EventType); e.Kind() != "" {
			kinds = append(kinds, e.Kind())
		}
	}
	slices.Sort(kinds)
	return slices.Compact(kinds)
}

// err joins the failures, nil if there is none.
func (r *Report) err() error {
	errs := make([]error, 0, len(r.Failures))
	for _, f := range r.Failures {
		errs = append(errs, f)
	}
	return errors.Join(errs...)
}

// add adds what was done for one type of event.
func (r *Report) add(other Report) {
	r.Created = append(r.Created, other.Created...)
	r.Deleted = append(r.Deleted, other.Deleted...)
	r.Kept = append(r.Kept, other.Kept...)
	r.Foreign = append(r.Foreign, other.Foreign...)
	r.Lost = append(r.Lost, other.Lost...)
	r.PerProject = append(r.PerProject, other.PerProject...)
	r.Failures = append(r.Failures, other.Failures...)
}

// sort makes the report independent of which request was answered first.
func (r *Report) sort() {
	inOrder(r.Created)
	inOrder(r.Kept)
	inOrder(r.Foreign)
	inOrder(r.Lost)
	slices.SortStableFunc(r.Deleted, func(a, b Deletion) int { return compare(a.Subscription, b.Subscription) })
	slices.SortStableFunc(r.Failures, func(a, b Failure) int { return compare(a.Subscription, b.Subscription) })
	slices.Sort(r.PerProject)
}
