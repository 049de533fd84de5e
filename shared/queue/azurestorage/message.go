package azurestorage

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"adoport/shared/ingest"
)

const (
	// maxBody is what fits into a message: 64 KiB of base64 (Microsoft Learn,
	// "Azure Storage scalability targets", Queue Storage).
	maxBody = 64 << 10 / 4 * 3
	// reserve is kept free in a new message for what may be added to it later:
	// tries, and a reason.
	reserve = 1 << 10
	// maxTries is more than any count of tries, in both directions.
	maxTries = 1 << 30
)

// errNoText is a message that is not even text that could be a task.
var errNoText = errors.New("the message is neither JSON nor base64 of it")

// message is a task and what must be known of it. It is written as the JSON of
// the task with more fields, so that readers of a task can read it.
type message struct {
	ingest.Task
	// Tries are added to the deliveries that the service counts: spent ones of
	// an earlier message of the task are more, ones that spent no try are less.
	Tries int `json:"tries,omitempty"`
	// Reason and At are those of a task that we set aside. The Functions host
	// sets neither.
	Reason string    `json:"reason,omitempty"`
	At     time.Time `json:"at,omitzero"`
}

// body returns the JSON.
func (m message) body() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(m); err != nil {
		return nil, fmt.Errorf("encoding a task: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// encode returns the text of a message that has room for limit bytes of JSON.
func (m message) encode(limit int) (string, error) {
	body, err := m.body()
	if err != nil {
		return "", err
	}
	if len(body) > limit {
		return "", fmt.Errorf("the %s task is too large for a message of %s: %d bytes of JSON, at most %d", m.Type, system, len(body), limit)
	}
	return base64.StdEncoding.EncodeToString(body), nil
}

// encodeAside returns the text of a message that was set aside. The reason is cut
// until it fits.
func (m message) encodeAside() (string, error) {
	for {
		body, err := m.body()
		if err != nil {
			return "", err
		}
		if len(body) <= maxBody || m.Reason == "" {
			return m.encode(maxBody)
		}
		m.Reason = shorten(m.Reason)
	}
}

// shorten returns about the first half of a reason, in the end nothing.
func shorten(reason string) string {
	if len(reason) < 16 {
		return ""
	}
	return cut(reason, len(reason)/2-len("…"))
}

// decode reads the text of a message: base64, or the JSON itself. It refuses what
// is not a task of a known version and type.
func decode(text string) (message, error) {
	body := []byte(strings.TrimSpace(text))
	if !bytes.HasPrefix(body, []byte("{")) {
		var err error
		if body, err = base64.StdEncoding.DecodeString(string(body)); err != nil {
			return message{}, errNoText
		}
	}
	if _, err := ingest.DecodeTask(body); err != nil {
		return message{}, err
	}
	var m message
	if err := json.Unmarshal(body, &m); err != nil {
		return message{}, fmt.Errorf("decoding a task: %w", err)
	}
	m.Tries = min(max(m.Tries, -maxTries), maxTries)
	return m, nil
}

// attempt returns the Attempt of a delivery, from how often the service has
// delivered the message.
func (m message) attempt(deliveries int64) int {
	return max(int(min(max(deliveries, 1), maxTries))+m.Tries, 1)
}
