// Package memory is a queue that lives in one process and dies with it. It is
// for commands that run to an end, and for tests.
package memory

import (
	"container/heap"
	"context"
	"slices"
	"sync"
	"time"

	"adoport/shared/ingest"
	"adoport/shared/queue/wake"
)

// Queue is an ingest.Inbox in memory. It has no bound: a waiting task costs
// about 400 bytes plus its lists. It starts no goroutines and needs no closing.
// It is safe for concurrent use; make one with New.
type Queue struct {
	clock Clock

	mu sync.Mutex
	// entries holds every task that is not poisoned, the invisible ones too.
	entries byVisible
	// current finds the entry of a delivery that is not settled. A delivery
	// whose visibility ended may still be in it, until its task is received
	// again.
	current  map[uint64]*entry
	poisoned []ingest.Poisoned
	// numbers is the last number given to an entry's order or a delivery.
	numbers uint64
	// changed rings when a task was added or became visible earlier.
	changed wake.Bell
}

var _ ingest.Inbox = (*Queue)(nil)

// New returns an empty queue that lives by the clock; nil is the real time.
func New(clock Clock) *Queue {
	if clock == nil {
		clock = wallClock{}
	}
	return &Queue{clock: clock, current: map[uint64]*entry{}}
}

// Send queues all tasks, or none if ctx has ended.
func (q *Queue) Send(ctx context.Context, delay time.Duration, tasks ...ingest.Task) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.add(delay, tasks...)
	return nil
}

// Len counts the tasks that wait or are being worked on.
func (q *Queue) Len(ctx context.Context) (int, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.entries), nil
}

// add queues copies of tasks with fresh tries. q.mu MUST be held.
func (q *Queue) add(delay time.Duration, tasks ...ingest.Task) {
	visible := q.clock.Now().Add(delay)
	for _, t := range tasks {
		heap.Push(&q.entries, &entry{task: clone(t), visible: visible, order: q.number()})
	}
	q.changed.Ring()
}

// number returns a number that was not used yet, from 1. q.mu MUST be held.
func (q *Queue) number() uint64 {
	q.numbers++
	return q.numbers
}

// clone returns a task that shares no memory that can change with t.
func clone(t ingest.Task) ingest.Task {
	t.Blueprints = slices.Clone(t.Blueprints)
	t.Refs = slices.Clone(t.Refs)
	return t
}
