package main

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// stage makes folder out hold the files, and nothing else.
func stage(out string, files []file) error {
	if err := clear(out); err != nil {
		return err
	}
	for _, f := range files {
		path := filepath.Join(out, filepath.FromSlash(f.path))
		if err := os.MkdirAll(filepath.Dir(path), executable); err != nil {
			return fmt.Errorf("staging the package: %w", err)
		}
		if err := os.WriteFile(path, f.data, f.mode); err != nil {
			return fmt.Errorf("staging the package: %w", err)
		}
		// WriteFile obeys the umask.
		if err := os.Chmod(path, f.mode); err != nil {
			return fmt.Errorf("staging the package: %w", err)
		}
	}
	return nil
}

// clear removes an earlier package. A folder that is none is left alone.
func clear(out string) error {
	entries, err := os.ReadDir(out)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("looking at the earlier package: %w", err)
	}
	if len(entries) > 0 && !isPackage(out, entries) {
		return fmt.Errorf("%s holds something else than an earlier package; remove it, or choose another folder", out)
	}
	if err := os.RemoveAll(out); err != nil {
		return fmt.Errorf("removing the earlier package: %w", err)
	}
	return nil
}

// isPackage reports whether a folder is an earlier package: it has host.json, and
// no folder but those of functions. A checkout has host.json too.
func isPackage(out string, entries []os.DirEntry) bool {
	if _, err := os.Stat(filepath.Join(out, "host.json")); err != nil {
		return false
	}
	return !slices.ContainsFunc(entries, func(e os.DirEntry) bool {
		if !e.IsDir() {
			return false
		}
		inside, err := os.ReadDir(filepath.Join(out, e.Name()))
		return err != nil || len(inside) != 1 || inside[0].Name() != "function.json"
	})
}

// beginning is the time of every entry: zip knows none before it.
var beginning = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

// archive returns the zip of the files. The entries have Unix modes, without which
// the handler could not be executed.
func archive(files []file) ([]byte, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range files {
		header := &zip.FileHeader{Name: f.path, Method: zip.Deflate, Modified: beginning}
		header.SetMode(f.mode)
		entry, err := w.CreateHeader(header)
		if err != nil {
			return nil, fmt.Errorf("zipping %s: %w", f.path, err)
		}
		if _, err := entry.Write(f.data); err != nil {
			return nil, fmt.Errorf("zipping %s: %w", f.path, err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("zipping: %w", err)
	}
	return b.Bytes(), nil
}
