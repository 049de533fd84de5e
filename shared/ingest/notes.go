package ingest

import (
	"context"
	"fmt"
)

// MaxNote is how many bytes the value of a note may have.
const MaxNote = 32 << 10

// Notes is a small store for what a function found out and another one tells,
// on whichever instance: what the last look at the subscriptions found, what is
// owed. It is not for secrets, and not for what MUST NOT be lost: whoever saves
// last wins. Every method MUST be safe for concurrent use by several processes.
type Notes interface {
	// Note returns what was saved last under a name, ErrNotFound if nothing
	// was. The caller may change it.
	Note(ctx context.Context, name string) ([]byte, error)
	// SaveNote saves a value under a name, in place of the one before. A value
	// of more than MaxNote bytes is refused, and the one before stays.
	SaveNote(ctx context.Context, name string, value []byte) error
}

// CheckNote returns why a value is no note, nil if it is one. It is for those
// who implement Notes.
func CheckNote(name string, value []byte) error {
	if len(value) > MaxNote {
		return fmt.Errorf("saving note %q: it has %d bytes; at most %d are kept", name, len(value), MaxNote)
	}
	return nil
}
