package functionshost

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azqueue/v2"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azqueue/v2/queueerror"
)

// poisonSuffix ends the names of poison queues (azure-sdk-for-net,
// QueueListenerFactory.cs).
const poisonSuffix = "-poison"

// storageTimeout ends a call to the storage service that settles a message, which
// outlives what it was for.
const storageTimeout = time.Minute

// queue is a storage queue.
type queue struct {
	name   string
	client *azqueue.QueueClient
	// poison is nil if there is none: for a poison queue, or a name that would
	// become too long.
	poison *queue
}

func openQueue(storage, name string) (*queue, error) {
	service, err := azqueue.NewServiceClientFromConnectionString(storage, nil)
	if err != nil {
		return nil, errors.New("the connection string is not valid: is it one of an access key?") // err may have the key
	}
	q := &queue{name: name, client: service.NewQueueClient(name)}
	if poison := name + poisonSuffix; !strings.HasSuffix(name, poisonSuffix) && checkQueueName(poison) == nil {
		q.poison = &queue{name: poison, client: service.NewQueueClient(poison)}
	}
	return q, nil
}

// send adds a message with the service's default lifetime of seven days; a queue
// that is not there is created.
func (q *queue) send(ctx context.Context, text string) error {
	_, err := q.client.EnqueueMessage(ctx, text, nil)
	if queueerror.HasCode(err, queueerror.QueueNotFound) {
		if _, err := q.client.Create(ctx, nil); err != nil && !queueerror.HasCode(err, queueerror.QueueAlreadyExists) {
			return fmt.Errorf("creating the queue %s: %w", q.name, err)
		}
		_, err = q.client.EnqueueMessage(ctx, text, nil)
	}
	if err != nil {
		return fmt.Errorf("adding a message to the queue %s: %w", q.name, err)
	}
	return nil
}

// receive takes messages from the queue; none come from one that is not there, and
// none when the service fails in a way that may pass. Any other error is returned.
func (q *queue) receive(ctx context.Context, limit, visibility int32) ([]*azqueue.DequeuedMessage, error) {
	response, err := q.client.DequeueMessages(ctx, &azqueue.DequeueMessagesOptions{NumberOfMessages: &limit, VisibilityTimeout: &visibility})
	if isTransient(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("receiving from the queue %s: %w", q.name, err)
	}
	return response.Messages, nil
}

// isTransient reports whether a listener backs off after an error (azure-sdk-for-net,
// QueueListener.cs): the queue is not there or is going, or the service has failed.
func isTransient(err error) bool {
	var refused *azcore.ResponseError
	return queueerror.HasCode(err, queueerror.QueueNotFound, queueerror.QueueBeingDeleted, queueerror.QueueDisabled) ||
		errors.As(err, &refused) && refused.StatusCode >= http.StatusInternalServerError
}

// isGone reports whether a message cannot be settled any more, which is nobody's
// fault: it was taken by another, or deleted (QueueProcessor.cs).
func isGone(err error) bool {
	return queueerror.HasCode(err, queueerror.PopReceiptMismatch, queueerror.MessageNotFound, queueerror.QueueNotFound,
		queueerror.QueueBeingDeleted, queueerror.QueueDisabled)
}

// spaces are what .NET skips in base64.
var spaces = strings.NewReplacer(" ", "", "\t", "", "\r", "", "\n", "")

// decode returns the body of a message. In the default encoding, base64, a text
// that is not base64 is undecodable.
func (c queueConfig) decode(text string) ([]byte, error) {
	if !c.base64 {
		return []byte(text), nil
	}
	return base64.StdEncoding.DecodeString(spaces.Replace(text))
}

// encode is the reverse of decode.
func (c queueConfig) encode(body []byte) string {
	if !c.base64 {
		return string(body)
	}
	return base64.StdEncoding.EncodeToString(body)
}
