package servicehook

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// existing is what Azure DevOps shows of a subscription that was asked for.
func existing(s Subscription, id string, age int) Subscription {
	s.ID, s.Status = id, StatusEnabled
	s.CreatedAt = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC).Add(-time.Duration(age) * time.Hour)
	s.PublisherInputs, s.ConsumerInputs = maps.Clone(s.PublisherInputs), maps.Clone(s.ConsumerInputs)
	s.PublisherInputs["tfsSubscriptionId"] = id
	s.PublisherInputs["hostId"] = webFork
	return s
}

// with returns a copy of s in which change did something.
func with(s Subscription, change func(*Subscription)) Subscription {
	s.PublisherInputs, s.ConsumerInputs = maps.Clone(s.PublisherInputs), maps.Clone(s.ConsumerInputs)
	change(&s)
	return s
}

func TestDiff(t *testing.T) {
	t.Parallel()
	to := target(t, hookURL, "adoport", "s3cret")
	want := desired(t, allKinds, Scope{Projects: []string{fabrikam}, Events: []string{"build.complete", "workitem.updated"}}, to)
	item, build := want[0], want[1]
	good := existing(build, "good", 1)
	for _, test := range []struct {
		name string
		have Subscription
		// cause and reason of its deletion; none if it is kept.
		cause  DeleteCause
		reason string
	}{
		{"as it is wanted", good, "", ""},
		{"status missing", with(good, func(s *Subscription) { s.Status = "" }), "", ""},
		{"empty inputs", with(good, func(s *Subscription) { s.PublisherInputs["buildStatus"] = ""; s.PublisherInputs["teamId"] = "" }), "", ""},
		{"project in capitals", with(good, func(s *Subscription) { s.PublisherInputs["projectId"] = strings.ToUpper(fabrikam) }), "", ""},
		{"inputs of others", with(good, func(s *Subscription) {
			s.PublisherInputs["subscriberId"] = web
			s.ConsumerInputs["acceptUntrustedCerts"] = "false"
			s.ConsumerInputs["httpHeaders"] += "\nX-Team:a"
		}), "", ""},
		{"masked headers", with(good, func(s *Subscription) { s.ConsumerInputs["httpHeaders"] = "********" }), "", ""},
		{"a version to fall back to", with(good, func(s *Subscription) { s.ResourceVersion = "1.0" }), "", ""},
		{"version not told", with(good, func(s *Subscription) { s.ResourceVersion = "" }), "", ""},
		{"other version", with(good, func(s *Subscription) { s.ResourceVersion = "2.0-preview.2" }), Superseded, `its resourceVersion is "2.0-preview.2", not "2.0"`},
		{"filtered", with(good, func(s *Subscription) { s.PublisherInputs["buildStatus"] = "Failed" }), Superseded, `its buildStatus is "Failed", not ""`},
		{"few details", with(good, func(s *Subscription) { delete(s.ConsumerInputs, "resourceDetailsToSend") }), Superseded, `its resourceDetailsToSend is "", not "all"`},
		{"messages", with(good, func(s *Subscription) { s.ConsumerInputs["messagesToSend"] = "all" }), Superseded, `its messagesToSend is "all", not "none"`},
		{"other user", with(good, func(s *Subscription) { s.ConsumerInputs["basicAuthUsername"] = "ada" }), Superseded, `its basicAuthUsername is "ada", not "adoport"`},
		{"no password", with(good, func(s *Subscription) { delete(s.ConsumerInputs, "basicAuthPassword") }), Superseded, "it has no password"},
		{
			"other password", with(good, func(s *Subscription) { s.ConsumerInputs["httpHeaders"] = "X-Adoport-Key:00000000" }), Superseded,
			`its password is another one (fingerprint "00000000", not "` + to.fingerprint + `")`,
		},
		{"on probation", with(good, func(s *Subscription) { s.Status = "onProbation" }), Broken, "its status is onProbation"},
		{"disabled and wrong", with(good, func(s *Subscription) { s.Status = "disabledBySystem"; s.ResourceVersion = "0" }), Broken, "its status is disabledBySystem"},
		{"of another project", with(good, func(s *Subscription) { s.PublisherInputs["projectId"] = contoso }), Surplus, "nothing needs it"},
		{"of the organization", with(good, func(s *Subscription) { delete(s.PublisherInputs, "projectId") }), Surplus, "nothing needs it"},
		{"of another type", with(good, func(s *Subscription) { s.EventType = "git.push" }), Surplus, "nothing needs it"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			foreign := with(existing(build, "foreign", 9), func(s *Subscription) { s.ConsumerInputs["url"] = "https://ci.contoso.example/" })
			wantPlan := Plan{Create: []Subscription{item}, Foreign: []Subscription{foreign}}
			if test.cause == "" {
				wantPlan.Keep = []Subscription{test.have}
			} else {
				wantPlan.Create = []Subscription{item, build}
				wantPlan.Delete = []Deletion{{test.have, test.cause, test.reason}}
			}
			if diff := cmp.Diff(wantPlan, Diff(to, want, []Subscription{test.have, foreign})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestOldestOfDuplicatesIsKept(t *testing.T) {
	t.Parallel()
	to := target(t, hookURL, "adoport", "s3cret")
	want := desired(t, allKinds, Scope{Events: []string{"git.push"}}, to)
	broken := with(existing(want[0], "oldest", 9), func(s *Subscription) { s.Status = "disabledByUser" })
	p := Diff(to, want, []Subscription{existing(want[0], "young", 1), existing(want[0], "old", 5), existing(want[0], "middle", 3), broken})
	if diff := cmp.Diff([]string{"old"}, idsOf(p.Keep)); diff != "" || len(p.Create) > 0 || p.Lost() != nil {
		t.Errorf("creates %v, lost %v: %s", p.Create, p.Lost(), diff)
	}
	got := map[string]string{}
	for _, d := range p.Delete {
		got[d.Subscription.ID] = string(d.Cause) + ": " + d.Reason
	}
	deleted := map[string]string{
		"oldest": "broken: its status is disabledByUser",
		"middle": "duplicate: it is a duplicate of old",
		"young":  "duplicate: it is a duplicate of old",
	}
	if diff := cmp.Diff(deleted, got); diff != "" {
		t.Error(diff)
	}
}

func idsOf(subscriptions []Subscription) []string {
	ids := make([]string, 0, len(subscriptions))
	for _, s := range subscriptions {
		ids = append(ids, s.ID)
	}
	return ids
}

// Whatever there is: applying the plan gives what is wanted, once each, and
// nothing of others is touched; then there is nothing more to do.
func TestDiffProperties(t *testing.T) {
	t.Parallel()
	to, old := target(t, hookURL, "adoport", "s3cret"), target(t, hookURL, "adoport", "0ld")
	other := target(t, "https://ci.contoso.example/", "adoport", "s3cret")
	events := eventIDs(handled())
	rapid.Check(t, func(t *rapid.T) {
		scope := func(name string) Scope {
			return Scope{
				Projects: rapid.SliceOfNDistinct(rapid.SampledFrom([]string{fabrikam, contoso, web}), 0, 2, rapid.ID).Draw(t, name+" projects"),
				Events:   rapid.SliceOfNDistinct(rapid.SampledFrom(events), 1, 4, rapid.ID).Draw(t, name+" events"),
			}
		}
		want := desired0(t, scope("want"), to)
		var have []Subscription
		for i := range rapid.IntRange(0, 4).Draw(t, "generations") {
			name := "have " + strconv.Itoa(i)
			from := rapid.SampledFrom([]Target{to, to, old, other}).Draw(t, name+" target")
			for j, s := range desired0(t, scope(name), from) {
				s = existing(s, fmt.Sprintf("%d-%d", i, j), rapid.IntRange(0, 3).Draw(t, name+" age"))
				s.Status = rapid.SampledFrom([]string{StatusEnabled, StatusEnabled, "", "onProbation", "disabledBySystem"}).Draw(t, name+" status")
				s.ResourceVersion = rapid.SampledFrom([]string{s.ResourceVersion, s.ResourceVersion, "1.0", "9.9"}).Draw(t, name+" version")
				have = append(have, s)
			}
		}
		p := Diff(to, want, have)
		after := apply(p, have)
		var foreign, ours []Subscription
		for _, s := range after {
			if to.owns(s) {
				ours = append(ours, s)
			} else {
				foreign = append(foreign, s)
			}
		}
		before := slices.DeleteFunc(slices.Clone(have), to.owns)
		if diff := cmp.Diff(inOrder(before), inOrder(foreign), cmpopts.EquateEmpty()); diff != "" {
			t.Fatal("foreign ones were touched: ", diff)
		}
		if len(ours) != len(want) {
			t.Fatalf("%d are wanted, %d there", len(want), len(ours))
		}
		for _, w := range want {
			if !slices.ContainsFunc(ours, func(s Subscription) bool { return s.slot() == w.slot() && s.Healthy() && difference(w, s) == "" }) {
				t.Fatalf("%s is missing", w)
			}
		}
		if again := Diff(to, want, after); again.Changes() {
			t.Fatalf("there is more to do: %+v", again)
		}
	})
}

func desired0(t *rapid.T, scope Scope, to Target) []Subscription {
	want, err := Desired(allKinds, scope, to)
	if err != nil {
		t.Fatal(err)
	}
	return want
}

// apply does what a plan says to what there is.
func apply(p Plan, have []Subscription) []Subscription {
	after := slices.DeleteFunc(slices.Clone(have), func(s Subscription) bool {
		return slices.ContainsFunc(p.Delete, func(d Deletion) bool { return d.Subscription.ID == s.ID })
	})
	for i, s := range p.Create {
		after = append(after, existing(s, "new-"+strconv.Itoa(i), 0))
	}
	return after
}
