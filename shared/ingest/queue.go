package ingest

import (
	"context"
	"time"
)

// Queue takes tasks. When Send returns nil, every task MUST be as durable as
// the driver promises; when it returns an error, some may be queued and others
// not, and the caller sends all of them again.
type Queue interface {
	// Send queues tasks that become visible after delay.
	Send(ctx context.Context, delay time.Duration, tasks ...Task) error
}

// Delivery is one task handed to one worker. It comes back by itself when its
// visibility ends before it was settled, so a worker that dies loses nothing.
type Delivery struct {
	Task Task
	// Attempt counts the deliveries of this task whose try was spent, this one
	// included: 1 is the first.
	Attempt int
	// Receipt is the driver's handle of this delivery.
	Receipt string
}

// Inbox is the receiving end of a queue, for platforms whose host does not
// deliver by itself. A delivery MUST be settled by exactly one of Done, Retry,
// Return or Poison; settling one whose visibility has ended is an error
// (ErrLost) and changes nothing.
type Inbox interface {
	Queue
	// Receive waits for at least one visible task and returns up to limit of
	// them, each invisible to others for the given time. It returns ctx's error
	// when ctx ends first.
	Receive(ctx context.Context, limit int, visibility time.Duration) ([]Delivery, error)
	// Done removes a task that was handled.
	Done(ctx context.Context, d Delivery) error
	// Retry gives a failed task back after delay. Its try stays spent.
	Retry(ctx context.Context, d Delivery, delay time.Duration) error
	// Return gives a task back after delay without spending a try: throttling
	// is not failure.
	Return(ctx context.Context, d Delivery, delay time.Duration) error
	// Poison sets a task aside for a person, with the reason.
	Poison(ctx context.Context, d Delivery, reason string) error
	// Poisoned lists what was set aside, oldest first.
	Poisoned(ctx context.Context) ([]Poisoned, error)
	// Requeue sends every poisoned task again with fresh tries and returns how
	// many there were.
	Requeue(ctx context.Context) (int, error)
	// Len counts the tasks that wait, hidden ones included, poisoned ones not.
	Len(ctx context.Context) (int, error)
}

// Poisoned is a task that failed too often, and why.
type Poisoned struct {
	Task   Task
	Reason string
	At     time.Time
}

// MaxAttempts is how often a task is tried before it is set aside.
const MaxAttempts = 5
