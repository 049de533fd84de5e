package azurestorage

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"adoport/shared/ingest"
)

// sideBySide is how many requests of one call are under way at once.
const sideBySide = 8

// Send queues all tasks. It queues none if one is too large. At the first other
// error it begins no more; those that are queued stay.
func (q *Queue) Send(ctx context.Context, delay time.Duration, tasks ...ingest.Task) error {
	texts := make([]string, len(tasks))
	for i, t := range tasks {
		text, err := message{Task: t}.encode(maxBody - reserve)
		if err != nil {
			return err
		}
		texts[i] = text
	}
	if err := ctx.Err(); err != nil || len(texts) == 0 {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(sideBySide)
	for _, text := range texts {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			return q.live.enqueue(ctx, text, delay)
		})
	}
	err := group.Wait()
	q.announce(delay)
	return err
}

// announce wakes every Receive of this process if something is visible at once.
func (q *Queue) announce(delay time.Duration) {
	if delay <= 0 {
		q.changed.Ring()
	}
}
