package servicehook

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"adoport/shared/ingest"
)

func TestSecondRunDoesNothing(t *testing.T) {
	t.Parallel()
	api, projects := &fake{}, &organization{}
	c := reconciler(t, api, projects, "s3cret")
	api.add(with(existing(desired(t, allKinds, Scope{}, c.Target)[0], "foreign", 1), func(s *Subscription) {
		s.ConsumerInputs["url"] = "https://ci.contoso.example/"
		s.Status = "disabledBySystem"
	}))

	first := ensured(t, c)
	expect(t, first, "created 21, deleted, kept 0, foreign 1, lost 0, per project 0, failed 0")
	if n := len(api.written()); n != 21 {
		t.Errorf("%d writes", n)
	}
	if !api.passwords["s3cret"] || len(api.passwords) != 1 {
		t.Errorf("passwords that were sent: %v", api.passwords)
	}
	for _, s := range first.Created {
		if s.ID == "" || s.ConsumerInputs[InputPassword] != Masked {
			t.Errorf("%s is reported as %+v", s, s)
		}
	}

	expect(t, ensured(t, c), "created 0, deleted, kept 21, foreign 1, lost 0, per project 0, failed 0")
	if log := api.written(); log != nil || api.lists != 42 || projects.asked != 0 {
		t.Errorf("wrote %v, %d lists, asked for the projects %d times", log, api.lists, projects.asked)
	}
}

// TestRequestsAtOnce is in a bubble, where a request takes as long as others
// need to be sent beside it.
func TestRequestsAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := &fake{}
		ensured(t, reconciler(t, api, &organization{}, "s3cret"))
		if api.most != inFlight {
			t.Errorf("%d requests at once; want %d", api.most, inFlight)
		}
	})
}

func TestDryRunWritesNothing(t *testing.T) {
	t.Parallel()
	api := &fake{}
	c := reconciler(t, api, &organization{}, "s3cret")
	ensured(t, c, "git.push", "build.complete")
	api.change("git.push", func(s *Subscription) { s.Status = "onProbation" })
	api.written()
	report, err := c.Ensure(t.Context(), Request{Kinds: []string{kindRepository}, DryRun: true, Scope: Scope{Events: []string{"git.push", "git.repo.created"}}})
	if err != nil {
		t.Fatal(err)
	}
	expect(t, report, "created 2, deleted broken 1, kept 0, foreign 0, lost 1, per project 0, failed 0")
	if log := api.written(); log != nil {
		t.Error(log)
	}
}

// A list that fails is not an empty one.
func TestFailingListStopsEverything(t *testing.T) {
	t.Parallel()
	api := &fake{}
	c := reconciler(t, api, &organization{}, "s3cret")
	ensured(t, c)
	api.change("git.push", func(s *Subscription) { s.Status = "disabledBySystem" })
	api.written()
	api.listed = func(eventType string) error {
		if eventType == "workitem.deleted" {
			return errFault
		}
		return nil
	}
	report, err := c.Ensure(t.Context(), Request{Kinds: allKinds})
	if !errors.Is(err, errFault) || err.Error() != "listing the subscriptions to workitem.deleted: the connection was reset" {
		t.Error(err)
	}
	if diff := cmp.Diff(Report{}, report); diff != "" || api.written() != nil {
		t.Error("something was done: ", diff)
	}
	if ours, err := c.List(t.Context()); err == nil || ours != nil {
		t.Errorf("%d are listed, %v", len(ours), err)
	}
}

func TestDisabledAreReplacedAndTheirEventsLost(t *testing.T) {
	t.Parallel()
	api := &fake{}
	c := reconciler(t, api, &organization{}, "s3cret")
	ensured(t, c)
	api.change("workitem.updated", func(s *Subscription) { s.Status = "disabledBySystem" })
	api.change("git.push", func(s *Subscription) { s.Status = "onProbation" })
	old := map[string]string{}
	for _, s := range api.have {
		old[s.EventType] = s.ID
	}
	api.written()

	report := ensured(t, c)
	expect(t, report, "created 2, deleted broken 2, kept 19, foreign 0, lost 2, per project 0, failed 0")
	if diff := cmp.Diff([]string{kindRepository, kindWorkItem}, Kinds(report.Lost)); diff != "" {
		t.Error(diff)
	}
	log := api.written()
	for _, eventType := range []string{"workitem.updated", "git.push"} {
		deleted := slices.Index(log, "delete "+old[eventType])
		created := slices.Index(log, "create "+eventType+" organization")
		if len(log) != 4 || deleted < 0 || created < deleted {
			t.Errorf("%s: %v", eventType, log)
		}
	}
	expect(t, ensured(t, c), "created 0, deleted, kept 21, foreign 0, lost 0, per project 0, failed 0")
}

func TestRotationCreatesBeforeItDeletes(t *testing.T) {
	t.Parallel()
	api := &fake{}
	ensured(t, reconciler(t, api, &organization{}, "0ld"))
	api.written()
	c := reconciler(t, api, &organization{}, "n3w")
	expect(t, ensured(t, c), "created 21, deleted superseded 21, kept 0, foreign 0, lost 0, per project 0, failed 0")
	delivering := map[string]bool{}
	for i, line := range api.written() {
		what, rest, _ := strings.Cut(line, " ")
		if what == "create" {
			delivering[strings.Fields(rest)[0]] = true
		} else if len(delivering) == 0 {
			t.Errorf("write %d deletes although nothing was created", i)
		}
	}
	if !api.passwords["n3w"] {
		t.Error("the new password was not sent")
	}
	expect(t, ensured(t, c), "created 0, deleted, kept 21, foreign 0, lost 0, per project 0, failed 0")
}

// What cannot be replaced goes on as it is: it still delivers.
func TestNothingIsDeletedForWhatCannotBeCreated(t *testing.T) {
	t.Parallel()
	api := &fake{}
	ensured(t, reconciler(t, api, &organization{}, "0ld"), "git.push", "build.complete")
	api.refuse = func(step string, s Subscription) error {
		if step == stepCreate && s.EventType == "git.push" {
			return errFault
		}
		return nil
	}
	report, err := reconciler(t, api, &organization{}, "n3w").Ensure(t.Context(), Request{Kinds: allKinds, Scope: Scope{Events: []string{"git.push", "build.complete"}}})
	expect(t, report, "created 1, deleted superseded 1, kept 0, foreign 0, lost 0, per project 0, failed 1")
	if err == nil || err.Error() != "could not create the subscription to git.push in organization: the connection was reset" {
		t.Error(err)
	}
	if len(api.have) != 2 {
		t.Errorf("%v are left", api.have)
	}
}

func TestDuplicatesAreRemoved(t *testing.T) {
	t.Parallel()
	api := &fake{}
	c := reconciler(t, api, &organization{}, "s3cret")
	push := desired(t, allKinds, Scope{Events: []string{"git.push"}}, c.Target)[0]
	api.add(existing(push, "young", 1), existing(push, "old", 9), existing(push, "middle", 5))
	inProject := with(existing(push, "project", 3), func(s *Subscription) { s.PublisherInputs["projectId"] = fabrikam })
	api.add(inProject)
	expect(t, ensured(t, c, "git.push"), "created 0, deleted duplicate 2 surplus 1, kept 1, foreign 0, lost 0, per project 0, failed 0")
	if diff := cmp.Diff([]string{"old"}, idsOf(api.have)); diff != "" {
		t.Error(diff)
	}
}

func TestWithoutRightsForTheOrganization(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		refuse func(string, Subscription) error
	}{
		{"400", noRights},
		{"403", func(step string, s Subscription) error {
			if noRights(step, s) != nil {
				return answers(403, "")
			}
			return nil
		}},
		{"400 for another reason", func(step string, s Subscription) error {
			if noRights(step, s) != nil {
				return answers(400, "A value for projectId is required.")
			}
			return nil
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			api, projects := &fake{refuse: test.refuse}, &organization{}
			c := reconciler(t, api, projects, "s3cret")
			expect(t, ensured(t, c, "git.push", "build.complete"), "created 4, deleted, kept 0, foreign 0, lost 0, per project 2, failed 0")
			if log := api.written(); len(log) != 6 || projects.asked != 1 {
				t.Errorf("%d asked, %v", projects.asked, log)
			}
			// The second run knows it from what there is.
			expect(t, ensured(t, c, "git.push", "build.complete"), "created 0, deleted, kept 4, foreign 0, lost 0, per project 2, failed 0")
			if log := api.written(); log != nil {
				t.Error(log)
			}
			// A project that is new, and one that is gone.
			api.change("git.push", func(s *Subscription) {
				if s.ProjectID() == contoso {
					s.PublisherInputs["projectId"] = webFork
				}
			})
			expect(t, ensured(t, c, "git.push"), "created 1, deleted surplus 1, kept 1, foreign 0, lost 0, per project 1, failed 0")
		})
	}
}

func TestRightsForTheOrganizationAreTriedAgainOnRequest(t *testing.T) {
	t.Parallel()
	api := &fake{refuse: noRights}
	c := reconciler(t, api, &organization{}, "s3cret")
	ensured(t, c, "git.push", "build.complete")
	again := Request{Kinds: allKinds, Scope: Scope{Events: []string{"git.push"}}, TryOrganization: true}
	report, err := c.Ensure(t.Context(), again)
	if err != nil {
		t.Fatal(err)
	}
	expect(t, report, "created 0, deleted, kept 2, foreign 0, lost 0, per project 1, failed 0")
	api.refuse = nil
	if report, err = c.Ensure(t.Context(), again); err != nil {
		t.Fatal(err)
	}
	expect(t, report, "created 1, deleted surplus 2, kept 0, foreign 0, lost 0, per project 0, failed 0")
}

// A user who may edit only some projects gets those.
func TestWithoutRightsForAProject(t *testing.T) {
	t.Parallel()
	api := &fake{refuse: func(step string, s Subscription) error {
		if s.ProjectID() != contoso {
			return answers(403, "Edit Subscriptions is needed.")
		}
		return nil
	}}
	report, err := reconciler(t, api, &organization{}, "s3cret").Ensure(t.Context(), Request{Kinds: allKinds, Scope: Scope{Events: []string{"git.push"}}})
	expect(t, report, "created 1, deleted, kept 0, foreign 0, lost 0, per project 1, failed 1")
	if err == nil || !strings.Contains(err.Error(), "git.push in project "+fabrikam+": Azure DevOps answered 403 Forbidden: Edit Subscriptions is needed.") {
		t.Error(err)
	}
}

// A request that Azure DevOps does not take anywhere is not sent for every
// project, and its message is shown.
func TestMessageOfARefusalIsShown(t *testing.T) {
	t.Parallel()
	const message = "Subscription URLs cannot target localhost."
	api := &fake{refuse: func(string, Subscription) error { return answers(400, message) }}
	report, err := reconciler(t, api, &organization{}, "s3cret").Ensure(t.Context(), Request{Kinds: allKinds, Scope: Scope{Events: []string{"git.push"}}})
	if err == nil || !strings.Contains(err.Error(), message) {
		t.Error(err)
	}
	expect(t, report, "created 0, deleted, kept 0, foreign 0, lost 0, per project 1, failed 1")
	if log := api.written(); len(log) != 2 {
		t.Error(log)
	}
	if refused, ok := errors.AsType[*RefusedError](report.Failures[0]); !ok || refused.Status != 400 {
		t.Errorf("%#v", report.Failures[0].Err)
	}
}

func TestOlderVersionOfTheResource(t *testing.T) {
	t.Parallel()
	for _, refuse := range []func(string, Subscription) error{nil, noRights} {
		api := &fake{}
		api.refuse = func(step string, s Subscription) error {
			if step == stepCreate && s.ResourceVersion == "5.1-preview.3" {
				return answers(400, `The resource version "5.1-preview.3" is not supported.`)
			}
			if refuse == nil {
				return nil
			}
			return refuse(step, s)
		}
		c := reconciler(t, api, &organization{}, "s3cret")
		ensured(t, c, "workitem.updated")
		for _, s := range api.have {
			if s.ResourceVersion != "1.0" {
				t.Errorf("%s has version %s", s, s.ResourceVersion)
			}
		}
		api.written()
		ensured(t, c, "workitem.updated")
		if log := api.written(); log != nil {
			t.Error(log)
		}
	}
}

func TestVersionThatNoFallbackHelps(t *testing.T) {
	t.Parallel()
	api := &fake{refuse: func(string, Subscription) error { return answers(400, "unknown resource version") }}
	report, err := reconciler(t, api, &organization{}, "s3cret").Ensure(t.Context(), Request{Kinds: allKinds, Scope: Scope{Events: []string{"workitem.created", "git.repo.created"}}})
	if err == nil || len(report.Failures) != 2 {
		t.Errorf("%v, %v", report.Failures, err)
	}
	// Two versions, then one for the first project; one version, then the same.
	if log := api.written(); len(log) != 5 {
		t.Error(log)
	}
}

func TestProjectsThatCannotBeListed(t *testing.T) {
	t.Parallel()
	api, projects := &fake{refuse: noRights}, &organization{}
	c := reconciler(t, api, projects, "s3cret")
	ensured(t, c, "git.push")
	api.written()
	projects.err = errFault
	// Where they are needed from the start, nothing is done.
	if _, err := c.Ensure(t.Context(), Request{Kinds: allKinds}); !errors.Is(err, errFault) || api.written() != nil {
		t.Error(err)
	}
	// Where that turns out later, only that type of event fails.
	report, err := c.Ensure(t.Context(), Request{Kinds: allKinds, Scope: Scope{Events: []string{"build.complete"}}})
	if !errors.Is(err, errFault) || !strings.Contains(err.Error(), "insufficient permissions") {
		t.Error(err)
	}
	expect(t, report, "created 0, deleted, kept 0, foreign 0, lost 0, per project 0, failed 1")
}

func TestRefusedCredentialsEndTheRun(t *testing.T) {
	t.Parallel()
	api := &fake{refuse: func(string, Subscription) error {
		return &ingest.AuthError{System: "Azure DevOps", Advice: "Check it.", Err: errors.New("401")}
	}}
	c := reconciler(t, api, &organization{}, "s3cret")
	report, err := c.Ensure(t.Context(), Request{Kinds: allKinds, Scope: Scope{Projects: []string{fabrikam, contoso}}})
	if _, ok := errors.AsType[*ingest.AuthError](err); !ok {
		t.Error(err)
	}
	if n := len(api.written()); n > inFlight || len(report.Failures) == 0 || len(report.Failures) > n || len(report.Created) > 0 {
		t.Errorf("%d writes, %s", n, summary(report))
	}
}

// TestNothingIsAskedAfterARefusal: whoever waits for the slot of a request whose
// credentials were refused MUST NOT send another.
func TestNothingIsAskedAfterARefusal(t *testing.T) {
	t.Parallel()
	asked := 0
	api := newLimited(&fake{refuse: func(string, Subscription) error {
		asked++
		return &ingest.AuthError{System: "Azure DevOps", Err: errors.New("401")}
	}})
	api.slots = make(chan struct{}, 1)
	ctx, stop := context.WithCancelCause(t.Context())
	api.refused = stop
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() { _, _ = api.create(ctx, Subscription{}) }) // what it says is not the point
	}
	all.Wait()
	if asked != 1 {
		t.Errorf("%d requests with credentials that were refused; want 1", asked)
	}
}

func TestCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	api := &fake{refuse: func(string, Subscription) error {
		cancel()
		return context.Canceled
	}}
	if _, err := reconciler(t, api, &organization{}, "s3cret").Ensure(ctx, Request{Kinds: allKinds}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestUnmappedKindIsUnsubscribed(t *testing.T) {
	t.Parallel()
	api := &fake{}
	c := reconciler(t, api, &organization{}, "s3cret")
	ensured(t, c)
	report, err := c.Ensure(t.Context(), Request{Kinds: []string{kindWorkItem}})
	if err != nil {
		t.Fatal(err)
	}
	expect(t, report, "created 0, deleted surplus 16, kept 5, foreign 0, lost 0, per project 0, failed 0")
	if _, err := c.Ensure(t.Context(), Request{}); err == nil || len(api.have) != 5 {
		t.Errorf("no kinds at all: %v, %d left", err, len(api.have))
	}
}

// Types of events that were not asked for are left as they are.
func TestEventsLimitWhatIsLookedAt(t *testing.T) {
	t.Parallel()
	api := &fake{}
	c := reconciler(t, api, &organization{}, "s3cret")
	ensured(t, c)
	api.lists = 0
	expect(t, ensured(t, c, "git.push"), "created 0, deleted, kept 1, foreign 0, lost 0, per project 0, failed 0")
	if api.lists != 1 || len(api.have) != 21 {
		t.Errorf("%d lists, %d left", api.lists, len(api.have))
	}
}

func TestRemoveAndList(t *testing.T) {
	t.Parallel()
	api := &fake{refuse: noRights}
	c := reconciler(t, api, &organization{}, "s3cret")
	ensured(t, c, "git.push", "build.complete")
	api.change("git.push", func(s *Subscription) { s.Status = "disabledByUser" })
	foreign := with(existing(api.have[0], "foreign", 1), func(s *Subscription) { s.Consumer = "slack" })
	api.add(foreign)
	ours, err := c.List(t.Context())
	if err != nil || fmt.Sprint(ours) != fmt.Sprintf("[build.complete in project %[2]s build.complete in project %[1]s git.push in project %[2]s git.push in project %[1]s]", fabrikam, contoso) {
		t.Error(ours, err)
	}
	api.written()
	if report, err := c.Remove(t.Context(), true); err != nil || len(report.Deleted) != 4 || api.written() != nil {
		t.Error(report, err)
	}
	report, err := c.Remove(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	expect(t, report, "created 0, deleted broken 2 surplus 2, kept 0, foreign 1, lost 0, per project 0, failed 0")
	if diff := cmp.Diff([]string{"foreign"}, idsOf(api.have)); diff != "" {
		t.Error(diff)
	}
}
