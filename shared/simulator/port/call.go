package port

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
)

// maxBody is the largest request body in bytes (API reference: 1 MiB, else 413).
const maxBody = 1 << 20

// call is one request and its answer.
type call struct {
	w http.ResponseWriter
	r *http.Request
}

// decode reads the body as JSON into v, numbers in any values as json.Number.
func (c *call) decode(v any) error {
	body, err := io.ReadAll(io.LimitReader(c.r.Body, maxBody+1))
	if err != nil {
		return badRequest("Reading the body failed: %v", err)
	}
	if len(body) > maxBody {
		// Read to the end, or the client may see a broken connection in place of
		// the answer.
		if _, err := io.Copy(io.Discard, c.r.Body); err != nil {
			return badRequest("Reading the body failed: %v", err)
		}
		return tooLarge()
	}
	return decodeJSON(body, v)
}

func decodeJSON(body []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	err := d.Decode(v)
	if wrongType, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return invalid("body/%s must not be a JSON %s", wrongType.Field, wrongType.Value)
	}
	if err != nil {
		return badRequest("Body is not valid JSON: %v", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return badRequest("Body is not valid JSON: there is more after the first value")
	}
	return nil
}

// flag reads a boolean query parameter that may be missing.
func (c *call) flag(name string) (bool, error) {
	switch v := c.r.URL.Query().Get(name); v {
	case "true":
		return true, nil
	case "", "false":
		return false, nil
	default:
		return false, invalid("querystring/%s must be boolean, not %q", name, v)
	}
}

// requiredFlag reads a boolean query parameter that must be there.
func (c *call) requiredFlag(name string) (bool, error) {
	if !c.r.URL.Query().Has(name) {
		return false, invalid("querystring must have required property '%s'", name)
	}
	return c.flag(name)
}

// reply answers with v, which may hold the value types of decoded JSON,
// json.RawMessage and structs.
func (c *call) reply(status int, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	c.write(status, body)
	return nil
}

// write answers with encoded JSON. A client that has gone is not an error here.
func (c *call) write(status int, body []byte) {
	c.w.WriteHeader(status)
	_, _ = c.w.Write(body)
}

// fail answers with an error.
func (c *call) fail(err error) {
	refused, ok := errors.AsType[*refusal](err)
	if !ok {
		refused = &refusal{Status: http.StatusInternalServerError, Code: "internal_error", Message: err.Error()}
	}
	body, err := json.Marshal(refused)
	if err != nil {
		body = []byte(`{"ok":false,"error":"internal_error"}`)
	}
	c.write(refused.Status, body)
}
