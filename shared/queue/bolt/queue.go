// Package bolt is a queue in the data file of the process: what was sent is on
// disk, and survives the process however it ends.
package bolt

import (
	"context"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"adoport/shared/boltfile"
	"adoport/shared/ingest"
	"adoport/shared/queue/wake"
)

// version is that of the bucket.
const version = 1

// Queue is an ingest.Inbox in a data file. Several can be in one file; they do
// not see one another. It is safe for concurrent use; make one with Open.
//
// Whatever a method did is on disk when it returns nil. A task's tries are
// counted before it is handed out, so one that kills the process is not tried
// forever. No bound is set to how many tasks wait: one takes about 100 bytes
// more than its JSON, and its space in the file is used again when it is done.
//
// Points in time are those of the wall clock, because they outlive the process:
// when that is set back, delays and visibilities get longer by as much.
//
// What cannot be read, because a later release wrote it or the file is damaged,
// is poisoned when its turn comes; Requeue leaves it there until it can be read.
type Queue struct {
	file   *boltfile.File
	bucket []byte
	clock  Clock
	// changed rings when a task was added or became visible earlier.
	changed wake.Bell
}

var _ ingest.Inbox = (*Queue)(nil)

// Open opens the queue of that name in the file, and makes it if it is not
// there. clock is nil for the real time. The queue needs no closing, but is of no
// use once the file is closed: all methods return boltfile.ErrClosed then. A
// queue can be open only once: an error otherwise.
//
// Deliveries that were not settled when the file was last closed come back at
// once: no worker can have them, because no other process has the file. Their
// tries stay spent, because they may be why that process died.
func Open(ctx context.Context, file *boltfile.File, name string, clock Clock) (*Queue, error) {
	if clock == nil {
		clock = wallClock{}
	}
	q := &Queue{file: file, bucket: []byte("queue " + name), clock: clock}
	if err := file.Claim(ctx, string(q.bucket), version, q.prepare); err != nil {
		return nil, err
	}
	return q, nil
}

// Send queues all tasks, or none.
func (q *Queue) Send(ctx context.Context, delay time.Duration, tasks ...ingest.Task) error {
	if len(tasks) == 0 {
		return ctx.Err()
	}
	records, err := encodeTasks(tasks)
	if err != nil {
		return err
	}
	visible := q.clock.Now().Add(delay)
	return q.update(ctx, func(in buckets) (bool, error) {
		for _, record := range records {
			if _, err := in.place(visible, record); err != nil {
				return false, err
			}
		}
		return true, nil
	})
}

// Len counts the tasks that wait or are being worked on. It looks at every page
// of them: less than 1 ms for 100,000.
func (q *Queue) Len(ctx context.Context) (int, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	n := 0
	err := q.file.View(func(tx *bbolt.Tx) error {
		n = q.in(tx).tasks.Stats().KeyN
		return nil
	})
	return n, err
}

// update changes the queue and wakes every Receive that waits once that is on
// disk. See boltfile.File.Update for what it asks of change.
func (q *Queue) update(ctx context.Context, change func(in buckets) (changed bool, err error)) error {
	return q.file.Update(ctx, func(tx *bbolt.Tx) (bool, error) {
		changed, err := change(q.in(tx))
		if err != nil {
			return false, fmt.Errorf("changing %s: %w", q.bucket, err)
		}
		if changed {
			tx.OnCommit(q.changed.Ring)
		}
		return changed, nil
	})
}
