package boltfile

import (
	"errors"
	"fmt"

	berrors "go.etcd.io/bbolt/errors"
)

// ErrClosed means that the file was closed before.
var ErrClosed = errors.New("the data file is closed")

// InUseError means that another process has the data file open. There can be
// only one.
type InUseError struct {
	// Path is the absolute path of the file.
	Path string
}

func (e *InUseError) Error() string {
	return fmt.Sprintf("data file %s is in use by another adoport process: stop that one first, or give this one a directory of its own with ADOPORT_DATA", e.Path)
}

// VersionError means that a part of the data file was written by an adoport
// that keeps it in another way.
type VersionError struct {
	// Path is the absolute path of the file, Bucket the part of it.
	Path, Bucket string
	// Found is the version of the part, Known the one that is known here.
	Found, Known byte
}

func (e *VersionError) Error() string {
	return fmt.Sprintf("%s in data file %s is of version %d, but only version %d is known here: use the release of adoport that wrote it, or a directory without a file with ADOPORT_DATA",
		e.Bucket, e.Path, e.Found, e.Known)
}

// explain says what a person can do about an error of bbolt.Open.
func explain(path string, err error) error {
	switch {
	case errors.Is(err, berrors.ErrTimeout):
		return &InUseError{Path: path}
	case errors.Is(err, berrors.ErrInvalid), errors.Is(err, berrors.ErrChecksum), errors.Is(err, berrors.ErrVersionMismatch):
		return fmt.Errorf("opening data file %s: %w: it is damaged, or not a data file of adoport; move it away to begin with an empty one, and run a backfill", path, err)
	default:
		return fmt.Errorf("opening data file %s: %w", path, err)
	}
}
