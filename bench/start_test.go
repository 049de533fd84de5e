package bench

import (
	"os"
	"testing"
	"time"
)

// BenchmarkStart measures how soon the program can do anything.
func BenchmarkStart(b *testing.B) {
	var runs []usage
	for range 20 {
		r := child(b, nil, "--version")
		if r.Exit != 0 {
			b.Fatalf("exit code %d\n%s", r.Exit, r.stderr)
		}
		runs = append(runs, r.usage)
	}
	u := median(runs, func(u usage) time.Duration { return u.Wall })
	binary, err := os.Stat(program(b))
	if err != nil {
		b.Fatal(err)
	}
	record(b, "exec to exit of --version (median of 20), ms", "ms", float64(u.Wall.Microseconds())/1000, unlimited)
	record(b, "binary, MB", "binary-MB", megabytes(binary.Size()), unlimited)
}
