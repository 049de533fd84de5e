package functionshost

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// result is what the handler answered in the default mode (host,
// HttpScriptInvocationResult.cs).
type result struct {
	outputs     map[string]json.RawMessage
	returnValue json.RawMessage
	logs        []string
}

// resultJSON is the answer's body. The case of its names does not matter, and
// there may be others.
type resultJSON struct {
	Outputs     map[string]json.RawMessage
	ReturnValue json.RawMessage
	Logs        []json.RawMessage
}

// readResult judges an answer. It returns nil, nil for a 2xx without a body, or
// with null: such an invocation never ends. Everything else that is not a 2xx with
// a JSON object of a JSON type fails.
func readResult(response *http.Response, body []byte) (*result, error) {
	if response.StatusCode < 200 || response.StatusCode > 299 {
		return nil, hostErrorf("Response status code does not indicate success: %d (%s).", response.StatusCode, http.StatusText(response.StatusCode))
	}
	if len(body) == 0 {
		return nil, nil // whatever its type
	}
	contentType := response.Header.Get("Content-Type")
	if !isJSON(contentType) {
		return nil, invalid(response, body, fmt.Errorf("no MediaTypeFormatter is available to read an object from content with media type %q", contentType))
	}
	text := bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\ufeff")))
	if len(text) == 0 {
		return nil, nil
	}
	var document *resultJSON
	// What follows the first value is not looked at.
	if err := json.NewDecoder(bytes.NewReader(text)).Decode(&document); err != nil {
		return nil, invalid(response, body, err)
	}
	if document == nil {
		return nil, nil
	}
	r := &result{outputs: document.Outputs, returnValue: document.ReturnValue}
	for _, line := range document.Logs {
		text, err := logText(line)
		if err != nil {
			return nil, invalid(response, body, err)
		}
		r.logs = append(r.logs, text)
	}
	return r, nil
}

// logText reads a line of Logs: a string, or a scalar, which becomes one.
func logText(raw json.RawMessage) (string, error) {
	if raw[0] == '{' || raw[0] == '[' {
		return "", errors.New("an entry of Logs is no string")
	}
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text, nil
	}
	text, _ = scalarText(raw)
	return text, nil
}

// maxQuoted is how much of an answer an error has.
const maxQuoted = 1024

// invalid is how the host tells that it cannot read an answer.
func invalid(response *http.Response, body []byte, err error) error {
	quoted := string(body)
	if len(quoted) > maxQuoted {
		quoted = strings.ToValidUTF8(quoted[:maxQuoted], "") + "..."
	}
	return fmt.Errorf("%w\n%w", hostErrorf("Invalid HttpResponseMessage:\nStatusCode: %d, Content-Type: %s\n %s", response.StatusCode, response.Header.Get("Content-Type"), quoted), err)
}
