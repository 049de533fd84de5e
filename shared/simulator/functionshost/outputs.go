package functionshost

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
)

// output returns the value of an output binding: from Outputs by its exact name,
// from ReturnValue for $return, or, if there is no $return, from an object in
// ReturnValue (host, HttpScriptInvocationResultExtensions.cs and
// WorkerFunctionInvoker.cs).
func (r *result) output(f *function, b binding) json.RawMessage {
	if b.Name == returnBinding {
		return notNull(r.returnValue)
	}
	value := notNull(r.outputs[b.Name])
	for _, other := range f.outputs() {
		if other.Name == returnBinding {
			return value
		}
	}
	for _, p := range properties(string(r.returnValue)) {
		if p.name == b.Name && notNull(p.value) != nil {
			value = p.value
		}
	}
	return value
}

func notNull(raw json.RawMessage) json.RawMessage {
	if string(raw) == "null" {
		return nil
	}
	return raw
}

// applyOutputs writes what the queue bindings got; the http binding is read where
// the request is answered.
func (h *Host) applyOutputs(ctx context.Context, f *function, r *result) error {
	for _, b := range f.outputs() {
		value := r.output(f, b)
		if value == nil || !strings.EqualFold(b.Type, "queue") {
			continue
		}
		for _, message := range queueMessages(value, b.isBinary()) {
			if err := f.queues[b.Name].send(ctx, h.config.queues.encode(message)); err != nil {
				return fmt.Errorf("writing to the binding %s: %w", b.Name, err)
			}
		}
	}
	return nil
}

// queueMessages returns what a queue binding makes of a value: an array is a
// message for each element; an object is indented anew; a string that is base64 is
// decoded, whether that was meant or not.
func queueMessages(value json.RawMessage, binary bool) [][]byte {
	text, isString := stringOf(value)
	if isString && !binary {
		if decoded, err := base64.StdEncoding.DecodeString(text); err == nil {
			return [][]byte{decoded}
		}
	}
	if !isString {
		text = string(value)
	}
	var elements []json.RawMessage
	if looksLikeJSON(text) && json.Unmarshal([]byte(text), &elements) == nil {
		messages := make([][]byte, len(elements))
		for i, element := range elements {
			messages[i] = queueMessage(element)
		}
		return messages
	}
	if looksLikeJSON(text) && json.Valid([]byte(text)) {
		return [][]byte{queueMessage(json.RawMessage(text))}
	}
	return [][]byte{[]byte(text)}
}

// queueMessage returns the text of one message.
func queueMessage(value json.RawMessage) []byte {
	if text, ok := stringOf(value); ok {
		return []byte(text)
	}
	var indented bytes.Buffer
	if json.Indent(&indented, value, "", "  ") != nil {
		return value
	}
	return indented.Bytes()
}

// stringOf returns the string that a JSON value is.
func stringOf(value json.RawMessage) (text string, ok bool) {
	ok = len(value) > 0 && value[0] == '"' && json.Unmarshal(value, &text) == nil
	return text, ok
}
