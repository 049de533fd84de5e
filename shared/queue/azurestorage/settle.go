package azurestorage

import (
	"context"
	"errors"
	"time"

	"adoport/shared/ingest"
)

// holdPoison is for how long a delivery is held while it is set aside.
const holdPoison = time.Minute

// Done removes a task that was handled.
func (q *Queue) Done(ctx context.Context, d ingest.Delivery) error {
	r, err := q.held(ctx, d)
	if err != nil {
		return err
	}
	return q.live.remove(ctx, r.id, r.pop)
}

// Retry gives a failed task back after delay. Its try stays spent.
func (q *Queue) Retry(ctx context.Context, d ingest.Delivery, delay time.Duration) error {
	r, err := q.held(ctx, d)
	if err != nil {
		return err
	}
	return q.giveBack(ctx, r, r.text, delay)
}

// Return gives a task back after delay without spending a try. The service counts
// this delivery all the same, so the message says that it does not count.
func (q *Queue) Return(ctx context.Context, d ingest.Delivery, delay time.Duration) error {
	r, err := q.held(ctx, d)
	if err != nil {
		return err
	}
	m, err := decode(r.text)
	if err != nil {
		return err
	}
	m.Tries--
	text, err := m.encode(maxBody)
	if err != nil {
		return err
	}
	return q.giveBack(ctx, r, text, delay)
}

// Poison sets a task aside, with the reason, which is cut if the message has no
// room for it. An error leaves the task in the queue, from where it comes back
// after a minute; then it may be in both.
func (q *Queue) Poison(ctx context.Context, d ingest.Delivery, reason string) error {
	r, err := q.held(ctx, d)
	if err != nil {
		return err
	}
	m, err := decode(r.text)
	if err != nil {
		return err
	}
	// Whoever does not have the delivery any more MUST NOT set it aside, and only
	// a change tells.
	if r.pop, err = q.live.update(ctx, r.id, r.pop, r.text, holdPoison); err != nil {
		return err
	}
	if err := q.setAside(ctx, m.Task, reason); err != nil {
		return err
	}
	// A request that had to be sent again says that it is lost.
	if err := q.live.remove(ctx, r.id, r.pop); err != nil && !errors.Is(err, ingest.ErrLost) {
		return err
	}
	return nil
}

// setAside writes a task to the poison queue.
func (q *Queue) setAside(ctx context.Context, t ingest.Task, reason string) error {
	text, err := message{Task: t, Reason: reason, At: q.o.Now().UTC()}.encodeAside()
	if err != nil {
		return err
	}
	return q.poison.enqueue(ctx, text, 0)
}

// held returns the receipt of a delivery whose visibility has not ended by our
// clock. Whether it was settled before, the service knows.
func (q *Queue) held(ctx context.Context, d ingest.Delivery) (receipt, error) {
	if err := ctx.Err(); err != nil {
		return receipt{}, err
	}
	r, ok := parseReceipt(d.Receipt)
	if !ok || !q.o.Now().Before(r.until) {
		return receipt{}, ingest.ErrLost
	}
	return r, nil
}

// giveBack makes a message visible after delay, with this text.
func (q *Queue) giveBack(ctx context.Context, r receipt, text string, delay time.Duration) error {
	if _, err := q.live.update(ctx, r.id, r.pop, text, delay); err != nil {
		return err
	}
	q.announce(delay)
	return nil
}
