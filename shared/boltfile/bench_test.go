package boltfile

import (
	"strconv"
	"testing"

	"go.etcd.io/bbolt"
)

// BenchmarkCommit measures what the disk asks of one who is alone: a commit of
// one small change.
func BenchmarkCommit(b *testing.B) {
	f := openTest(b, b.TempDir())
	claimTest(b, f)
	i := 0
	for b.Loop() {
		if err := f.Update(b.Context(), put(strconv.Itoa(i%1_000))); err != nil {
			b.Fatal(err)
		}
		i++
	}
}

// BenchmarkView measures a transaction that reads one key.
func BenchmarkView(b *testing.B) {
	f := openTest(b, b.TempDir())
	claimTest(b, f)
	for b.Loop() {
		if err := f.View(func(tx *bbolt.Tx) error {
			tx.Bucket([]byte("b")).Get([]byte("0"))
			return nil
		}); err != nil {
			b.Fatal(err)
		}
	}
}
