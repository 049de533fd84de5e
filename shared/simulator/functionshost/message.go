package functionshost

import (
	"context"
	"encoding/base64"
	"fmt"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azqueue/v2"
)

// message is a queue message as the handler is told of it.
type message struct {
	// id and popReceipt are empty for a manual run.
	id, popReceipt             string
	dequeueCount               int64
	inserted, expires, visible time.Time
	body                       []byte
	details                    string
}

func receivedMessage(m *azqueue.DequeuedMessage, body []byte) message {
	return message{
		id: *m.MessageID, popReceipt: *m.PopReceipt, dequeueCount: *m.DequeueCount,
		inserted: *m.InsertionTime, expires: *m.ExpirationTime, visible: *m.TimeNextVisible,
		body: body,
		details: fmt.Sprintf("MessageId: %s, DequeueCount: %d, InsertedOn: %s",
			*m.MessageID, *m.DequeueCount, m.InsertionTime.UTC().Format("2006-01-02T15:04:05.000+00:00")),
	}
}

// messageEvent returns the event of a message.
func (h *Host) messageEvent(f *function, m message) event {
	reason := fmt.Sprintf("New queue message detected on '%s'.", f.queue.name)
	return event{reason: reason, details: m.details, call: func(ctx context.Context, id string) error {
		e, err := queueEnvelope(f, m)
		if err != nil {
			return err
		}
		_, err = h.invoke(ctx, f, id, e)
		return err
	}}
}

// manualMessage is a run by an operator: the message is the input, and was never
// in the queue.
func (h *Host) manualMessage(f *function, input string) event {
	e := h.messageEvent(f, message{body: []byte(input), inserted: time.Now(), expires: maxTime, visible: maxTime})
	e.reason = reasonHTTP
	return e
}

// queueEnvelope returns what the handler gets of a message: its text encoded twice,
// or with dataType binary its bytes in base64, once. The binding data is that of
// azure-sdk-for-net, QueueTriggerBinding.cs.
func queueEnvelope(f *function, m message) (*envelope, error) {
	text := string(m.body)
	if !f.trigger.isBinary() && !utf8.ValidString(text) {
		return nil, hostErrorf("Exception while executing function: Functions.%s. Exception binding parameter '%s'. The message is not valid UTF-8.", f.name, f.trigger.Name)
	}
	var d bindingData
	d.text("QueueTrigger", text)
	d.set("DequeueCount", strconv.FormatInt(m.dequeueCount, 10)) // a number's JSON text, in a string
	d.set("ExpirationTime", seconds(m.expires))
	if m.id != "" {
		d.text("Id", m.id)
	}
	d.set("InsertionTime", seconds(m.inserted))
	d.set("NextVisibleTime", seconds(m.visible))
	if m.popReceipt != "" {
		d.text("PopReceipt", m.popReceipt)
	}
	d.sys(f.name)
	e := &envelope{}
	if f.trigger.isBinary() {
		e.data.set(f.trigger.Name, base64.StdEncoding.EncodeToString(m.body))
	} else {
		e.data.set(f.trigger.Name, jsonText(text))
		d.body(text)
	}
	e.metadata = d.metadata()
	return e, nil
}
