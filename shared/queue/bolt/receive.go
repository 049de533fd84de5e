package bolt

import (
	"bytes"
	"context"
	"time"

	"go.etcd.io/bbolt"

	"adoport/shared/boltfile"
	"adoport/shared/ingest"
)

// Receive waits for at least one visible task and returns up to limit of them
// (a limit under 1 is 1, a visibility under 1 ns is 1 ns), the one that is
// visible for longest first. It returns ctx's error when ctx ends first, and at
// once if it has ended already.
func (q *Queue) Receive(ctx context.Context, limit int, visibility time.Duration) ([]ingest.Delivery, error) {
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		// Taken before looking, so that no change after it is missed.
		changed := q.changed.Rung()
		next, waiting, err := q.head()
		if err != nil {
			return nil, err
		}
		if !waiting || next.visible() > nanoseconds(q.clock.Now()) {
			if err := q.wait(ctx, next, waiting, changed); err != nil {
				return nil, err
			}
			continue
		}
		// None, if another Receive was faster.
		deliveries, err := q.take(ctx, max(limit, 1), max(visibility, 1))
		if err != nil || len(deliveries) > 0 {
			return deliveries, err
		}
	}
}

// head returns the key of the task that is visible first, false if there is
// none.
func (q *Queue) head() (k key, ok bool, _ error) {
	err := q.file.View(func(tx *bbolt.Tx) error {
		first, _ := q.in(tx).tasks.Cursor().First()
		ok = first != nil
		copy(k[:], first)
		return nil
	})
	return k, ok, err
}

// wait returns nil when the clock may have reached what is visible next, if
// anything is waiting, or changed is closed; ctx's error when ctx ends first.
func (q *Queue) wait(ctx context.Context, next key, waiting bool, changed <-chan struct{}) error {
	var reached <-chan time.Time
	if waiting {
		ch, stop := q.clock.At(next.time())
		defer stop()
		reached = ch
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-q.file.Closing():
		return boltfile.ErrClosed
	case <-changed:
		return nil
	case <-reached:
		return nil
	}
}

// take hands out the tasks that are visible now, none if ctx has ended. Once it
// has begun it waits for the disk, whatever ctx does: nobody would know of what
// it took.
func (q *Queue) take(ctx context.Context, limit int, visibility time.Duration) ([]ingest.Delivery, error) {
	var deliveries []ingest.Delivery
	err := q.update(context.WithoutCancel(ctx), func(in buckets) (bool, error) {
		deliveries = nil
		if ctx.Err() != nil {
			return false, nil
		}
		now := q.clock.Now()
		visible := in.visible(now, limit)
		for _, v := range visible {
			d, ok, err := in.deliver(v, now, now.Add(visibility))
			if err != nil {
				return false, err
			}
			if ok {
				deliveries = append(deliveries, d)
			}
		}
		return len(visible) > 0, nil
	})
	if err != nil {
		return nil, err
	}
	return deliveries, nil
}

// stored is a record and its key, as copies.
type stored struct{ key, record []byte }

// visible returns what is visible now, at most limit.
func (in buckets) visible(now time.Time, limit int) []stored {
	until := keyOf(now, 1<<64-1)
	var list []stored
	for k, record := range all(in.tasks) {
		if len(list) == limit || bytes.Compare(k, until[:]) > 0 {
			break
		}
		list = append(list, stored{bytes.Clone(k), bytes.Clone(record)})
	}
	return list
}

// deliver hands out one task, invisible to others until the given time. It sets
// aside what cannot be read and returns false.
func (in buckets) deliver(s stored, now, until time.Time) (d ingest.Delivery, ok bool, _ error) {
	e, task, err := decodeTask(s.record)
	if err != nil {
		return ingest.Delivery{}, false, in.setAside(s.key, s.record, "the task cannot be read: "+err.Error(), now)
	}
	if err := in.tasks.Delete(s.key); err != nil {
		return ingest.Delivery{}, false, err
	}
	e.inFlight = true
	e.spent++
	k, err := in.place(until, e.encode())
	return ingest.Delivery{Task: task, Attempt: int(e.spent), Receipt: k.receipt()}, true, err
}
