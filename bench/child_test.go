package bench

import (
	"bytes"
	"cmp"
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
	before := w.traffic()
	out, r := run{}, child(tb, w.environment(), "backfill", "-o", "json")
	out.usage = r.usage
	if err := json.Unmarshal(r.stdout, &out.summary); err != nil {
		tb.Fatalf("exit code %d, and standard output is not JSON: %v\n%s", r.Exit, err, r.stderr)
	}
	if r.Exit != 0 {
		tb.Fatalf("exit code %d, %s: %s\n%s", r.Exit, out.Status, out.Reason, r.stderr)
	}
	out.traffic = w.traffic().since(before)
	return out
}

type output struct {
	usage
	stdout, stderr []byte
}

// child runs the program with nothing but these environment variables.
func child(tb testing.TB, environment []string, arguments ...string) output {
	tb.Helper()
	binary, self := program(tb), executable(tb)
	file := filepath.Join(tb.TempDir(), "usage.json")
	ctx, cancel := contextWithin(tb, patience)
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

// median returns the middle one of some runs, by wall time.
func median[T any](runs []T, wall func(T) time.Duration) T {
	sorted := slices.SortedFunc(slices.Values(runs), func(a, b T) int { return cmp.Compare(wall(a), wall(b)) })
	return sorted[len(sorted)/2]
}
