// Package bolt is a ledger in the data file of the process: it survives the
// process however it ends.
package bolt

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"adoport/shared/boltfile"
	"adoport/shared/ingest"
	"adoport/shared/ledger/record"
)

// version is that of the bucket.
const version = 1

// Ledger is an ingest.Ledger and ingest.Notes in a data file. It is safe for concurrent use; make
// one with Open.
//
// Whatever a method did is on disk when it returns nil. A fingerprint takes 8
// bytes, so a run over 1,000,000 items takes about 10 MB for each blueprint that
// keeps them. A run that has not ended is kept as it is. Of the ended ones, the
// 20 that ended last are kept with their prunes, and the last 5 with their pages
// too. All methods that need the pages of another one return ErrNotFound: they
// MUST NOT make it look as if the run had seen nothing.
type Ledger struct{ file *boltfile.File }

var (
	_ ingest.Ledger = (*Ledger)(nil)
	_ ingest.Notes  = (*Ledger)(nil)
)

// Open opens the ledger in the file, and makes it if it is not there. It needs
// no closing, but is of no use once the file is closed: all methods return
// boltfile.ErrClosed then. It can be open only once: an error otherwise.
func Open(ctx context.Context, file *boltfile.File) (*Ledger, error) {
	if err := file.Claim(ctx, string(bucketName), version, prepare); err != nil {
		return nil, err
	}
	return &Ledger{file: file}, nil
}

// Create stores a new run. ErrExists if its ID is taken.
func (l *Ledger) Create(ctx context.Context, r ingest.Run) error {
	data, err := record.EncodeRun(r)
	if err != nil {
		return err
	}
	err = l.file.Update(ctx, func(tx *bbolt.Tx) (bool, error) {
		all := runs(tx)
		if all.Bucket(text(r.ID)) != nil {
			return false, ingest.ErrExists
		}
		run, err := all.CreateBucket(text(r.ID))
		if err != nil {
			return false, err
		}
		for _, name := range [][]byte{pagesBucket, scopesBucket, prunesBucket} {
			if _, err := run.CreateBucket(name); err != nil {
				return false, err
			}
		}
		return true, run.Put(runKey, data)
	})
	if err != nil {
		return fmt.Errorf("creating run %q: %w", r.ID, err)
	}
	return nil
}

// Run returns a run, ErrNotFound if there is none or it is too long ago.
func (l *Ledger) Run(ctx context.Context, id string) (ingest.Run, error) {
	var data []byte
	err := l.view(ctx, func(tx *bbolt.Tx) error {
		run, err := findRun(tx, id)
		if err != nil {
			return err
		}
		data = bytes.Clone(run.Get(runKey))
		return nil
	})
	if err != nil {
		return ingest.Run{}, err
	}
	return record.DecodeRun(data)
}

// Runs returns the runs that started last, the last one first, at most limit.
func (l *Ledger) Runs(ctx context.Context, limit int) ([]ingest.Run, error) {
	var records [][]byte
	err := l.view(ctx, func(tx *bbolt.Tx) error {
		all := runs(tx)
		return all.ForEachBucket(func(id []byte) error {
			records = append(records, bytes.Clone(all.Bucket(id).Get(runKey)))
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	list := make([]ingest.Run, len(records))
	for i, data := range records {
		if list[i], err = record.DecodeRun(data); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(list, func(a, b ingest.Run) int {
		return cmp.Or(b.StartedAt.Compare(a.StartedAt), cmp.Compare(b.ID, a.ID))
	})
	return list[:min(max(limit, 0), len(list))], nil
}

// Finish ends a run that is not ended yet and reports whether it did. It drops
// what is too long ago. ErrNotFound if the run is not there.
func (l *Ledger) Finish(ctx context.Context, id string, status ingest.Status, reason string, at time.Time) (bool, error) {
	did := false
	err := l.file.Update(ctx, func(tx *bbolt.Tx) (bool, error) {
		did = false
		run, err := findRun(tx, id)
		if err != nil {
			return false, err
		}
		r, err := record.DecodeRun(run.Get(runKey))
		if err != nil || hasEnded(r.Status) {
			return false, err
		}
		r.Status, r.Reason, r.FinishedAt = status, reason, at
		data, err := record.EncodeRun(r)
		if err != nil {
			return false, err
		}
		did = true
		if err := run.Put(runKey, data); err != nil {
			return false, err
		}
		return true, remember(tx, id)
	})
	if err != nil {
		return false, fmt.Errorf("ending run %q: %w", id, err)
	}
	return did, nil
}

func hasEnded(s ingest.Status) bool {
	return s == ingest.Complete || s == ingest.Incomplete || s == ingest.Failed
}

// view reads the file unless ctx has ended.
func (l *Ledger) view(ctx context.Context, read func(tx *bbolt.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return l.file.View(read)
}
