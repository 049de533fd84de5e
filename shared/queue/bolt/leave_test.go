package bolt

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"adoport/shared/queue/queuetest"
)

// endingClock ends a context when it is read for the nth time.
type endingClock struct {
	*queuetest.Clock
	left atomic.Int64
	end  context.CancelFunc
}

func (c *endingClock) Now() time.Time {
	if c.left.Add(-1) == 0 {
		c.end()
	}
	return c.Clock.Now()
}

// TestLeave: a receiver whose context ends takes a task and has it, or leaves it
// where it was, whenever that is.
func TestLeave(t *testing.T) {
	t.Parallel()
	f := openFile(t, t.TempDir())
	for reads := range int64(5) {
		clock := &endingClock{Clock: queuetest.NewClock()}
		q := openQueue(t, f, string(rune('a'+reads)), clock)
		send(t, q, 0, 0)
		ctx, cancel := context.WithCancel(t.Context())
		clock.end = cancel
		clock.left.Store(reads)
		if reads == 0 {
			cancel()
		}
		if deliveries, err := q.Receive(ctx, 1, time.Minute); err == nil {
			if err := q.Done(t.Context(), deliveries[0]); err != nil {
				t.Errorf("Done of what was received while the context ended = %v", err)
			}
			expectLen(t, q, 0)
		} else {
			// This waits for ever if the task is gone with the receiver that left.
			expectPages(t, receive(t, q, 1), 0)
		}
		cancel()
	}
}
