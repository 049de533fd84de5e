package bolt

import (
	"context"
	"time"

	"adoport/shared/ingest"
)

// Done removes a task that was handled.
func (q *Queue) Done(ctx context.Context, d ingest.Delivery) error {
	return q.settle(ctx, d, func(in buckets, k key, _ entry) error { return in.tasks.Delete(k[:]) })
}

// Retry gives a failed task back after delay. Its try stays spent.
func (q *Queue) Retry(ctx context.Context, d ingest.Delivery, delay time.Duration) error {
	return q.settle(ctx, d, func(in buckets, k key, e entry) error {
		return in.move(k, q.clock.Now().Add(delay), e)
	})
}

// Return gives a task back after delay without spending a try.
func (q *Queue) Return(ctx context.Context, d ingest.Delivery, delay time.Duration) error {
	return q.settle(ctx, d, func(in buckets, k key, e entry) error {
		e.spent--
		return in.move(k, q.clock.Now().Add(delay), e)
	})
}

// Poison sets a task aside, with the reason.
func (q *Queue) Poison(ctx context.Context, d ingest.Delivery, reason string) error {
	return q.settle(ctx, d, func(in buckets, k key, e entry) error {
		return in.setAside(k[:], e.encode(), reason, q.clock.Now())
	})
}

// settle ends d and does with its entry, which is in flight no more, what the
// outcome asks for. It returns ErrLost, and changes nothing, if d was settled
// before or its visibility has ended, whether or not another worker has the task
// already.
func (q *Queue) settle(ctx context.Context, d ingest.Delivery, outcome func(in buckets, k key, e entry) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	k, ok := fromReceipt(d.Receipt)
	if !ok {
		return ingest.ErrLost
	}
	held := false
	err := q.update(ctx, func(in buckets) (bool, error) {
		var e entry
		e, held = q.holds(in, k)
		if !held {
			return false, nil
		}
		e.inFlight = false
		return true, outcome(in, k, e)
	})
	if err != nil {
		return err
	}
	if !held {
		return ingest.ErrLost
	}
	return nil
}

// holds returns the entry of a delivery whose visibility has not ended.
func (q *Queue) holds(in buckets, k key) (entry, bool) {
	if k.visible() <= nanoseconds(q.clock.Now()) {
		return entry{}, false
	}
	record := in.tasks.Get(k[:])
	if record == nil {
		return entry{}, false
	}
	// deliver wrote it: one that cannot be read is not a delivery.
	e, err := decodeEntry(record)
	return e, err == nil && e.inFlight
}
