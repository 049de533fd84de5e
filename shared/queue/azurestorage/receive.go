package azurestorage

import (
	"context"
	"log/slog"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azqueue/v2"

	"adoport/shared/ingest"
)

// leaveGrace is how long a request for messages may go on when the receiver's
// context has ended: messages of an answer that nobody reads would be hidden until
// their visibility ends, with a try spent.
const leaveGrace = 2 * time.Second

// Receive looks for visible tasks, again and again with growing waits, and returns
// up to limit of them (under 1 is 1, over 32 is 32), invisible to others for the
// visibility (at least 1 s). What this process sends or gives back to be visible
// at once is seen at once. It returns ctx's error when ctx ends first, unless
// tasks were on their way already, for which it waits 2 s at most.
//
// A message that is no task, or one of a later version, is left to come back when
// its visibility ends, because another instance may be able to read it, and is
// set aside at delivery ingest.MaxAttempts.
func (q *Queue) Receive(ctx context.Context, limit int, visibility time.Duration) ([]ingest.Delivery, error) {
	wait := q.o.MinPoll
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		// Taken before looking, so that no change after it is missed.
		changed := q.changed.Rung()
		deliveries, err := q.take(ctx, limit, visibility)
		if err != nil && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil || len(deliveries) > 0 {
			return deliveries, err
		}
		if pause(ctx, wait, changed) {
			wait = q.o.MinPoll
		} else {
			wait = min(2*wait, q.o.MaxPoll)
		}
	}
}

// pause returns when d has passed or ctx has ended, and true at once when changed
// is closed.
func pause(ctx context.Context, d time.Duration, changed <-chan struct{}) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-changed:
		return true
	case <-ctx.Done():
	case <-timer.C:
	}
	return false
}

// take asks once for what is visible now.
func (q *Queue) take(ctx context.Context, limit int, visibility time.Duration) ([]ingest.Delivery, error) {
	ctx, cancel := unhurried(ctx)
	defer cancel()
	// Before asking: our clock MUST NOT say that a delivery is held when the
	// service's says that it is not.
	begin := q.o.Now()
	messages, err := q.live.dequeue(ctx, limit, visibility)
	if err != nil {
		return nil, err
	}
	until := begin.Add(time.Duration(max(seconds(visibility), 1)) * time.Second)
	var deliveries []ingest.Delivery
	for _, received := range messages {
		text := orZero(received.MessageText)
		m, err := decode(text)
		if err != nil {
			q.unreadable(ctx, received, err)
			continue
		}
		r := receipt{until: until, id: orZero(received.MessageID), pop: orZero(received.PopReceipt), text: text}
		deliveries = append(deliveries, ingest.Delivery{Task: m.Task, Attempt: m.attempt(orZero(received.DequeueCount)), Receipt: r.String()})
	}
	return deliveries, nil
}

// unhurried returns a context that ends leaveGrace after ctx.
func unhurried(ctx context.Context) (context.Context, context.CancelFunc) {
	late, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(leaveGrace, cancel) })
	return late, func() {
		stop()
		cancel()
	}
}

// unreadable leaves a message to come back, or at its last try sets it aside as it
// is. It MUST NOT keep others from being delivered.
func (q *Queue) unreadable(ctx context.Context, received *azqueue.DequeuedMessage, reason error) {
	deliveries, id := orZero(received.DequeueCount), orZero(received.MessageID)
	tell := func(level slog.Level, text string, err error) {
		q.o.Logger.LogAttrs(ctx, level, text, slog.String("queue", q.live.name), slog.String("message", id),
			slog.Int64("attempt", deliveries), slog.Any("error", err))
	}
	if deliveries < ingest.MaxAttempts {
		tell(slog.LevelWarn, "a message is no task that this version can read; it comes back", reason)
		return
	}
	tell(slog.LevelError, "task is set aside: it failed too often", reason)
	err := q.poison.enqueue(ctx, orZero(received.MessageText), 0)
	if err == nil {
		err = q.live.remove(ctx, id, orZero(received.PopReceipt))
	}
	if err != nil {
		tell(slog.LevelError, "setting a message aside failed; it comes back", err)
	}
}
