package memory

import (
	"context"
	"fmt"
	"slices"

	"adoport/shared/ingest"
)

// Note returns what was saved last under a name, ErrNotFound if nothing was.
func (l *Ledger) Note(ctx context.Context, name string) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	l.mu.RLock()
	defer l.mu.RUnlock()
	value, ok := l.notes[name]
	if !ok {
		return nil, fmt.Errorf("note %q: %w", name, ingest.ErrNotFound)
	}
	return slices.Clone(value), nil
}

// SaveNote saves a value under a name, in place of the one before. A value of
// more than ingest.MaxNote bytes is refused.
func (l *Ledger) SaveNote(ctx context.Context, name string, value []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := ingest.CheckNote(name, value); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.notes[name] = slices.Clone(value)
	return nil
}
