// Package refresh is the function of the live queue: it reads the items that
// events pointed at again.
package refresh

import (
	"context"
	"fmt"

	"adoport/shared/ingest"
)

// Handler handles one delivery, as ingest.Engine.Handle does.
type Handler = func(ctx context.Context, d ingest.Delivery) error

// New returns a handler of the live queue that gives refreshes to handle and
// refuses every other task: live work never waits behind a backfill, and a walk
// in the live queue means that a queue is wired wrongly. A refused task is tried
// like one that failed, so that it ends among the poisoned ones with this reason
// and can be sent again.
func New(handle Handler) Handler {
	return func(ctx context.Context, d ingest.Delivery) error {
		if d.Task.Type != ingest.Refresh {
			return fmt.Errorf("a %s task is in the live queue, which takes refresh tasks only: it belongs in the backfill queue", d.Task.Type)
		}
		return handle(ctx, d)
	}
}
