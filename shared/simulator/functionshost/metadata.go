package functionshost

import (
	"strings"
	"time"
)

// bindingData is what Metadata is made of: what the trigger knows of the event,
// sys, and the properties of a JSON body. Keys ignore case, so a property id of a
// message replaces the message's Id (host, Utility.cs, ApplyBindingData).
type bindingData struct{ object }

// sys adds the data that every invocation has (azure-webjobs-sdk, SystemBindingData.cs).
func (d *bindingData) sys(function string) {
	var s object
	s.set("MethodName", function)
	s.set("UtcNow", universal(time.Now()))
	s.set("RandGuid", newGUID())
	d.set("sys", &s)
}

// text adds a string, encoded as Metadata has it; an empty one from .NET's null
// is left out by the callers.
func (d *bindingData) text(key, value string) { d.set(key, jsonText(value)) }

// body adds the top-level properties of a JSON object, but for arrays and nulls:
// objects as they are, all else as the text of its text. What is no JSON object
// adds nothing.
func (d *bindingData) body(text string) {
	if !looksLikeJSON(text) {
		return
	}
	for _, p := range properties(text) {
		switch p.value[0] {
		case '[':
		case '{':
			d.set(p.name, p.value)
		default:
			if value, ok := scalarText(p.value); ok {
				d.text(p.name, value)
			}
		}
	}
}

// metadata returns the data without keys that end in trigger: Data has those.
func (d *bindingData) metadata() *object {
	var m object
	for i, key := range d.keys {
		if !strings.HasSuffix(strings.ToLower(key), "trigger") {
			m.set(key, d.values[i])
		}
	}
	return &m
}

// retryContext is added to Metadata if the function has a retry policy, on the
// first try too. The host writes a whole .NET exception; here it is its beginning.
func retryContext(retry int, policy *retryPolicy, last error) *object {
	var c object
	c.set("RetryCount", retry)
	c.set("MaxRetryCount", policy.max)
	if last == nil {
		c.set("Exception", nil)
		return &c
	}
	var exception object
	exception.set("ClassName", "Microsoft.Azure.WebJobs.Host.FunctionInvocationException")
	exception.set("Message", last.Error())
	c.set("Exception", &exception)
	return &c
}

// envelope is the body of a request in the default mode.
type envelope struct {
	data     object
	metadata *object
}

// bytes returns {"Data":{...},"Metadata":{...}}.
func (e *envelope) bytes() ([]byte, error) {
	var o object
	o.set("Data", &e.data)
	o.set("Metadata", e.metadata)
	return compact(&o)
}
