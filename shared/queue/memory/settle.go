package memory

import (
	"container/heap"
	"context"
	"slices"
	"strconv"
	"time"

	"adoport/shared/ingest"
)

// Done removes a task that was handled.
func (q *Queue) Done(ctx context.Context, d ingest.Delivery) error {
	return q.settle(ctx, d, q.remove)
}

// Retry gives a failed task back after delay. Its try stays spent.
func (q *Queue) Retry(ctx context.Context, d ingest.Delivery, delay time.Duration) error {
	return q.settle(ctx, d, func(e *entry) { q.giveBack(e, delay) })
}

// Return gives a task back after delay without spending a try.
func (q *Queue) Return(ctx context.Context, d ingest.Delivery, delay time.Duration) error {
	return q.settle(ctx, d, func(e *entry) {
		e.spent--
		q.giveBack(e, delay)
	})
}

// Poison sets a task aside, with the reason.
func (q *Queue) Poison(ctx context.Context, d ingest.Delivery, reason string) error {
	return q.settle(ctx, d, func(e *entry) {
		q.remove(e)
		q.poisoned = append(q.poisoned, ingest.Poisoned{Task: e.task, Reason: reason, At: q.clock.Now()})
	})
}

// Poisoned lists what was set aside, oldest first.
func (q *Queue) Poisoned(ctx context.Context) ([]ingest.Poisoned, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	list := slices.Clone(q.poisoned)
	for i := range list {
		list[i].Task = clone(list[i].Task)
	}
	return list, nil
}

// Requeue sends every poisoned task again, visible at once and with fresh
// tries, and returns how many there were.
func (q *Queue) Requeue(ctx context.Context) (int, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	list := q.poisoned
	q.poisoned = nil
	for _, p := range list {
		q.add(0, p.Task)
	}
	return len(list), nil
}

// settle ends d and does with its entry what the outcome asks for. It returns
// ErrLost, and changes nothing, if d was settled before or its visibility has
// ended, whether or not another worker has the task already.
func (q *Queue) settle(ctx context.Context, d ingest.Delivery, outcome func(*entry)) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	number, err := strconv.ParseUint(d.Receipt, 36, 64)
	if err != nil {
		return ingest.ErrLost
	}
	e, ok := q.current[number]
	if !ok || !e.visible.After(q.clock.Now()) {
		return ingest.ErrLost
	}
	delete(q.current, number)
	e.delivery = 0
	outcome(e)
	return nil
}

// giveBack makes e visible after delay. q.mu MUST be held.
func (q *Queue) giveBack(e *entry, delay time.Duration) {
	e.visible = q.clock.Now().Add(delay)
	heap.Fix(&q.entries, e.index)
	q.changed.Ring()
}

// remove takes e out of the queue. q.mu MUST be held.
func (q *Queue) remove(e *entry) { heap.Remove(&q.entries, e.index) }
