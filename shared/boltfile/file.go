// Package boltfile is the one file in which a process keeps all that must
// outlive it: its queues and its ledger, each in a bucket of its own.
//
// The file is a go.etcd.io/bbolt database. A commit is two fdatasyncs, so
// changes that are asked for side by side are committed together (see Update).
//
// The file never shrinks. What is deleted leaves free pages in it that later
// changes use again, so it is as big as the most that was ever in it at once,
// plus what the transactions since then needed.
//
// The directory MUST be on a local disk: network file systems neither lock nor
// map files as bbolt needs it.
package boltfile

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

const (
	// name of the file in its directory.
	name = "adoport.db"
	// lockTimeout is how long Open waits for another process to let go of the
	// file: a little, for one that is just ending.
	lockTimeout = time.Second
)

// File is an open data file. It is safe for concurrent use; make one with Open.
type File struct {
	path string
	db   *bbolt.DB
	// closing is closed when Close was called, committed when the last
	// transaction has ended after that.
	closing, committed chan struct{}

	mu sync.Mutex
	// asked is signaled when pending or closed changes.
	asked   *sync.Cond
	pending []operation
	closed  bool
	claimed map[string]bool
}

// Open opens the data file in dir, and makes both if they are not there: dir
// for this user only (0700), the file likewise (0600). It returns an
// *InUseError if another process has the file open.
func Open(dir string) (*File, error) {
	return open(dir, &bbolt.Options{
		Timeout:      lockTimeout,
		FreelistType: bbolt.FreelistMapType,
		// The list of free pages is made again at Open. Writing it at every
		// commit costs the more the more was deleted.
		NoFreelistSync: true,
		NoStatistics:   true,
	})
}

func open(dir string, o *bbolt.Options) (*File, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("finding the data directory %s: %w", dir, err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the data directory: %w", err)
	}
	path := filepath.Join(dir, name)
	db, err := bbolt.Open(path, 0o600, o)
	if err != nil {
		return nil, explain(path, err)
	}
	// The file's own name must be as durable as what is in it.
	if err := errors.Join(syncDir(dir), syncDir(filepath.Dir(dir))); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	f := &File{path: path, db: db, closing: make(chan struct{}), committed: make(chan struct{}), claimed: map[string]bool{}}
	f.asked = sync.NewCond(&f.mu)
	go f.commitAll()
	return f, nil
}

// Path returns the absolute path of the file.
func (f *File) Path() string { return f.path }

// Closing returns a channel that is closed as soon as Close is called, for those
// who wait for the file to change.
func (f *File) Closing() <-chan struct{} { return f.closing }

// Close commits what was asked for before it, and closes the file. Whoever asks
// for something later gets ErrClosed. Only the first Close does anything; the
// others wait for it.
func (f *File) Close() error {
	f.mu.Lock()
	first := !f.closed
	f.closed = true
	if first {
		close(f.closing)
	}
	f.asked.Broadcast()
	f.mu.Unlock()
	<-f.committed
	if err := f.db.Close(); err != nil {
		return fmt.Errorf("closing data file %s: %w", f.path, err)
	}
	return nil
}

// View calls read with a transaction that sees what was committed before it,
// and nothing else. read MUST copy what it keeps, and MUST be short: as long as
// it runs the file can neither grow in memory nor use pages again that were
// freed. It MUST NOT call anything of the file.
func (f *File) View(read func(tx *bbolt.Tx) error) error {
	if err := f.db.View(read); !errors.Is(err, berrors.ErrDatabaseNotOpen) {
		return err
	}
	return ErrClosed
}
