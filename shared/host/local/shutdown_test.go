package local

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"adoport/shared/ingest"
	"adoport/shared/queue/memory"
)

func TestIdleShutdown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, memory.New(nil), Options{}, func(context.Context, ingest.Delivery) error { return nil })
		synctest.Wait()
		begin := time.Now()
		r.end()
		if waited := time.Since(begin); waited != 0 {
			t.Errorf("an idle worker took %s to end", waited)
		}
	})
}

// TestGrace: what ends within the grace is done; Run waits for it and takes no
// more tasks.
func TestGrace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		r := start(t, memory.New(nil), Options{Workers: 2, Grace: 10 * time.Second}, func(ctx context.Context, _ ingest.Delivery) error {
			time.Sleep(6 * time.Second)
			return ctx.Err()
		})
		send(t, r.queue, 5)
		time.Sleep(time.Second)
		r.end()
		if took := time.Since(begin); took != 6*time.Second {
			t.Errorf("Run returned after %s; want 6s, when the handlers had", took)
		}
		if n := r.len(t); n != 3 {
			t.Errorf("%d tasks are left; want the 3 that were not begun", n)
		}
	})
}

// TestAfterGrace: what does not end within the grace is returned, even on its
// last try, and can be received at once.
func TestAfterGrace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		var last time.Time
		r := start(t, memory.New(nil), Options{Workers: 1, Grace: 10 * time.Second}, func(ctx context.Context, d ingest.Delivery) error {
			if d.Attempt < ingest.MaxAttempts {
				return errors.New("boom")
			}
			last = time.Now()
			<-ctx.Done()
			return ctx.Err()
		})
		send(t, r.queue, 1)
		time.Sleep(time.Minute)
		r.end()
		if took := time.Since(begin); took != 70*time.Second || last.IsZero() {
			t.Errorf("Run returned after %s (last try at %s); want 1m10s, when the grace had ended", took, last)
		}
		if reasons := r.reasons(t); len(reasons) != 0 {
			t.Errorf("poisoned because of the shutdown: %q", reasons)
		}
		deliveries, err := r.queue.Receive(t.Context(), 1, time.Minute)
		if err != nil || len(deliveries) != 1 || deliveries[0].Attempt != ingest.MaxAttempts {
			t.Errorf("Receive = %+v, %v; want the task with attempt %d", deliveries, err, ingest.MaxAttempts)
		}
		if time.Since(begin) != 70*time.Second {
			t.Error("the returned task could not be received at once")
		}
	})
}
