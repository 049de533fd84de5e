package servicehook

import (
	"fmt"
	"slices"
)

// difference says in what a subscription of ours differs from the one that is
// wanted in its slot, "" if it does not. Only our own inputs are compared: the
// server adds some (tfsSubscriptionId, hostId), and a missing one is the same as
// an empty one.
func difference(want, have Subscription) string {
	event, _ := Event(want.EventType)
	if have.ResourceVersion != want.ResourceVersion && !event.accepts(have.ResourceVersion) {
		return fmt.Sprintf("its resourceVersion is %q, not %q", have.ResourceVersion, want.ResourceVersion)
	}
	for _, in := range event.inputs {
		if w, h := want.PublisherInputs[in.name], have.PublisherInputs[in.name]; !in.same(w, h) {
			return notEqual(in.name, h, w)
		}
	}
	for _, name := range []string{inputUsername, inputResource, inputMessages, inputDetailed} {
		if w, h := want.ConsumerInputs[name], have.ConsumerInputs[name]; w != h {
			return notEqual(name, h, w)
		}
	}
	if have.ConsumerInputs[InputPassword] == "" {
		return "it has no password"
	}
	w, _ := readFingerprint(want.ConsumerInputs[inputHeaders])
	if h, readable := readFingerprint(have.ConsumerInputs[inputHeaders]); readable && h != w {
		return fmt.Sprintf("its password is another one (fingerprint %q, not %q)", h, w)
	}
	return ""
}

func notEqual(name, have, want string) string {
	return fmt.Sprintf("its %s is %q, not %q", name, have, want)
}

// wanted finds the subscription that is wanted where have is. difference is ""
// if have is as good; found is false if nothing is wanted in its slot.
func wanted(want []Subscription, have Subscription) (index int, reason string, found bool) {
	for i, w := range want {
		if w.slot() != have.slot() {
			continue
		}
		d := difference(w, have)
		if d == "" {
			return i, "", true
		}
		if !found {
			index, reason, found = i, d, true
		}
	}
	return index, reason, found
}

// withoutRepeats drops the subscriptions that are wanted twice.
func withoutRepeats(want []Subscription) []Subscription {
	var once []Subscription
	for _, w := range want {
		if !slices.ContainsFunc(once, func(o Subscription) bool { return o.slot() == w.slot() && difference(o, w) == "" }) {
			once = append(once, w)
		}
	}
	return once
}
