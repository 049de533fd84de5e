package bolt

import (
	"encoding/binary"
	"fmt"

	"go.etcd.io/bbolt"
)

const (
	// keptRuns is how many ended runs are kept, those that ended last.
	keptRuns = 20
	// keptPages is how many of them keep their pages: the one that just ended,
	// for whoever reports on it, and a few more to look back at.
	keptPages = 5
)

// remember notes that a run has ended, and drops the ended runs and the pages
// that are not kept.
func remember(tx *bbolt.Tx, id string) error {
	ended := tx.Bucket(bucketName).Bucket(endedBucket)
	number, err := ended.NextSequence()
	if err != nil {
		return err
	}
	if err := ended.Put(binary.BigEndian.AppendUint64(nil, number), text(id)); err != nil {
		return err
	}
	numbers, keys := lastFirst(ended)
	all := runs(tx)
	for i, run := range keys {
		switch {
		case i >= keptRuns:
			if err := all.DeleteBucket(run); err != nil {
				return fmt.Errorf("dropping run %q: %w", run, err)
			}
			if err := ended.Delete(numbers[i]); err != nil {
				return err
			}
		case i >= keptPages:
			if err := dropPages(all.Bucket(run)); err != nil {
				return fmt.Errorf("dropping the pages of run %q: %w", run, err)
			}
		}
	}
	return nil
}

// lastFirst returns the ended runs, the one that ended last first. Both lists
// are copies.
func lastFirst(ended *bbolt.Bucket) (numbers, runs [][]byte) {
	c := ended.Cursor()
	for number, run := c.Last(); number != nil; number, run = c.Prev() {
		numbers = append(numbers, append([]byte(nil), number...))
		runs = append(runs, append([]byte(nil), run...))
	}
	return numbers, runs
}

// dropPages drops the pages of a run, if they are there.
func dropPages(run *bbolt.Bucket) error {
	for _, name := range [][]byte{pagesBucket, scopesBucket} {
		if run.Bucket(name) == nil {
			continue
		}
		if err := run.DeleteBucket(name); err != nil {
			return err
		}
	}
	return nil
}
