package bench

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"go.uber.org/goleak"
)

// full asks for the whole script and for a million work items.
var full = os.Getenv("BENCH_FULL") == "1"

// scratch is where the program is built. TestMain makes and removes it.
var scratch string

func TestMain(m *testing.M) {
	if file := os.Getenv(measureVariable); file != "" {
		os.Exit(measure(file, os.Args[1:]))
	}
	var err error
	if scratch, err = os.MkdirTemp("", "adoport-bench-"); err != nil {
		fmt.Fprintln(os.Stderr, "making a directory for the program:", err)
		os.Exit(1)
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		err := errors.Join(results.write(os.Stdout), os.RemoveAll(scratch))
		if err != nil {
			fmt.Fprintln(os.Stderr, "ending the benchmarks:", err)
			code = 1
		}
		os.Exit(code)
	}))
}

// program returns the path of the command line, which it builds as `make build`
// does when it is first called.
func program(tb testing.TB) string {
	tb.Helper()
	path, err := build()
	if err != nil {
		tb.Fatal(err)
	}
	return path
}

var build = sync.OnceValues(func() (string, error) {
	path := filepath.Join(scratch, "adoport")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", path, "adoport/cmd/adoport")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building the program: %w\n%s", err, out)
	}
	return path, nil
})
