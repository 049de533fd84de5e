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
	return built(tb, buildProgram)
}

// customHandler returns the path of the handler for Azure Functions, built as
// `make package` does.
func customHandler(tb testing.TB) string {
	tb.Helper()
	return built(tb, buildHandler)
}

func built(tb testing.TB, build func() (string, error)) string {
	tb.Helper()
	path, err := build()
	if err != nil {
		tb.Fatal(err)
	}
	return path
}

var (
	buildProgram = building("adoport")
	buildHandler = building("handler")
)

// building builds a command once.
func building(command string) func() (string, error) {
	return sync.OnceValues(func() (string, error) {
		path := filepath.Join(scratch, command)
		cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w", "-o", path, "adoport/cmd/"+command)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			return "", fmt.Errorf("building %s: %w\n%s", command, err, out)
		}
		return path, nil
	})
}
