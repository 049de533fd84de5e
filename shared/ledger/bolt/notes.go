package bolt

import (
	"bytes"
	"context"
	"fmt"

	"go.etcd.io/bbolt"

	"adoport/shared/ingest"
	"adoport/shared/ledger/record"
	"adoport/shared/versioned"
)

// Note returns what was saved last under a name, ErrNotFound if nothing was.
func (l *Ledger) Note(ctx context.Context, name string) ([]byte, error) {
	var data []byte
	err := l.view(ctx, func(tx *bbolt.Tx) error {
		data = bytes.Clone(notes(tx).Get(text(name)))
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading note %q: %w", name, err)
	}
	if data == nil {
		return nil, fmt.Errorf("note %q: %w", name, ingest.ErrNotFound)
	}
	value, err := versioned.Body(record.Version, data)
	if err != nil {
		return nil, fmt.Errorf("decoding note %q: %w", name, err)
	}
	return value, nil
}

// SaveNote saves a value under a name, in place of the one before. A value of
// more than ingest.MaxNote bytes is refused.
func (l *Ledger) SaveNote(ctx context.Context, name string, value []byte) error {
	if err := ingest.CheckNote(name, value); err != nil {
		return err
	}
	data := append([]byte{record.Version}, value...)
	err := l.file.Update(ctx, func(tx *bbolt.Tx) (bool, error) {
		return true, notes(tx).Put(text(name), data)
	})
	if err != nil {
		return fmt.Errorf("saving note %q: %w", name, err)
	}
	return nil
}

// notes returns the bucket of all notes. prepare has made it.
func notes(tx *bbolt.Tx) *bbolt.Bucket { return tx.Bucket(bucketName).Bucket(notesBucket) }
