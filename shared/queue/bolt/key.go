package bolt

import (
	"encoding/binary"
	"encoding/hex"
	"math"
	"time"
)

// key is where a task is in its bucket: when it becomes visible, in nanoseconds
// since 1970, and a number that no other key of the queue ever had. Keys sort by
// time. Each time a task is sent, received or given back it gets a new one, so
// the key of a delivery is that delivery's and no other's.
type key [16]byte

func keyOf(visible time.Time, number uint64) key {
	var k key
	binary.BigEndian.PutUint64(k[:8], nanoseconds(visible))
	binary.BigEndian.PutUint64(k[8:], number)
	return k
}

// visible returns when the task becomes visible, as nanoseconds.
func (k key) visible() uint64 { return binary.BigEndian.Uint64(k[:8]) }

// time returns when the task becomes visible.
func (k key) time() time.Time { return time.Unix(0, int64(k.visible())) } //nolint:gosec // nanoseconds never gives more than an int64 holds

// receipt returns the key as text.
func (k key) receipt() string { return hex.EncodeToString(k[:]) }

// fromReceipt reads a receipt.
func fromReceipt(receipt string) (k key, ok bool) {
	b, err := hex.DecodeString(receipt)
	if err != nil {
		return key{}, false
	}
	return fromBytes(b)
}

func fromBytes(b []byte) (k key, ok bool) {
	return k, copy(k[:], b) == len(k) && len(b) == len(k)
}

// nanoseconds since 1970; a time before or after all that can be said so is the
// first or last that can.
func nanoseconds(t time.Time) uint64 {
	switch {
	case t.Before(time.Unix(0, 0)):
		return 0
	case t.After(time.Unix(0, math.MaxInt64)):
		return math.MaxInt64
	default:
		return uint64(t.UnixNano())
	}
}
