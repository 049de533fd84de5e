package servicehook

import (
	"slices"
)

// Plan is what makes the subscriptions that there are those that are wanted.
type Plan struct {
	// Create are missing.
	Create []Subscription
	// Delete are ours and wrong.
	Delete []Deletion
	// Keep are ours and right.
	Keep []Subscription
	// Foreign send elsewhere and are not touched.
	Foreign []Subscription
}

// Deletion is a subscription of ours that has to go.
type Deletion struct {
	Subscription Subscription
	Cause        DeleteCause
	// Reason says it to people.
	Reason string
}

// DeleteCause decides when a subscription is deleted.
type DeleteCause string

const (
	// Broken ones are not enabled. They deliver nothing, and a replacement by PUT
	// does not revive them (getsentry/sentry#10407), so they are deleted first,
	// and nothing is lost by that.
	Broken DeleteCause = "broken"
	// Superseded ones differ from what is wanted in their slot. They deliver, so
	// they are deleted only after their successor exists: an event that comes
	// twice does no harm, one that is lost does.
	Superseded DeleteCause = "superseded"
	// Duplicate ones are as good as one that is kept, which is older.
	Duplicate DeleteCause = "duplicate"
	// Surplus ones are wanted no more. They are deleted after everything of their
	// type of event was created, because that may cover what they did.
	Surplus DeleteCause = "surplus"
)

// Diff compares the subscriptions that are wanted with those that there are.
// Ours are those that send to target; of several that are as good the oldest is
// kept. Applying the plan makes the next one empty.
func Diff(target Target, want, have []Subscription) Plan {
	want = withoutRepeats(want)
	keepers := make([]string, len(want))
	var p Plan
	for _, h := range inOrder(slices.Clone(have)) {
		if !target.owns(h) {
			p.Foreign = append(p.Foreign, h)
			continue
		}
		i, reason, found := wanted(want, h)
		switch {
		case !h.Healthy():
			p.drop(h, Broken, "its status is "+h.Status)
		case !found:
			p.drop(h, Surplus, "nothing needs it")
		case reason != "":
			p.drop(h, Superseded, reason)
		case keepers[i] != "":
			p.drop(h, Duplicate, "it is a duplicate of "+keepers[i])
		default:
			keepers[i] = h.ID
			p.Keep = append(p.Keep, h)
		}
	}
	for i, w := range want {
		if keepers[i] == "" {
			p.Create = append(p.Create, w)
		}
	}
	return p
}

func (p *Plan) drop(s Subscription, cause DeleteCause, reason string) {
	p.Delete = append(p.Delete, Deletion{s, cause, reason})
}

// Changes reports whether there is anything to do.
func (p Plan) Changes() bool { return len(p.Create)+len(p.Delete) > 0 }

// Lost are the broken subscriptions whose events nothing of ours got: one of the
// same type of event has to be created.
func (p Plan) Lost() []Subscription {
	var lost []Subscription
	for _, d := range p.Delete {
		if d.Cause == Broken && slices.ContainsFunc(p.Create, func(c Subscription) bool { return c.EventType == d.Subscription.EventType }) {
			lost = append(lost, d.Subscription)
		}
	}
	return lost
}
