package boltfile

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

func openTest(tb testing.TB, dir string) *File {
	tb.Helper()
	f, err := Open(dir)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { closeTest(tb, f) })
	return f
}

func closeTest(tb testing.TB, f *File) {
	tb.Helper()
	if err := f.Close(); err != nil {
		tb.Error(err)
	}
}

// claimTest claims the bucket "b".
func claimTest(tb testing.TB, f *File) {
	tb.Helper()
	if err := f.Claim(tb.Context(), "b", 1, func(*bbolt.Bucket) error { return nil }); err != nil {
		tb.Fatal(err)
	}
}

// put is an operation that puts a key into "b".
func put(key string) func(tx *bbolt.Tx) (bool, error) {
	return func(tx *bbolt.Tx) (bool, error) {
		return true, tx.Bucket([]byte("b")).Put([]byte(key), []byte(key))
	}
}

// has reports whether "b" has the key.
func has(t *testing.T, f *File, key string) (found bool) {
	t.Helper()
	err := f.View(func(tx *bbolt.Tx) error {
		found = tx.Bucket([]byte("b")).Get([]byte(key)) != nil
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// commits returns how many transactions were committed.
func commits(tb testing.TB, f *File) (n int) {
	tb.Helper()
	err := f.View(func(tx *bbolt.Tx) error {
		n = tx.ID()
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return n
}

func TestPermissions(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such permissions")
	}
	dir := filepath.Join(t.TempDir(), "a", "b")
	f := openTest(t, dir)
	if want := filepath.Join(dir, name); f.Path() != want {
		t.Errorf("Path = %s; want %s", f.Path(), want)
	}
	for path, want := range map[string]os.FileMode{f.Path(): 0o600, dir: 0o700, filepath.Dir(dir): 0o700} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %o; want %o", path, got, want)
		}
	}
}

// TestOpenFails: what a person can do something about says so.
func TestOpenFails(t *testing.T) {
	t.Parallel()
	garbage := t.TempDir()
	if err := os.WriteFile(filepath.Join(garbage, name), []byte(strings.Repeat("not a database", 2_000)), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Open(garbage)
	if !errors.Is(err, berrors.ErrInvalid) || !strings.Contains(err.Error(), filepath.Join(garbage, name)) || !strings.Contains(err.Error(), "move it away") {
		t.Errorf("Open of garbage = %v", err)
	}
	file := filepath.Join(garbage, name)
	if _, err := Open(file); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("Open of a file as directory = %v; want an error that names it", err)
	}
}

func TestInUse(t *testing.T) {
	t.Parallel()
	f := openTest(t, t.TempDir())
	_, err := Open(filepath.Dir(f.Path()))
	var inUse *InUseError
	if !errors.As(err, &inUse) || inUse.Path != f.Path() {
		t.Fatalf("second Open = %v; want an InUseError of %s", err, f.Path())
	}
	for _, part := range []string{f.Path(), "another adoport process", "ADOPORT_DATA"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the message does not say %q: %v", part, err)
		}
	}
	closeTest(t, f)
	openTest(t, filepath.Dir(f.Path()))
}

func TestClaim(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f := openTest(t, dir)
	nothing := func(*bbolt.Bucket) error { return nil }
	boom := errors.New("boom")
	if err := f.Claim(t.Context(), "b", 1, func(*bbolt.Bucket) error { return boom }); !errors.Is(err, boom) {
		t.Errorf("Claim = %v; want the error of prepare", err)
	}
	claimTest(t, f) // What failed is not claimed.
	if err := f.Claim(t.Context(), "b", 1, nothing); err == nil || !strings.Contains(err.Error(), "opening b") {
		t.Errorf("second Claim = %v; want an error that names the bucket", err)
	}
	closeTest(t, f)

	f = openTest(t, dir)
	touched := false
	err := f.Claim(t.Context(), "b", 2, func(*bbolt.Bucket) error {
		touched = true
		return nil
	})
	var version *VersionError
	if !errors.As(err, &version) || *version != (VersionError{Path: f.Path(), Bucket: "b", Found: 1, Known: 2}) || touched {
		t.Errorf("Claim of another version = %v, touched %t; want a VersionError and nothing touched", err, touched)
	}
	claimTest(t, f)
}

// TestFull: when the disk takes no more, whoever asks is told, and what was
// there is there; it goes on once there is room.
func TestFull(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f, err := open(dir, &bbolt.Options{PageSize: 4 << 10, MaxSize: 256 << 10, NoFreelistSync: true, FreelistType: bbolt.FreelistMapType})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeTest(t, f) })
	claimTest(t, f)
	// Four of a page, and some room. bbolt keeps four in one node whatever their
	// size, and a node of two pages needs two free ones side by side: whether there
	// are depends on which free pages were used before, which is random.
	big := func(key string) func(tx *bbolt.Tx) (bool, error) {
		return func(tx *bbolt.Tx) (bool, error) {
			return true, tx.Bucket([]byte("b")).Put([]byte(key), make([]byte, 900))
		}
	}
	stored := 0
	for err == nil && stored < 1_000 {
		if err = f.Update(t.Context(), big(strconv.Itoa(stored))); err == nil {
			stored++
		}
	}
	if !errors.Is(err, berrors.ErrMaxSizeReached) || stored == 0 {
		t.Fatalf("%d were stored, then %v; want some, then an error", stored, err)
	}
	for i := range stored + 1 {
		if got := has(t, f, strconv.Itoa(i)); got != (i < stored) {
			t.Errorf("%d is there: %t; want what was stored and no more", i, got)
		}
	}
	if err := f.Update(t.Context(), func(tx *bbolt.Tx) (bool, error) {
		return true, tx.Bucket([]byte("b")).Delete([]byte("0"))
	}); err != nil {
		t.Errorf("Update that makes room = %v", err)
	}
	if err := f.Update(t.Context(), big("0")); err != nil {
		t.Errorf("Update of what fits again = %v", err)
	}
}

func TestClose(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f := openTest(t, dir)
	claimTest(t, f)
	var wg sync.WaitGroup
	var mu sync.Mutex
	done := map[string]bool{}
	for i := range 50 {
		wg.Go(func() {
			key := strconv.Itoa(i)
			switch err := f.Update(t.Context(), put(key)); {
			case err == nil:
				mu.Lock()
				defer mu.Unlock()
				done[key] = true
			case !errors.Is(err, ErrClosed):
				t.Errorf("Update = %v; want nil or ErrClosed", err)
			}
		})
	}
	for range 3 {
		wg.Go(func() { closeTest(t, f) })
	}
	wg.Wait()
	<-f.Closing()
	if err := f.Update(t.Context(), put("late")); !errors.Is(err, ErrClosed) {
		t.Errorf("Update = %v; want ErrClosed", err)
	}
	if err := f.View(func(*bbolt.Tx) error { return nil }); !errors.Is(err, ErrClosed) {
		t.Errorf("View = %v; want ErrClosed", err)
	}
	f = openTest(t, dir)
	claimTest(t, f)
	for i := range 50 {
		if key := strconv.Itoa(i); has(t, f, key) != done[key] {
			t.Errorf("%s is there: %t; want %t", key, has(t, f, key), done[key])
		}
	}
}
