package memory

import (
	"container/heap"
	"context"
	"strconv"
	"time"

	"adoport/shared/ingest"
)

// Receive waits for at least one visible task and returns up to limit of them
// (a limit under 1 is 1, a visibility under 1 ns is 1 ns), the one that is
// visible for longest first. It returns ctx's error when ctx ends first, and at
// once if it has ended already.
func (q *Queue) Receive(ctx context.Context, limit int, visibility time.Duration) ([]ingest.Delivery, error) {
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		deliveries, next, changed := q.take(max(limit, 1), max(visibility, 1))
		if len(deliveries) > 0 {
			return deliveries, nil
		}
		if err := q.wait(ctx, next, changed); err != nil {
			return nil, err
		}
	}
}

// take returns the tasks that are visible now. If there are none, it returns
// when the next one will be (the zero time: there is none at all) and a channel
// that is closed when that has changed.
func (q *Queue) take(limit int, visibility time.Duration) (_ []ingest.Delivery, next time.Time, changed <-chan struct{}) {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := q.clock.Now()
	var deliveries []ingest.Delivery
	for len(deliveries) < limit && len(q.entries) > 0 && !q.entries[0].visible.After(now) {
		deliveries = append(deliveries, q.deliver(q.entries[0], now.Add(visibility)))
	}
	if len(deliveries) > 0 {
		return deliveries, time.Time{}, nil
	}
	if len(q.entries) > 0 {
		next = q.entries[0].visible
	}
	return nil, next, q.changed.Rung()
}

// deliver hands out e, invisible to others until the given time, and ends the
// delivery before. q.mu MUST be held.
func (q *Queue) deliver(e *entry, until time.Time) ingest.Delivery {
	delete(q.current, e.delivery)
	e.delivery = q.number()
	e.spent++
	e.visible = until
	heap.Fix(&q.entries, e.index)
	q.current[e.delivery] = e
	return ingest.Delivery{
		Task:    clone(e.task),
		Attempt: e.spent,
		Receipt: strconv.FormatUint(e.delivery, 36),
	}
}

// wait returns nil when the clock has reached next (never, if that is the zero
// time) or changed is closed, and ctx's error when ctx ends first.
func (q *Queue) wait(ctx context.Context, next time.Time, changed <-chan struct{}) error {
	var reached <-chan time.Time
	if !next.IsZero() {
		ch, stop := q.clock.At(next)
		defer stop()
		reached = ch
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-changed:
		return nil
	case <-reached:
		return nil
	}
}
