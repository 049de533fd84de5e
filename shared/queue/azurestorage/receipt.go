package azurestorage

import (
	"strconv"
	"strings"
	"time"
)

// receipt is the handle of a delivery by Receive.
type receipt struct {
	// until is when the visibility ends, by our clock. It is never after the
	// end by the service's.
	until time.Time
	// id and pop are what the service knows the delivery by.
	id, pop string
	// text is that of the message. A handler may change its task; what is given
	// back or set aside MUST be what was received.
	text string
}

// String returns the receipt as text. Only the message's may have spaces.
func (r receipt) String() string {
	return strings.Join([]string{strconv.FormatInt(r.until.UnixNano(), 36), r.id, r.pop, r.text}, " ")
}

// parseReceipt reads a receipt.
func parseReceipt(s string) (r receipt, ok bool) {
	parts := strings.SplitN(s, " ", 4)
	if len(parts) != 4 || parts[1] == "" || parts[2] == "" {
		return receipt{}, false
	}
	until, err := strconv.ParseInt(parts[0], 36, 64)
	if err != nil {
		return receipt{}, false
	}
	return receipt{until: time.Unix(0, until), id: parts[1], pop: parts[2], text: parts[3]}, true
}
