package bolt

import (
	"bytes"
	"context"

	"go.etcd.io/bbolt"

	"adoport/shared/ingest"
	"adoport/shared/versioned"
)

// Poisoned lists what was set aside, oldest first. What cannot be read is in the
// list without its task, and with the reason.
func (q *Queue) Poisoned(ctx context.Context) ([]ingest.Poisoned, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var records [][]byte
	err := q.file.View(func(tx *bbolt.Tx) error {
		for _, record := range all(q.in(tx).poisoned) {
			records = append(records, bytes.Clone(record))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	list := make([]ingest.Poisoned, len(records))
	for i, record := range records {
		list[i] = decodePoison(record)
	}
	return list, nil
}

// Requeue sends every poisoned task again, visible at once and with fresh
// tries, and returns how many there were. What cannot be read stays poisoned and
// is not counted.
func (q *Queue) Requeue(ctx context.Context) (int, error) {
	count := 0
	err := q.update(ctx, func(in buckets) (bool, error) {
		count = 0
		now := q.clock.Now()
		for _, s := range in.requeueable() {
			if _, err := in.place(now, s.record); err != nil {
				return false, err
			}
			if err := in.poisoned.Delete(s.key); err != nil {
				return false, err
			}
			count++
		}
		return count > 0, nil
	})
	if err != nil {
		return 0, err
	}
	return count, nil
}

// requeueable returns the poisoned tasks that can be read, oldest first, as
// entries with fresh tries and by the key they have among the poisoned.
func (in buckets) requeueable() []stored {
	var list []stored
	for k, record := range all(in.poisoned) {
		var p poison
		if err := versioned.Decode(recordVersion, record, &p); err != nil {
			continue
		}
		e, _, err := decodeTask(p.Entry)
		if err != nil {
			continue
		}
		list = append(list, stored{bytes.Clone(k), entry{task: e.task}.encode()})
	}
	return list
}
