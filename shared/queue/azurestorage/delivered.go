package azurestorage

import (
	"context"
	"time"

	"adoport/shared/ingest"
)

// Delivered reads a message that the Functions host delivers: its text, decoded
// from base64 by the host or not, and how often the host has received it
// (DequeueCount, from 1). It refuses what is not a task of a known version and
// type; the host tries that again, on a newer instance perhaps, and sets it aside
// in the end.
//
// The delivery MUST NOT be settled by the methods of ingest.Inbox (they return
// ErrLost): the host removes the message when the function succeeds, and tries it
// again when it fails.
func (q *Queue) Delivered(text string, dequeueCount int) (ingest.Delivery, error) {
	m, err := decode(text)
	if err != nil {
		return ingest.Delivery{}, err
	}
	return ingest.Delivery{Task: m.Task, Attempt: m.attempt(int64(dequeueCount))}, nil
}

// SendBack sends the task of a delivery of the host again, as a message that
// becomes visible after delay and whose first delivery has the same Attempt: no
// try is spent. The function MUST succeed after it, so that the host removes the
// message that was delivered, and fail if it fails.
//
// The host counts the new message from 1, and so tries it more often than
// ingest.MaxAttempts: a function MUST itself call SetAside at that Attempt.
func (q *Queue) SendBack(ctx context.Context, d ingest.Delivery, delay time.Duration) error {
	text, err := message{Task: d.Task, Tries: min(max(d.Attempt, 1), maxTries) - 1}.encode(maxBody)
	if err != nil {
		return err
	}
	if err := q.live.enqueue(ctx, text, delay); err != nil {
		return err
	}
	q.announce(delay)
	return nil
}

// SetAside writes the task of a delivery of the host to the poison queue, with the
// reason, which is cut if the message has no room for it. The function MUST
// succeed after it, and fail if it fails.
func (q *Queue) SetAside(ctx context.Context, d ingest.Delivery, reason string) error {
	return q.setAside(ctx, d.Task, reason)
}
