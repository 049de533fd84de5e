package boltfile

import (
	"context"
	"fmt"

	"go.etcd.io/bbolt"
)

// versionKey is where a bucket has its version.
var versionKey = []byte("version")

// Claim makes a bucket of the file the caller's: nobody else in this process can
// claim it, and no other process has the file. It makes the bucket if it is not
// there and keeps under "version" in which way the caller writes it; prepare
// then makes it ready, in the same transaction. An existing bucket of another
// version is refused with a *VersionError and not touched.
func (f *File) Claim(ctx context.Context, bucket string, version byte, prepare func(b *bbolt.Bucket) error) error {
	if err := f.reserve(bucket); err != nil {
		return err
	}
	err := f.Update(ctx, func(tx *bbolt.Tx) (bool, error) {
		b, err := f.versioned(tx, bucket, version)
		if err != nil {
			return false, err
		}
		return true, prepare(b)
	})
	if err != nil {
		f.release(bucket)
		return fmt.Errorf("opening %s: %w", bucket, err)
	}
	return nil
}

// versioned returns the bucket of that version, which it makes if there is none.
func (f *File) versioned(tx *bbolt.Tx, bucket string, version byte) (*bbolt.Bucket, error) {
	if b := tx.Bucket([]byte(bucket)); b != nil {
		var found byte
		if v := b.Get(versionKey); len(v) == 1 {
			found = v[0]
		}
		if found != version {
			return nil, &VersionError{Path: f.path, Bucket: bucket, Found: found, Known: version}
		}
		return b, nil
	}
	b, err := tx.CreateBucket([]byte(bucket))
	if err != nil {
		return nil, err
	}
	return b, b.Put(versionKey, []byte{version})
}

func (f *File) reserve(bucket string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.claimed[bucket] {
		return fmt.Errorf("opening %s: it is open in this process already", bucket)
	}
	f.claimed[bucket] = true
	return nil
}

func (f *File) release(bucket string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.claimed, bucket)
}
