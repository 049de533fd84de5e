package functionshost

import (
	"context"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azqueue/v2"
)

// renewal keeps a message invisible while it is being processed (azure-sdk-for-net,
// QueueListener.cs, CreateUpdateMessageVisibilityTimer).
type renewal struct {
	cancel context.CancelFunc
	done   chan struct{}
}

// renew renews whenever half of the time is over. It MUST be stopped before the
// message is settled: renewing changes the pop receipt.
func (l *listener) renew(m *azqueue.DequeuedMessage) renewal {
	ctx, cancel := context.WithCancel(l.host.life)
	r := renewal{cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(r.done)
		half := time.NewTicker(time.Duration(l.visibility) * time.Second / 2)
		defer half.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-half.C:
				l.renewOnce(ctx, m)
			}
		}
	}()
	return r
}

// renewOnce makes the message invisible for the whole time again. A failure is
// told; the next try comes with the next tick.
func (l *listener) renewOnce(ctx context.Context, m *azqueue.DequeuedMessage) {
	response, err := l.function.queue.client.UpdateMessage(ctx, *m.MessageID, *m.PopReceipt, *m.MessageText, &azqueue.UpdateMessageOptions{VisibilityTimeout: &l.visibility})
	switch {
	case err == nil:
		m.PopReceipt, m.TimeNextVisible = response.PopReceipt, response.TimeNextVisible
	case ctx.Err() == nil:
		l.host.logs.write(Debug, queueing, "Unable to renew queue message '%s': %v", *m.MessageID, err)
	}
}

func (r renewal) stop() {
	r.cancel()
	<-r.done
}
