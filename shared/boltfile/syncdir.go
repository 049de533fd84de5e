package boltfile

import (
	"errors"
	"fmt"
	"os"
	"runtime"
)

// syncDir makes the names in a directory durable. Windows has no such thing and
// needs none.
func syncDir(dir string) (err error) {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if errors.Is(err, os.ErrPermission) {
		return nil // A directory that we may not read is not one that we made.
	}
	if err != nil {
		return fmt.Errorf("syncing directory: %w", err)
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if err := d.Sync(); err != nil {
		return fmt.Errorf("syncing directory: %w", err)
	}
	return nil
}
