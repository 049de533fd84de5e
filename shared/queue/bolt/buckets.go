package bolt

import (
	"encoding/binary"
	"fmt"
	"iter"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"adoport/shared/versioned"
)

var (
	tasksBucket    = []byte("tasks")
	poisonedBucket = []byte("poisoned")
)

// buckets of a queue, in one transaction. tasks has entries by key, the one that
// is visible first first; poisoned has what was set aside, the oldest first.
type buckets struct{ tasks, poisoned *bbolt.Bucket }

// in returns the buckets. prepare has made them.
func (q *Queue) in(tx *bbolt.Tx) buckets {
	b := tx.Bucket(q.bucket)
	return buckets{b.Bucket(tasksBucket), b.Bucket(poisonedBucket)}
}

// prepare makes what a queue needs, and gives back what was being worked on by a
// process that is gone.
func (q *Queue) prepare(b *bbolt.Bucket) error {
	tasks, err := b.CreateBucketIfNotExists(tasksBucket)
	if err != nil {
		return err
	}
	poisoned, err := b.CreateBucketIfNotExists(poisonedBucket)
	if err != nil {
		return err
	}
	in := buckets{tasks, poisoned}
	now := q.clock.Now()
	for _, orphan := range in.inFlight() {
		if err := in.move(orphan.key, now, orphan.entry); err != nil {
			return err
		}
	}
	return nil
}

// placed is an entry and where it is.
type placed struct {
	key   key
	entry entry
}

// inFlight returns the entries that are being worked on, with inFlight unset.
// What cannot be read is left to Receive.
func (in buckets) inFlight() []placed {
	var list []placed
	for b, record := range all(in.tasks) {
		k, ok := fromBytes(b)
		e, err := decodeEntry(record)
		if !ok || err != nil || !e.inFlight {
			continue
		}
		e.inFlight = false
		list = append(list, placed{k, e})
	}
	return list
}

// all yields what is in a bucket, which MUST NOT be changed meanwhile.
func all(b *bbolt.Bucket) iter.Seq2[[]byte, []byte] {
	return func(yield func(k, v []byte) bool) {
		c := b.Cursor()
		for k, v := c.First(); k != nil; k, v = c.Next() {
			if !yield(k, v) {
				return
			}
		}
	}
}

// place puts a record where it becomes visible at that time.
func (in buckets) place(visible time.Time, record []byte) (key, error) {
	number, err := in.tasks.NextSequence()
	if err != nil {
		return key{}, err
	}
	k := keyOf(visible, number)
	return k, in.tasks.Put(k[:], record)
}

// move changes an entry and when it becomes visible.
func (in buckets) move(from key, visible time.Time, e entry) error {
	if err := in.tasks.Delete(from[:]); err != nil {
		return err
	}
	_, err := in.place(visible, e.encode())
	return err
}

// setAside moves a record, which may be one that cannot be read, to the poisoned
// ones.
func (in buckets) setAside(from, record []byte, reason string, at time.Time) error {
	value, err := versioned.Encode(recordVersion, poison{At: at, Reason: reason, Entry: slices.Clone(record)})
	if err != nil {
		return fmt.Errorf("encoding what is set aside: %w", err)
	}
	number, err := in.poisoned.NextSequence()
	if err != nil {
		return err
	}
	if err := in.poisoned.Put(binary.BigEndian.AppendUint64(nil, number), value); err != nil {
		return err
	}
	return in.tasks.Delete(from)
}
