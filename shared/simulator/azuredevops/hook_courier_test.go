package azuredevops

import (
	"context"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// inBubble runs a test with a clock that stands still while anything runs: waits
// are exact, and of no length.
func inBubble(t *testing.T, h HookOptions, test func(t *testing.T, s hookServer, push func() time.Time)) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newHookServer(t, Options{Projects: 1, RepositoriesPerProject: 1, Now: time.Now}, h)
		repository := s.Repositories()[0]
		test(t, s, func() time.Time {
			t.Helper()
			check(t, s.Push(repository.ID, repository.DefaultBranch))
			return time.Now()
		})
	})
}

// waits are the times between requests.
func waits(start time.Time, got []received) []time.Duration {
	var out []time.Duration
	for _, r := range got {
		out = append(out, r.at.Sub(start))
		start = r.at
	}
	return out
}

func (s hookServer) expect(want Deliveries) {
	s.t.Helper()
	if diff := cmp.Diff(want, s.Deliveries()); diff != "" {
		s.t.Error(diff)
	}
}

func TestTransientFailures(t *testing.T) {
	inBubble(t, HookOptions{}, func(t *testing.T, s hookServer, push func() time.Time) {
		id := s.subscribe("tfs", "git.push", "1.0")
		s.receiver.answer(408, 502, 503, 504, 0, 503, 503, 503)
		start := push()
		check(t, s.Drain(t.Context()))
		got := s.receiver.all()
		if diff := cmp.Diff(append([]time.Duration{0}, retryWaits...), waits(start, got)); diff != "" {
			t.Error(diff)
		}
		activities := map[string]bool{}
		for _, r := range got {
			activities[r.header.Get("X-VSS-ActivityId")] = true
			if r.raw != got[0].raw {
				t.Error("a retry has another body")
			}
		}
		if len(activities) != 9 {
			t.Errorf("%d activities in 9 attempts", len(activities))
		}
		s.expect(Deliveries{Delivered: 1, Retried: 8})
		if status := s.status(id); status != Enabled {
			t.Errorf("the subscription is %s", status)
		}
	})
}

// TestProbation follows a subscription until the system disables it.
func TestProbation(t *testing.T) {
	inBubble(t, HookOptions{}, func(t *testing.T, s hookServer, push func() time.Time) {
		id := s.subscribe("tfs", "git.push", "1.0")
		s.receiver.then = 503
		push()
		check(t, s.Drain(t.Context()))
		if got := len(s.receiver.take()); got != 9 {
			t.Errorf("%d attempts, want 9", got)
		}
		if status := s.status(id); status != OnProbation {
			t.Errorf("after 8 retries it is %s", status)
		}
		start := time.Now()
		push() // lost
		s.expect(Deliveries{Lost: 2, Retried: 8})
		time.Sleep(48 * time.Hour)
		if diff := cmp.Diff(probationWaits, waits(start, s.receiver.all())); diff != "" {
			t.Error(diff)
		}
		got := s.get("/_apis/hooks/subscriptions/" + id)
		if got["status"] != DisabledBySystem || integer(t, got["probationRetries"]) != 7 || got["lastProbationRetryDate"] == nil {
			t.Errorf("after the probation: %v", got)
		}
		push()
		s.expect(Deliveries{Lost: 3, Retried: 8})
	})
}

func TestEnduringFailures(t *testing.T) {
	for _, status := range []int{302, 400, 401, 404, 429, 500} {
		t.Run(strconv.Itoa(status), func(t *testing.T) {
			inBubble(t, HookOptions{Scale: 0.001}, func(t *testing.T, s hookServer, push func() time.Time) {
				id := s.subscribe("tfs", "git.push", "1.0")
				s.receiver.answer(status, status, 200)
				start := push()
				check(t, s.Drain(t.Context()))
				if got := s.status(id); got != OnProbation {
					t.Fatalf("the subscription is %s", got)
				}
				s.expect(Deliveries{Lost: 1})
				time.Sleep(time.Minute)
				want := []time.Duration{0, 1200 * time.Millisecond, 2400 * time.Millisecond}
				if diff := cmp.Diff(want, waits(start, s.receiver.take())); diff != "" {
					t.Error(diff)
				}
				if got := s.status(id); got != Enabled {
					t.Errorf("after a success it is %s", got)
				}
				s.expect(Deliveries{Delivered: 1})
				push()
				check(t, s.Drain(t.Context()))
				s.expect(Deliveries{Delivered: 2})
			})
		})
	}
}

// TestGone disables a subscription whose probation was begun and ended before.
func TestGone(t *testing.T) {
	inBubble(t, HookOptions{}, func(t *testing.T, s hookServer, push func() time.Time) {
		id := s.subscribe("tfs", "git.push", "1.0")
		s.receiver.answer(500)
		push()
		check(t, s.Drain(t.Context()))
		check(t, s.SetSubscriptionStatus(id, Enabled))
		s.receiver.answer(410)
		push()
		check(t, s.Drain(t.Context()))
		if got := s.status(id); got != DisabledBySystem {
			t.Errorf("after 410 it is %s", got)
		}
		time.Sleep(48 * time.Hour)
		if got := len(s.receiver.all()); got != 2 {
			t.Errorf("%d requests, want 2", got)
		}
		s.expect(Deliveries{Lost: 2})
	})
}

func TestDeletedSubscriptionGetsNothing(t *testing.T) {
	inBubble(t, HookOptions{}, func(t *testing.T, s hookServer, push func() time.Time) {
		id := s.subscribe("tfs", "git.push", "1.0")
		s.receiver.answer(503)
		push()
		synctest.Wait()
		s.send("DELETE", "/_apis/hooks/subscriptions/"+id, "")
		check(t, s.Drain(t.Context()))
		if got := len(s.receiver.all()); got != 1 {
			t.Errorf("%d requests, want 1", got)
		}
		s.expect(Deliveries{Lost: 1, Retried: 1})
	})
}

func TestDropDuplicateReorder(t *testing.T) {
	inBubble(t, HookOptions{Drop: 0.2, Duplicate: 0.2, Reorder: 0.3, Seed: 3}, func(t *testing.T, s hookServer, push func() time.Time) {
		s.subscribe("tfs", "git.push", "1.0")
		for range 200 {
			push()
			time.Sleep(time.Second)
		}
		check(t, s.Drain(t.Context()))
		var order []int
		for _, r := range s.receiver.all() {
			order = append(order, integer(t, r.body["notificationId"]))
		}
		unique := slices.Compact(slices.Sorted(slices.Values(order)))
		d := s.Deliveries()
		if d.Delivered != len(unique) || d.Delivered+d.Dropped != 200 || d.Duplicated != len(order)-len(unique) || d.Lost+d.Pending != 0 {
			t.Errorf("%d requests for %d events: %+v", len(order), len(unique), d)
		}
		if d.Dropped < 20 || d.Dropped > 60 || d.Duplicated < 15 || slices.IsSorted(order) {
			t.Errorf("the shares are wrong: %+v", d)
		}
	})
}

func TestStop(t *testing.T) {
	inBubble(t, HookOptions{}, func(t *testing.T, s hookServer, push func() time.Time) {
		s.subscribe("tfs", "git.push", "1.0")
		s.receiver.then = 503
		push()
		synctest.Wait()
		drained := make(chan error)
		go func() { drained <- s.Drain(context.Background()) }()
		synctest.Wait()
		if err := s.Drain(within(t, time.Millisecond)); err == nil {
			t.Error("Drain returned while something was pending")
		}
		s.stop()
		check(t, <-drained)
		push() // not delivered: nothing runs
		check(t, s.Drain(t.Context()))
		s.expect(Deliveries{Lost: 1, Retried: 1})

		s.receiver.then = 0
		ctx, cancel := context.WithCancel(t.Context())
		defer s.StartHooks(ctx, HookOptions{Client: &http.Client{Transport: s.receiver}})()
		push()
		check(t, s.Drain(t.Context()))
		s.expect(Deliveries{Lost: 1, Retried: 1, Delivered: 1})
		cancel()
		synctest.Wait()
		push()
		s.expect(Deliveries{Lost: 1, Retried: 1, Delivered: 1})
	})
}

func TestHistory(t *testing.T) {
	inBubble(t, HookOptions{InFlight: 1}, func(t *testing.T, s hookServer, push func() time.Time) {
		id := s.subscribe("tfs", "git.push", "1.0")
		for range 60 {
			push()
		}
		check(t, s.Drain(t.Context()))
		s.receiver.answer(503, 0, 404)
		push()
		check(t, s.Drain(t.Context()))
		path := "/_apis/hooks/subscriptions/" + id + "/notifications"
		if got := len(values(t, s.get(path))); got != historyLength {
			t.Errorf("%d notifications, want %d", got, historyLength)
		}
		failed := values(t, s.get(path+"?maxResults=3&status=completed&result=failed"))
		if len(failed) != 1 || integer(t, failed[0]["id"]) != 61 || integer(t, dig(failed[0], "details", "requestAttempts")) != 3 ||
			dig(failed[0], "details", "errorMessage") != "Not Found (404)" {
			t.Errorf("failed: %v", failed)
		}
		newest := values(t, s.get(path+"?maxResults=2"))
		if len(newest) != 2 || integer(t, newest[0]["id"]) != 61 || integer(t, newest[1]["id"]) != 60 || newest[1]["result"] != "succeeded" {
			t.Errorf("newest: %v", newest)
		}
		query := encode(object{"subscriptionIds": []string{id}, "resultType": "failed", "maxResultsPerSubscription": 5, "includeDetails": true})
		results := s.decoded(s.send("POST", "/_apis/hooks/notificationsquery", query), http.StatusOK)["results"].([]any)
		if len(results) != 1 || dig(results[0], "details", "response") != "Status Code: 404 Not Found" {
			t.Errorf("query: %v", results)
		}
		if w := s.send("GET", path+"?result=good", ""); w.Code != http.StatusBadRequest {
			t.Errorf("an unknown result: %d", w.Code)
		}
	})
}

func TestNotificationsForTests(t *testing.T) {
	inBubble(t, HookOptions{}, func(t *testing.T, s hookServer, _ func() time.Time) {
		id := s.subscribe("tfs", "git.push", "1.0", inputUser, "u", inputPassword, "p")
		s.receiver.then = 500
		check(t, s.TestNotification(s.Subscriptions()[0]))
		body := `{"details":` + subscriptionJSON("tfs", "workitem.updated", "1.0") + `}`
		queued := s.decoded(s.send("POST", "/_apis/hooks/testnotifications", body), http.StatusOK)
		if queued["subscriptionId"] != zeroID {
			t.Errorf("queued: %v", queued)
		}
		bad := strings.Replace(body, "workitem.updated", "workitem.nothing", 1)
		if w := s.send("POST", "/_apis/hooks/testnotifications", bad); w.Code != http.StatusBadRequest {
			t.Errorf("a bad event type: %d", w.Code)
		}
		byType := s.events()
		push := only(t, byType, "git.push")
		only(t, byType, "workitem.updated")
		if push.body["subscriptionId"] != zeroID || push.body["id"] != sampleEvent || push.header.Get("X-VSS-SubscriptionId") != zeroID ||
			push.header.Get("Authorization") == "" || dig(push.resource(), "repository", "name") != "Fabrikam-Fiber-Git" {
			t.Errorf("test notification %v", push.body)
		}
		s.expect(Deliveries{})
		if got := s.status(id); got != Enabled {
			t.Errorf("a failed test made it %s", got)
		}
		s.stop()
		if err := s.TestNotification(s.Subscriptions()[0]); err == nil {
			t.Error("a test was sent although nothing runs")
		}
		if w := s.send("POST", "/_apis/hooks/testnotifications", body); w.Code != http.StatusBadRequest {
			t.Errorf("a test although nothing runs: %d", w.Code)
		}
	})
}

// TestEveryEventIsCounted gives random answers and checks that no event goes
// missing from the counters, whatever becomes of its subscription.
func TestEveryEventIsCounted(t *testing.T) {
	for seed := range uint64(20) {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			h := HookOptions{Drop: 0.1, Duplicate: 0.1, Reorder: 0.2, Seed: seed, InFlight: 3}
			inBubble(t, h, func(t *testing.T, s hookServer, push func() time.Time) {
				random := rand.New(rand.NewPCG(seed, 1))
				statuses := []int{200, 200, 200, 200, 202, 503, 0, 500}
				answers := make([]int, 2000)
				for i := range answers {
					answers[i] = statuses[random.IntN(len(statuses))]
				}
				s.receiver.answer(answers...)
				s.subscribe("tfs", "git.push", "1.0")
				const events = 200
				for range events {
					push()
					time.Sleep(time.Duration(random.IntN(3)) * 5 * time.Minute)
				}
				check(t, s.Drain(t.Context()))
				time.Sleep(72 * time.Hour) // what is on probation
				d := s.Deliveries()
				if d.Delivered+d.Lost+d.Dropped != events || d.Pending != 0 {
					t.Errorf("%+v do not sum up to %d", d, events)
				}
				ids := map[string]bool{}
				for _, r := range s.receiver.all() {
					ids[r.body["id"].(string)] = true
				}
				if d.Delivered == 0 || d.Lost == 0 || d.Delivered > len(ids) {
					t.Errorf("%+v with %d events received", d, len(ids))
				}
			})
		})
	}
}
