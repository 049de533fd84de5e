// Package walk is the function of the backfill queue: it does one page, or one
// prune, of a run.
package walk

import (
	"context"
	"fmt"

	"adoport/shared/ingest"
)

// Handler handles one delivery, as ingest.Engine.Handle does.
type Handler = func(ctx context.Context, d ingest.Delivery) error

// New returns a handler of the backfill queue that gives walks and prunes to
// handle and refuses every other task: a refresh in the backfill queue would
// wait behind a whole run, and means that a queue is wired wrongly. A refused
// task is tried like one that failed, so that it ends among the poisoned ones
// with this reason and can be sent again.
func New(handle Handler) Handler {
	return func(ctx context.Context, d ingest.Delivery) error {
		switch d.Task.Type {
		case ingest.Walk, ingest.Prune:
			return handle(ctx, d)
		default:
			return fmt.Errorf("a %s task is in the backfill queue, which takes walk and prune tasks only: it belongs in the live queue", d.Task.Type)
		}
	}
}
