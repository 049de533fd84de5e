package azurestorage

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azqueue/v2"
	"golang.org/x/sync/errgroup"

	"adoport/shared/ingest"
)

// holdRequeue is for how long poisoned messages are hidden while they are sent
// again.
const holdRequeue = 2 * time.Minute

// Requeue sends every poisoned task again, visible at once and with fresh tries,
// and returns how many it sent. Each is sent before it is removed: if that is cut
// short, a task may be sent again by the next Requeue, and what was not sent may
// stay hidden for 2 minutes. Messages that are no tasks stay poisoned; the error
// says how many there are, and the others are sent all the same.
func (q *Queue) Requeue(ctx context.Context) (int, error) {
	// What is set aside meanwhile, perhaps the same tasks, is left: the count is
	// never less than what is there.
	left, err := q.poison.count(ctx)
	if err != nil {
		return 0, err
	}
	var r requeue
	for left > 0 && r.failed == nil {
		messages, err := q.poison.dequeue(ctx, min(left, most), holdRequeue)
		if err != nil {
			r.failed = err
		}
		if len(messages) == 0 {
			break
		}
		left -= len(messages)
		q.requeue(ctx, messages, &r)
	}
	q.announce(0)
	return r.sent, errors.Join(r.failed, q.leave(ctx, r.kept), r.foreign(q.poison.name))
}

// requeue is what became of poisoned messages. mu is for those of one batch, which
// are sent side by side.
type requeue struct {
	mu   sync.Mutex
	sent int
	// kept are not sent, unreadable of them because they are no tasks.
	kept       []*azqueue.DequeuedMessage
	unreadable int
	// failed is the first error.
	failed error
}

// requeue sends a batch.
func (q *Queue) requeue(ctx context.Context, messages []*azqueue.DequeuedMessage, r *requeue) {
	var group errgroup.Group
	group.SetLimit(sideBySide)
	for _, received := range messages {
		group.Go(func() error {
			m, err := decode(orZero(received.MessageText))
			if err != nil {
				r.keep(received, nil)
				return nil
			}
			if err := q.sendAgain(ctx, m.Task, received); err != nil {
				r.keep(received, err)
				return nil
			}
			r.mu.Lock()
			defer r.mu.Unlock()
			r.sent++
			return nil
		})
	}
	_ = group.Wait() // none returns an error
}

// sendAgain sends a poisoned task before it removes its message. A message that
// another has taken away is no error: it was sent.
func (q *Queue) sendAgain(ctx context.Context, t ingest.Task, received *azqueue.DequeuedMessage) error {
	text, err := message{Task: t}.encode(maxBody)
	if err != nil {
		return err
	}
	if err := q.live.enqueue(ctx, text, 0); err != nil {
		return err
	}
	err = q.poison.remove(ctx, orZero(received.MessageID), orZero(received.PopReceipt))
	if errors.Is(err, ingest.ErrLost) {
		return nil
	}
	return err
}

// keep notes a message that stays; no error says that it is no task.
func (r *requeue) keep(received *azqueue.DequeuedMessage, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.kept = append(r.kept, received)
	if err == nil {
		r.unreadable++
	} else if r.failed == nil {
		r.failed = err
	}
}

// foreign is the error about messages that are no tasks.
func (r *requeue) foreign(queue string) error {
	if r.unreadable == 0 {
		return nil
	}
	return fmt.Errorf("%d messages in the queue %s are no tasks that this version can read, and stay there", r.unreadable, queue)
}

// leave makes messages visible again that were received and not sent.
func (q *Queue) leave(ctx context.Context, kept []*azqueue.DequeuedMessage) error {
	var errs []error
	for _, received := range kept {
		_, err := q.poison.update(ctx, orZero(received.MessageID), orZero(received.PopReceipt), orZero(received.MessageText), 0)
		if err != nil && !errors.Is(err, ingest.ErrLost) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
