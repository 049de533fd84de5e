package secret_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"adoport/shared/secret"
)

func TestName(t *testing.T) {
	t.Parallel()
	for setting, want := range map[string]string{
		"PORT_CLIENT_SECRET":        "port-client-secret",
		"AZURE_DEVOPS_APP_PASSWORD": "azure-devops-app-password",
		"SERVICE_HOOK_PASSWORD":     "service-hook-password",
		"PORT_CLIENT_ID":            "port-client-id",
	} {
		if got := secret.Name(setting); got != want {
			t.Errorf("%s: %s, want %s", setting, got, want)
		}
	}
}

func TestAValueIsReadOnceInItsLifetime(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		w.get("one", nil, 1)
		w.set("two", nil)
		time.Sleep(5*time.Minute - time.Nanosecond)
		w.get("one", nil, 1)
		time.Sleep(time.Nanosecond)
		w.get("two", nil, 2)
		w.logged("a secret has a new value", 1)
		time.Sleep(5 * time.Minute)
		w.get("two", nil, 3)
		w.logged("a secret has a new value", 1)
	})
}

func TestCallersShareARead(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		w.slow(time.Second)
		hurried, cancel := context.WithCancelCause(t.Context())
		gone := errors.New("gone home")
		var callers sync.WaitGroup
		callers.Go(func() { // the first, whose read it is
			if _, err := w.Get(hurried, name); !errors.Is(err, gone) {
				t.Errorf("%v, want the cause of its own end", err)
			}
		})
		synctest.Wait()
		for range 50 {
			callers.Go(func() {
				got, err := w.Get(t.Context(), name)
				w.want(got, err, "one", nil, 1)
			})
		}
		synctest.Wait()
		cancel(gone)
		callers.Wait()
		w.get("one", nil, 1)
	})
}

// TestAReadOutlivesItsCallers: when nobody waits any more, the next one has its
// value.
func TestAReadOutlivesItsCallers(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		w.slow(3 * time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := w.Get(ctx, name); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		time.Sleep(3 * time.Second)
		w.get("one", nil, 1)
	})
}

func TestAReadEnds(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		w.slow(time.Hour)
		start := time.Now()
		_, err := w.Get(t.Context(), name)
		// A caller must not take it for the end of its own time.
		if err == nil || errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 10*time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
	})
}

func TestAnOutageIsCoveredUp(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		w.get("one", nil, 1)
		w.set("", errOutage)
		for outage := range 3 {
			if outage == 0 {
				time.Sleep(5 * time.Minute)
			} else {
				time.Sleep(time.Nanosecond) // the rest of the pause
			}
			w.get("one", nil, outage+2)
			w.logged("the older value is used", outage+1)
			time.Sleep(10*time.Second - time.Nanosecond)
			w.get("one", nil, outage+2) // not yet
		}
		w.logged(errOutage.Error(), 3)
		time.Sleep(time.Nanosecond)
		w.set("two", nil)
		w.get("one", nil, 5) // does not wait for the read that it begins
		w.get("two", nil, 5)
		time.Sleep(5*time.Minute - time.Nanosecond)
		w.get("two", nil, 5)
	})
}

// TestNobodyWaitsInAnOutage: only the first, who cannot know it.
func TestNobodyWaitsInAnOutage(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		w.get("one", nil, 1)
		w.slow(time.Hour)
		time.Sleep(5 * time.Minute)
		start := time.Now()
		w.get("one", nil, 2)
		if waited := time.Since(start); waited != 10*time.Second {
			t.Errorf("the first waited %v", waited)
		}
		for range 100 {
			start = time.Now()
			if got, err := w.Get(t.Context(), name); got.Reveal() != "one" || err != nil || time.Since(start) != 0 {
				t.Fatalf("%q, %v after %v", got.Reveal(), err, time.Since(start))
			}
			time.Sleep(time.Second)
		}
		// 100 s: a read of 10 s, a pause of 10 s, and so on.
		if reads := w.count(); reads != 7 {
			t.Errorf("%d reads", reads)
		}
		time.Sleep(time.Minute) // the last read ends
	})
}

func TestAFailureWithNothingKnown(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		w.set("", errOutage)
		w.get("", errOutage, 1)
		time.Sleep(time.Second - time.Nanosecond)
		w.get("", errOutage, 1)
		w.again("x", "", errOutage, 1)
		time.Sleep(time.Nanosecond)
		w.set("one", nil)
		w.get("one", nil, 2)
		w.logged("secret", 0)
	})
}

func TestNotFoundIsRemembered(t *testing.T) {
	for _, gone := range []error{secret.ErrNotFound, secret.ErrUnusable} {
		t.Run(gone.Error(), func(t *testing.T) {
			in(t, func(t *testing.T, w *world) {
				w.set("", gone)
				w.get("", gone, 1)
				time.Sleep(10*time.Second - time.Nanosecond)
				w.get("", gone, 1)
				time.Sleep(time.Nanosecond)
				w.get("", gone, 2)
				w.set("one", nil)
				time.Sleep(10 * time.Second)
				w.get("one", nil, 3)
				w.logged("secret", 0)
			})
		})
	}
}

// TestGoneIsBelievedTheSecondTime, and not when an outage is in between.
func TestGoneIsBelievedTheSecondTime(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		w.get("one", nil, 1)
		w.set("", secret.ErrNotFound)
		time.Sleep(5 * time.Minute)
		w.get("one", nil, 2)
		w.logged("seems to be gone", 1)
		w.get("one", nil, 2)

		for n, err := range []error{errOutage, secret.ErrUnusable, errOutage, secret.ErrNotFound} {
			w.set("", err)
			time.Sleep(10 * time.Second)
			w.get("one", nil, n+3)
		}
		w.logged("seems to be gone", 3)

		w.set("", secret.ErrUnusable)
		time.Sleep(10 * time.Second)
		w.get("one", nil, 7) // begins the read that says so again
		w.get("", secret.ErrUnusable, 7)

		// It is forgotten, not kept for the next outage.
		w.set("", errOutage)
		time.Sleep(10 * time.Second)
		w.get("", errOutage, 8)
		w.set("two", nil)
		time.Sleep(10 * time.Second)
		w.get("two", nil, 9)
	})
}

// TestNoSourceIsTrustedWithAnEmptyValue: an empty password would let everyone in.
func TestNoSourceIsTrustedWithAnEmptyValue(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		w.set("", nil)
		w.get("", secret.ErrUnusable, 1)
	})
}
