package azurestorage

import (
	"context"
	"log/slog"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azqueue/v2"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azqueue/v2/queueerror"
)

// most is how many messages the service gives at a time (Microsoft Learn, "Get
// Messages" and "Peek Messages").
const most = 32

// remote is one queue of the account. Its errors say which, and what was done.
type remote struct {
	name   string
	client *azqueue.QueueClient
	// address is the URL for people, without a query.
	address string
	// keyed is set if we are let in by a key, and not as an identity.
	keyed bool
	log   *slog.Logger
}

// do does something, and if the queue is missing, creates it and does it again.
func do[T any](ctx context.Context, r *remote, doing string, op func(context.Context) (T, error)) (T, error) {
	answer, err := op(ctx)
	if queueerror.HasCode(err, queueerror.QueueNotFound) {
		if err = r.create(ctx); err == nil {
			answer, err = op(ctx)
		}
	}
	return answer, r.explain(ctx, doing, err)
}

// create creates the queue. It is well if another was faster.
func (r *remote) create(ctx context.Context) error {
	_, err := r.client.Create(ctx, nil)
	if queueerror.HasCode(err, queueerror.QueueAlreadyExists) {
		return nil
	}
	if err == nil {
		r.log.LogAttrs(ctx, slog.LevelInfo, "queue created", slog.String("queue", r.name))
	}
	return err
}

// enqueue adds a message that becomes visible after delay and never expires.
func (r *remote) enqueue(ctx context.Context, text string, delay time.Duration) error {
	visibility, forever := seconds(delay), int32(-1)
	_, err := do(ctx, r, "sending to", func(ctx context.Context) (azqueue.EnqueueMessagesResponse, error) {
		return r.client.EnqueueMessage(ctx, text, &azqueue.EnqueueMessageOptions{VisibilityTimeout: &visibility, TimeToLive: &forever})
	})
	return err
}

// dequeue returns up to limit messages, none if none is visible.
func (r *remote) dequeue(ctx context.Context, limit int, visibility time.Duration) ([]*azqueue.DequeuedMessage, error) {
	count, hidden := int32(min(max(limit, 1), most)), max(seconds(visibility), 1) //nolint:gosec // at most 32
	answer, err := do(ctx, r, "receiving from", func(ctx context.Context) (azqueue.DequeueMessagesResponse, error) {
		return r.client.DequeueMessages(ctx, &azqueue.DequeueMessagesOptions{NumberOfMessages: &count, VisibilityTimeout: &hidden})
	})
	return answer.Messages, err
}

// peek returns the first messages that are visible, and changes nothing.
func (r *remote) peek(ctx context.Context) ([]*azqueue.PeekedMessage, error) {
	count := int32(most)
	answer, err := do(ctx, r, "looking into", func(ctx context.Context) (azqueue.PeekMessagesResponse, error) {
		return r.client.PeekMessages(ctx, &azqueue.PeekMessagesOptions{NumberOfMessages: &count})
	})
	return answer.Messages, err
}

// count returns about how many messages there are, hidden ones included, and not
// less (Microsoft Learn, "Get Queue Metadata").
func (r *remote) count(ctx context.Context) (int, error) {
	answer, err := do(ctx, r, "counting what is in", func(ctx context.Context) (azqueue.GetQueuePropertiesResponse, error) {
		return r.client.GetProperties(ctx, nil)
	})
	return int(orZero(answer.ApproximateMessagesCount)), err
}

// update sets the text of a received message and when it becomes visible, and
// returns its new pop receipt. It returns ErrLost if the pop receipt is not that
// of the last delivery.
func (r *remote) update(ctx context.Context, id, pop, text string, delay time.Duration) (string, error) {
	visibility := seconds(delay)
	answer, err := r.client.UpdateMessage(ctx, id, pop, text, &azqueue.UpdateMessageOptions{VisibilityTimeout: &visibility})
	return orZero(answer.PopReceipt), r.lost(ctx, err)
}

// remove removes a received message. It returns ErrLost as update does.
func (r *remote) remove(ctx context.Context, id, pop string) error {
	_, err := r.client.DeleteMessage(ctx, id, pop, nil)
	return r.lost(ctx, err)
}

// seconds returns a delay as the service takes it: whole seconds, 0 to 7 days
// (Microsoft Learn, "Put Message").
func seconds(d time.Duration) int32 {
	const longest = 7 * 24 * time.Hour
	d = min(max(d, 0), longest)
	return int32((d + time.Second - 1) / time.Second) //nolint:gosec // at most 604,800
}

func orZero[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}
