package functionshost

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azqueue/v2"
)

// listener receives the messages of one queueTrigger (azure-sdk-for-net,
// QueueListener.cs).
type listener struct {
	host     *Host
	function *function
	config   queueConfig
	backoff  *backoff
	// visibility is for how many seconds a received message is invisible.
	visibility int32
	// ended gets a value for every message that was dealt with.
	ended chan struct{}
	// processing counts the messages that were received and are not known to have
	// ended; found says that there were any since the last wait.
	processing int
	found      bool
}

func newListener(h *Host, f *function) *listener {
	longest := h.config.queues.maxPollingInterval
	if faster := h.options.MaxPollingInterval; faster > 0 {
		longest = min(longest, faster)
	}
	return &listener{
		host: h, function: f, config: h.config.queues, backoff: newBackoff(longest),
		visibility: int32(max(1, h.options.MessageVisibility.Round(time.Second)/time.Second)),
		ended:      make(chan struct{}),
	}
}

// listen receives until ctx ends, and returns when all that was received is dealt
// with. It takes batchSize messages at once whenever no more than newBatchThreshold
// are being processed.
func (l *listener) listen(ctx context.Context) {
	for ctx.Err() == nil {
		// Not ctx: what was received while the host is drained must not be lost.
		messages, err := l.function.queue.receive(l.host.life, int32(l.config.batchSize), l.visibility)
		if err != nil {
			l.host.unhandled(err)
			break
		}
		for _, m := range messages {
			l.start(m)
		}
		if len(messages) == 0 {
			l.pause(ctx)
		}
		l.waitBelow(l.config.newBatchThreshold)
	}
	l.waitBelow(0)
}

// pause waits before the next look at an empty queue.
func (l *listener) pause(ctx context.Context) {
	wait := time.NewTimer(l.backoff.next(l.found))
	l.found = false
	defer wait.Stop()
	for {
		select {
		case <-wait.C:
			return
		case <-ctx.Done():
			return
		case <-l.ended:
			l.processing--
		}
	}
}

// waitBelow waits until no more messages than that are being processed.
func (l *listener) waitBelow(threshold int) {
	for l.processing > threshold {
		<-l.ended
		l.processing--
	}
}

func (l *listener) start(m *azqueue.DequeuedMessage) {
	l.processing++
	l.found = true
	go func() {
		defer func() { l.ended <- struct{}{} }()
		if err := l.process(m); err != nil {
			l.host.unhandled(err)
		}
	}()
}

// process deals with one message. One that cannot be decoded, or was received too
// often, is set aside without an invocation.
func (l *listener) process(m *azqueue.DequeuedMessage) error {
	body, err := l.config.decode(*m.MessageText)
	if err != nil {
		l.host.logs.write(Warning, queueing, "Message decoding has failed! Check MessageEncoding settings. MessageId=%s.", *m.MessageID)
		return l.setAside(m)
	}
	if *m.DequeueCount > int64(l.config.maxDequeueCount) {
		return l.setAside(m)
	}
	e := l.host.messageEvent(l.function, receivedMessage(m, body))
	renewal := l.renew(m)
	i := l.host.execute(l.function, e)
	renewal.stop()
	if errors.Is(context.Cause(l.host.life), errClosed) {
		return nil // an instance that is gone settles nothing
	}
	switch {
	case i.Err == nil:
		return l.remove(m)
	case l.function.queue.poison == nil:
		return nil // invisible for a while, so that it is not tried in a fast loop
	case *m.DequeueCount >= int64(l.config.maxDequeueCount):
		return l.setAside(m)
	}
	return l.release(m)
}

// storage is the context of calls that settle messages, and outlives the host's
// stop.
func (l *listener) storage() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(l.host.life), storageTimeout)
}

// remove deletes a message that was carried out.
func (l *listener) remove(m *azqueue.DequeuedMessage) error {
	ctx, cancel := l.storage()
	defer cancel()
	_, err := l.function.queue.client.DeleteMessage(ctx, *m.MessageID, *m.PopReceipt, nil)
	return l.tolerate("delete", m, err)
}

// release makes a message that failed visible again after visibilityTimeout.
func (l *listener) release(m *azqueue.DequeuedMessage) error {
	ctx, cancel := l.storage()
	defer cancel()
	seconds := int32(l.config.visibilityTimeout / time.Second)
	_, err := l.function.queue.client.UpdateMessage(ctx, *m.MessageID, *m.PopReceipt, *m.MessageText, &azqueue.UpdateMessageOptions{VisibilityTimeout: &seconds})
	return l.tolerate("release", m, err)
}

// tolerate lets the failures pass that mean that the message is not ours any more.
func (l *listener) tolerate(what string, m *azqueue.DequeuedMessage, err error) error {
	switch {
	case err == nil:
		return nil
	case isGone(err):
		l.host.logs.write(Debug, queueing, "Unable to %s queue message '%s': it was taken by another, or is gone.", what, *m.MessageID)
		return nil
	}
	return fmt.Errorf("settling a message of the queue %s: %w", l.function.queue.name, err)
}
