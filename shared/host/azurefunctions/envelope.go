package azurefunctions

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// maxEnvelope is well above what a queue message of 64 KiB becomes after it was
// encoded twice. The host sends no Content-Length.
const maxEnvelope = 1 << 20

// envelope is what the host makes of a trigger. Values are JSON in a string, or
// an object, or a string as it is, depending on what they were in the host
// (ScriptInvocationContextExtensions.cs).
type envelope struct {
	Data     map[string]json.RawMessage
	Metadata map[string]json.RawMessage
}

// readEnvelope reads the body of POST /<function>.
func readEnvelope(w http.ResponseWriter, r *http.Request) (envelope, error) {
	var e envelope
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxEnvelope)).Decode(&e); err != nil {
		return envelope{}, fmt.Errorf("reading the envelope of an invocation: %w", err)
	}
	if e.Data == nil || e.Metadata == nil {
		return envelope{}, errors.New("this is no envelope of an invocation: it has no Data or no Metadata")
	}
	return e, nil
}

// text returns what a binding carries as text, whether it was encoded once, twice
// or is an object.
func (e envelope) text(binding string) (string, error) {
	raw, ok := e.Data[binding]
	if !ok {
		return "", fmt.Errorf("the envelope of the invocation has no %q: function.json and the handler do not agree", binding)
	}
	return unwrap(raw), nil
}

// unwrap takes a value out of the strings that it is encoded in. What is inside
// is not looked at: a text that is itself a JSON string cannot be told from one
// that was encoded once more, and no task is.
func unwrap(raw json.RawMessage) string {
	s := strings.TrimSpace(string(raw))
	for range 2 {
		var inner string
		if !strings.HasPrefix(s, `"`) || json.Unmarshal([]byte(s), &inner) != nil {
			return s
		}
		s = inner
	}
	return s
}

// number returns a number of the metadata, which comes as a string.
func (e envelope) number(name string) (int, bool) {
	for key, raw := range e.Metadata {
		if !strings.EqualFold(key, name) {
			continue
		}
		n, err := strconv.Atoi(unwrap(raw))
		return n, err == nil
	}
	return 0, false
}
