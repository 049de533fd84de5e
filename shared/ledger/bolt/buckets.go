package bolt

import (
	"fmt"

	"go.etcd.io/bbolt"

	"adoport/shared/ingest"
)

// The ledger's bucket has:
//
//	runs/<run>/run     the run's record
//	runs/<run>/pages   records of pages by page key; not there once dropped
//	runs/<run>/scopes  the ended scopes' keys; its sequence is how many they are
//	runs/<run>/prunes  records of outcomes by blueprint
//	ended              the ended runs' keys by a number, the last one last
//	notes              the values of notes by name, after a version
var (
	bucketName   = []byte("ledger")
	runsBucket   = []byte("runs")
	endedBucket  = []byte("ended")
	notesBucket  = []byte("notes")
	pagesBucket  = []byte("pages")
	scopesBucket = []byte("scopes")
	prunesBucket = []byte("prunes")
	runKey       = []byte("run")
)

// prepare makes what a ledger needs, also in a file of an earlier release.
func prepare(b *bbolt.Bucket) error {
	for _, name := range [][]byte{runsBucket, endedBucket, notesBucket} {
		if _, err := b.CreateBucketIfNotExists(name); err != nil {
			return err
		}
	}
	return nil
}

// runs returns the bucket of all runs. prepare has made it.
func runs(tx *bbolt.Tx) *bbolt.Bucket { return tx.Bucket(bucketName).Bucket(runsBucket) }

// findRun returns the bucket of a run, or ErrNotFound.
func findRun(tx *bbolt.Tx, id string) (*bbolt.Bucket, error) {
	b := runs(tx).Bucket(text(id))
	if b == nil {
		return nil, fmt.Errorf("run %q: %w", id, ingest.ErrNotFound)
	}
	return b, nil
}

// findPages returns the bucket of a run whose pages are there, and that of its
// pages, or ErrNotFound.
func findPages(tx *bbolt.Tx, id string) (run, pages *bbolt.Bucket, _ error) {
	run, err := findRun(tx, id)
	if err != nil {
		return nil, nil, err
	}
	pages = run.Bucket(pagesBucket)
	if pages == nil {
		return nil, nil, fmt.Errorf("pages of run %q, which has ended before others: %w", id, ingest.ErrNotFound)
	}
	return run, pages, nil
}
