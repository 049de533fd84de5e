package port

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"adoport/shared/transport"
)

// call sends one request and decodes its answer into out, numbers as
// json.Number; out may be nil. It returns the answer's headers.
func (c *Client) call(ctx context.Context, method, pathAndQuery string, body []byte, out any) (http.Header, error) {
	resp, err := c.api.Do(withUsed(ctx), transport.Request{Method: method, URL: c.base + pathAndQuery, Body: body})
	if err != nil {
		return nil, err
	}
	if out != nil {
		if err := decode(resp.Body, out); err != nil {
			return nil, fmt.Errorf("reading Port's answer: %w", err)
		}
	}
	return resp.Header, nil
}

// callJSON is call with a body that is encoded here.
func (c *Client) callJSON(ctx context.Context, method, pathAndQuery string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return fmt.Errorf("encoding a request: %w", err)
	}
	_, err = c.call(ctx, method, pathAndQuery, body, out)
	return err
}

func decode(body []byte, out any) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	return d.Decode(out)
}

// judge takes a success that is not JSON for a broken answer: a proxy's page, or
// a body that was cut where the server ended it properly. A redirect is one too:
// Port's API has none.
func judge(r *transport.Response) error {
	redirected := r.Status >= 300 && r.Status < 400 && r.Header.Get("Location") != ""
	if !redirected && (r.Status >= 300 || len(r.Body) == 0 || json.Valid(r.Body)) {
		return nil
	}
	return transport.Transient(errors.New("the answer is not JSON; is the base URL Port's API?"))
}

// explain finds Port's words in {"ok":false,"error":"not_found","message":"…"}.
// Either may be missing.
func explain(body []byte) (code, message string) {
	var answer struct {
		Error   words `json:"error"`
		Message words `json:"message"`
	}
	if decode(body, &answer) != nil {
		return "", ""
	}
	return string(answer.Error), string(answer.Message)
}

// words are a text for people: a string, or the JSON of whatever else is in its
// place, such as a list of violated rules.
type words string

// UnmarshalJSON never fails for valid JSON; null is no words.
func (w *words) UnmarshalJSON(b []byte) error {
	var s *string
	switch err := json.Unmarshal(b, &s); {
	case err != nil:
		*w = words(b)
	case s != nil:
		*w = words(*s)
	}
	return nil
}
