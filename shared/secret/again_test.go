package secret_test

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"adoport/shared/secret"
	"adoport/shared/settings"
)

func TestAgainReadsAtOnce(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		w.get("one", nil, 1)
		w.set("two", nil)
		w.again("one", "two", nil, 2) // although it was read just now, by Get
		w.again("one", "two", nil, 2) // another request that was sent with the old one
		w.again("two", "two", nil, 2) // too soon
		w.set("three", nil)           // twice within seconds: somebody corrected it
		time.Sleep(time.Second - time.Nanosecond)
		w.again("two", "two", nil, 2)
		time.Sleep(time.Nanosecond)
		w.again("two", "three", nil, 3)
		w.get("three", nil, 3)
		w.logged("a secret has a new value", 2)
	})
}

func TestAgainWithNothingKnown(t *testing.T) {
	in(t, func(t *testing.T, w *world) { w.again("zero", "one", nil, 1) })
}

func TestAgainInAnOutage(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		w.get("one", nil, 1)
		w.set("", errOutage)
		w.again("one", "one", nil, 2)
		w.logged("the older value is used", 1)
		time.Sleep(10*time.Second - time.Nanosecond)
		w.again("one", "one", nil, 2)
		time.Sleep(time.Nanosecond)
		w.set("two", nil)
		w.again("one", "two", nil, 3) // waits: the old one is of no use
	})
}

func TestAgainForWhatIsGone(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		w.get("one", nil, 1)
		w.set("", secret.ErrNotFound)
		w.again("one", "one", nil, 2)
		time.Sleep(10 * time.Second)
		w.again("one", "", secret.ErrNotFound, 3)
		w.again("one", "", secret.ErrNotFound, 3)
	})
}

func TestAgainIsShared(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		w.get("one", nil, 1)
		w.set("two", nil)
		w.slow(time.Second)
		var callers sync.WaitGroup
		for range 50 {
			callers.Go(func() {
				got, err := w.Again(t.Context(), name, "one")
				w.want(got, err, "two", nil, 2)
			})
		}
		synctest.Wait()
		w.get("one", nil, 2) // what is not refused is not waited for
		callers.Wait()
	})
}

func TestFunc(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		w.set("", secret.ErrNotFound)
		f := w.Func(name)
		call := func(value string, wantErr error, reads int) {
			t.Helper()
			got, err := f(t.Context())
			w.want(got, err, value, wantErr, reads)
		}
		call("", secret.ErrNotFound, 1)
		w.set("one", nil)
		time.Sleep(10 * time.Second)
		call("one", nil, 2)
		call("one", nil, 3) // the first was refused, it seems
		call("one", nil, 3)
		w.set("two", nil)
		time.Sleep(10 * time.Second)
		call("two", nil, 4)
		w.set("", errOutage)
		time.Sleep(10 * time.Second)
		call("two", nil, 5)
	})
}

// TestConcurrency is for the race detector; a value that was written is never
// lost for good.
func TestConcurrency(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		w.slow(time.Millisecond)
		f := w.Func(name)
		var callers sync.WaitGroup
		for i := range 8 {
			callers.Go(func() {
				for n := range 200 {
					var got settings.Secret
					var err error
					switch (i + n) % 3 {
					case 0:
						got, err = w.Get(t.Context(), name)
					case 1:
						got, err = w.Again(t.Context(), name, "one")
					default:
						got, err = f(t.Context())
					}
					if err != nil || got == "" {
						t.Errorf("%v, empty: %v", err, got == "")
					}
					time.Sleep(time.Second)
				}
			})
		}
		callers.Go(func() {
			for n := range 50 {
				w.set([]string{"one", "two", "three"}[n%3], []error{nil, errOutage, nil, secret.ErrNotFound, nil}[n%5])
				time.Sleep(3 * time.Second)
			}
			w.set("two", nil)
		})
		callers.Wait()
		time.Sleep(5 * time.Minute)
		if got, err := w.Get(t.Context(), name); got.Reveal() != "two" || err != nil {
			t.Error(got.Reveal(), err)
		}
	})
}
