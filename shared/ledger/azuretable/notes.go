package azuretable

import (
	"context"
	"fmt"

	"adoport/shared/ingest"
)

// Note returns what was saved last under a name, ErrNotFound if nothing was.
func (l *Ledger) Note(ctx context.Context, name string) ([]byte, error) {
	e, err := l.table.get(ctx, notesPartition, text(name))
	if err != nil {
		return nil, fmt.Errorf("reading note %q: %w", name, err)
	}
	if e == nil {
		return nil, fmt.Errorf("note %q: %w", name, ingest.ErrNotFound)
	}
	return e.appendData([]byte{})
}

// SaveNote saves a value under a name, in place of the one before. A value of
// more than ingest.MaxNote bytes is refused.
func (l *Ledger) SaveNote(ctx context.Context, name string, value []byte) error {
	if err := ingest.CheckNote(name, value); err != nil {
		return err
	}
	e := newEntity(notesPartition, text(name))
	e.setData(value)
	if err := l.table.submit(ctx, replace(e)); err != nil {
		return fmt.Errorf("saving note %q: %w", name, err)
	}
	return nil
}
