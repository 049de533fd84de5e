package boltfile

import (
	"context"
	"fmt"
	"slices"

	"go.etcd.io/bbolt"
)

// maxGroup is how many operations are committed together at most, so that a
// transaction stays small.
const maxGroup = 1_000

// operation is one change that waits to be committed.
type operation struct {
	ctx   context.Context
	apply func(tx *bbolt.Tx) (changed bool, err error)
	// outcome has room for the one value that it gets.
	outcome chan error
}

// Update changes the file: when it returns nil, what apply did is on disk. What
// is asked for while a transaction is being committed goes into the next one
// together, so the more callers wait, the less each pays for the disk. Nothing
// waits for company: alone, a change is committed at once.
//
// apply runs in a transaction that others share. It reports whether it changed
// anything; if nobody did, nothing is written. When it returns an error, what it
// did is undone and Update returns that error. It may be called again after it
// succeeded, when another one's had to be undone: it MUST set its results anew
// every time, and MUST NOT change what it was given. It MUST be short, and MUST
// NOT call anything of the file. What must happen after the commit belongs into
// tx.OnCommit.
//
// Update returns ctx's error when ctx ends first. Then it is unknown whether the
// change will be committed, and the results of apply MUST NOT be looked at.
func (f *File) Update(ctx context.Context, apply func(tx *bbolt.Tx) (changed bool, err error)) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	o := operation{ctx: ctx, apply: apply, outcome: make(chan error, 1)}
	if err := f.ask(o); err != nil {
		return err
	}
	select {
	case err := <-o.outcome:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// ask puts an operation into the next transaction.
func (f *File) ask(o operation) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return ErrClosed
	}
	f.pending = append(f.pending, o)
	f.asked.Signal()
	return nil
}

// commitAll commits what is asked for until the file is closed and nothing is
// left.
func (f *File) commitAll() {
	defer close(f.committed)
	for {
		group := f.next()
		if len(group) == 0 {
			return
		}
		f.commit(group)
	}
}

// next waits for operations and returns those that waited, or none when the file
// was closed.
func (f *File) next() []operation {
	f.mu.Lock()
	defer f.mu.Unlock()
	for len(f.pending) == 0 && !f.closed {
		f.asked.Wait()
	}
	group := f.pending
	f.pending = nil
	if len(group) > maxGroup {
		group, f.pending = slices.Clone(group[:maxGroup]), group[maxGroup:]
	}
	return group
}

// commit commits operations together and tells each its outcome. One that fails,
// or that nobody waits for anymore, does not keep the others from being
// committed.
func (f *File) commit(group []operation) {
	for len(group) > 0 {
		failed, err := f.try(group)
		if failed < 0 {
			for _, o := range group {
				o.outcome <- err
			}
			return
		}
		group[failed].outcome <- err
		group = slices.Delete(group, failed, failed+1)
	}
}

// try commits all operations, or none. It returns which one it failed at, -1 if
// it was none of them: then the error, or nil, is everyone's.
func (f *File) try(group []operation) (failed int, err error) {
	tx, err := f.db.Begin(true)
	if err != nil {
		return -1, fmt.Errorf("beginning a transaction in %s: %w", f.path, err)
	}
	any := false
	for i, o := range group {
		changed, err := false, o.ctx.Err()
		if err == nil {
			changed, err = o.apply(tx)
		}
		if err != nil {
			return i, f.rollback(tx, err)
		}
		any = any || changed
	}
	if !any {
		return -1, f.rollback(tx, nil)
	}
	if err := tx.Commit(); err != nil {
		return -1, fmt.Errorf("committing to %s: %w", f.path, err)
	}
	return -1, nil
}

// rollback undoes a transaction because of an error, or nil.
func (f *File) rollback(tx *bbolt.Tx, because error) error {
	if err := tx.Rollback(); err != nil {
		return fmt.Errorf("rolling back in %s: %w", f.path, err)
	}
	return because
}
