package functionshost

import "github.com/Azure/azure-sdk-for-go/sdk/storage/azqueue/v2"

// setAside copies a message, as it was, to the poison queue, which is created if it
// is not there, and deletes it (azure-sdk-for-net, QueueProcessor.cs,
// HandlePoisonMessageAsync). If there is no poison queue it stays invisible until
// its time is over. The copy lives seven days.
func (l *listener) setAside(m *azqueue.DequeuedMessage) error {
	poison := l.function.queue.poison
	if poison == nil {
		return nil
	}
	l.host.logs.write(Warning, queueing, "Message has reached MaxDequeueCount of %d. Moving message to queue '%s'.", l.config.maxDequeueCount, poison.name)
	ctx, cancel := l.storage()
	defer cancel()
	if err := poison.send(ctx, *m.MessageText); err != nil {
		return err
	}
	return l.remove(m)
}
