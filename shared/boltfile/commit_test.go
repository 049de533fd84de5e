package boltfile

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"sync"
	"testing"

	"go.etcd.io/bbolt"
)

// TestGroup: what waits while a transaction is under way is committed together,
// and one that fails, even halfway, or whose caller left, takes no other with it.
func TestGroup(t *testing.T) {
	t.Parallel()
	f := openTest(t, t.TempDir())
	claimTest(t, f)
	before := commits(t, f)

	begun, goOn := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	update := func(ctx context.Context, want error, apply func(tx *bbolt.Tx) (bool, error)) {
		wg.Go(func() {
			if err := f.Update(ctx, apply); !errors.Is(err, want) {
				t.Errorf("Update = %v; want %v", err, want)
			}
		})
	}
	update(t.Context(), nil, func(tx *bbolt.Tx) (bool, error) {
		close(begun)
		<-goOn
		return put("first")(tx)
	})
	<-begun
	const n = 20
	for i := range n {
		update(t.Context(), nil, put(fmt.Sprint("together-", i)))
	}
	boom := errors.New("boom")
	update(t.Context(), boom, func(tx *bbolt.Tx) (bool, error) {
		if _, err := put("failed")(tx); err != nil {
			return false, err
		}
		return true, boom
	})
	ctx, leave := context.WithCancel(t.Context())
	update(ctx, context.Canceled, put("left"))
	waitPending(f, n+2)
	leave()
	close(goOn)
	wg.Wait()

	if got := commits(t, f) - before; got != 2 {
		t.Errorf("%d commits; want 2", got)
	}
	for i := range n {
		if !has(t, f, fmt.Sprint("together-", i)) {
			t.Errorf("together-%d was not committed", i)
		}
	}
	if has(t, f, "failed") || has(t, f, "left") || !has(t, f, "first") {
		t.Error("what failed or was left is there, or the first is not")
	}
}

// waitPending returns when n operations wait.
func waitPending(f *File, n int) {
	for {
		f.mu.Lock()
		waiting := len(f.pending)
		f.mu.Unlock()
		if waiting >= n {
			return
		}
		runtime.Gosched()
	}
}

// TestBigGroup: more than fits one transaction is committed in several.
func TestBigGroup(t *testing.T) {
	t.Parallel()
	f := openTest(t, t.TempDir())
	claimTest(t, f)
	begun, goOn := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := f.Update(t.Context(), func(*bbolt.Tx) (bool, error) {
			close(begun)
			<-goOn
			return false, nil
		}); err != nil {
			t.Error(err)
		}
	})
	<-begun
	before := commits(t, f)
	const n = maxGroup + 10
	for i := range n {
		wg.Go(func() {
			if err := f.Update(t.Context(), put(strconv.Itoa(i))); err != nil {
				t.Error(err)
			}
		})
	}
	waitPending(f, n)
	close(goOn)
	wg.Wait()
	if got := commits(t, f) - before; got != 2 {
		t.Errorf("%d commits; want 2", got)
	}
	for i := range n {
		if !has(t, f, strconv.Itoa(i)) {
			t.Fatalf("%d was not committed", i)
		}
	}
}

// TestUnchanged: who changes nothing pays nothing.
func TestUnchanged(t *testing.T) {
	t.Parallel()
	f := openTest(t, t.TempDir())
	before := commits(t, f)
	for range 3 {
		if err := f.Update(t.Context(), func(*bbolt.Tx) (bool, error) { return false, nil }); err != nil {
			t.Fatal(err)
		}
	}
	if got := commits(t, f) - before; got != 0 {
		t.Errorf("%d commits; want 0", got)
	}
}

// TestAnswerAfterCommit: Update MUST NOT return before what it did is there.
func TestAnswerAfterCommit(t *testing.T) {
	t.Parallel()
	f := openTest(t, t.TempDir())
	claimTest(t, f)
	var wg sync.WaitGroup
	for worker := range 8 {
		wg.Go(func() {
			for i := range 20 {
				key := fmt.Sprint(worker, "-", i)
				announced := make(chan struct{}, 1)
				err := f.Update(t.Context(), func(tx *bbolt.Tx) (bool, error) {
					tx.OnCommit(func() { announced <- struct{}{} })
					return put(key)(tx)
				})
				if err != nil || !has(t, f, key) || len(announced) != 1 {
					t.Errorf("Update of %s = %v, there: %t, announced: %d", key, err, has(t, f, key), len(announced))
				}
			}
		})
	}
	wg.Wait()
}
