package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"adoport/shared/boltfile"
)

const (
	// NameFolder is the check of the folder of the embedded queues and ledger.
	NameFolder = "data folder"
	// DataFile is the name of the file in it, as boltfile has it.
	DataFile = "adoport.db"
)

// Folder checks whether adoport run can keep its data in a folder. It makes
// neither the folder nor the file.
func Folder(dir string) Check {
	return Check{Name: NameFolder, Ask: func(ctx context.Context) Finding {
		path, err := filepath.Abs(dir)
		if err != nil {
			return failure(ctx, dir, err)
		}
		if _, err := os.Stat(filepath.Join(path, DataFile)); err == nil {
			return openData(path)
		} else if !errors.Is(err, fs.ErrNotExist) {
			return noFolder(path, err)
		}
		if err := tryFolder(path); err != nil {
			return noFolder(path, err)
		}
		return fine("%s has no data yet, and can be written", path)
	}}
}

func openData(path string) Finding {
	file, err := boltfile.Open(path)
	var inUse *boltfile.InUseError
	switch {
	case errors.As(err, &inUse):
		return fine("%s is in use: adoport run is running", path)
	case err != nil:
		return noFolder(path, err)
	}
	if err := file.Close(); err != nil {
		return noFolder(path, err)
	}
	return fine("%s has data, and can be written; adoport run is not running", path)
}

func noFolder(path string, err error) Finding {
	return fail(fmt.Sprintf("%s cannot be used: %v", path, err), "Set ADOPORT_DATA to a folder on a local disk in which this user may write.")
}

// tryFolder writes a file into a folder, or into the nearest one above it that
// exists, and removes it again.
func tryFolder(path string) error {
	for {
		_, err := os.Stat(path)
		switch {
		case err == nil:
			return tryWrite(path)
		case !errors.Is(err, fs.ErrNotExist) || path == filepath.Dir(path):
			return err
		}
		path = filepath.Dir(path)
	}
}

func tryWrite(folder string) error {
	file, err := os.CreateTemp(folder, ".adoport-doctor-*")
	if err != nil {
		return err
	}
	return errors.Join(file.Close(), os.Remove(file.Name()))
}
