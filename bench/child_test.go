package bench

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"
)

// patience ends a child that hangs.
const patience = 25 * time.Minute

// run is one backfill in a child process.
type run struct {
	usage
	summary
	// azureDevOps and port are what reached the stand-ins.
	traffic
}

// summary is what `adoport backfill -o json` says of itself.
type summary struct {
	Status   string
	Reason   string
	Requests struct{ AzureDevOps, Port sent }
}

type sent struct{ Requests, Retries, Throttled int }

// backfill runs `adoport backfill -o json` on the world. Any exit code but 0
// fails the benchmark: what was measured then is not a backfill.
func (w *world) backfill(tb testing.TB) run {
	tb.Helper()
	r, stderr := w.try(tb)
	if r.Exit != 0 {
		tb.Fatalf("exit code %d, %s: %s\n%s", r.Exit, r.Status, r.Reason, stderr)
	}
	return r
}

// try is backfill with any exit code. Without a summary on standard output the
// run has none.
func (w *world) try(tb testing.TB) (_ run, stderr []byte) {
	tb.Helper()
	before := w.traffic()
	out := child(tb, w.environment(), "backfill", "-o", "json")
	r := run{usage: out.usage, traffic: w.traffic().since(before)}
	if err := json.Unmarshal(out.stdout, &r.summary); err != nil && out.Exit == 0 {
		tb.Fatalf("standard output is not JSON: %v\n%s", err, out.stderr)
	}
	return r, out.stderr
}

type output struct {
	usage
	stdout, stderr []byte
}

// child runs the program with nothing but these environment variables.
func child(tb testing.TB, environment []string, arguments ...string) output {
	tb.Helper()
	binary := program(tb)
	self, err := os.Executable()
	if err != nil {
		tb.Fatal(err)
	}
	file := filepath.Join(tb.TempDir(), "usage.json")
	ctx, cancel := context.WithTimeout(tb.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, self, append([]string{binary}, arguments...)...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) } // measure ends the program
	cmd.Env = append(slices.Clip(environment), measureVariable+"="+file)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		tb.Fatalf("measuring adoport %q: %v\n%s", arguments, err, stderr.Bytes())
	}
	out := output{stdout: stdout.Bytes(), stderr: stderr.Bytes()}
	data, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(data, &out.usage)
	}
	if err != nil {
		tb.Fatalf("reading the usage of adoport %q: %v", arguments, err)
	}
	return out
}

// median returns the middle one of an odd number of runs, by wall time.
func median[T any](runs []T, wall func(T) time.Duration) T { return byWall(runs, wall)[len(runs)/2] }

// byWall sorts runs, the fastest first.
func byWall[T any](runs []T, wall func(T) time.Duration) []T {
	return slices.SortedFunc(slices.Values(runs), func(a, b T) int { return cmp.Compare(wall(a), wall(b)) })
}
