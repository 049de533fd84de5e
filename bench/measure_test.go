package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"
)

// measureVariable names the file that the measuring process writes its usage to.
const measureVariable = "ADOPORT_BENCH_MEASURE"

// usage is what one process took.
type usage struct {
	Exit int
	// Wall is from just before exec to just after exit; CPU is that of all
	// threads, user and system.
	Wall, CPU time.Duration
	// Peak is the highest resident set size in bytes, 0 where it is unknown.
	Peak int64
}

// measure runs a program and writes its usage to a file. It is the whole life of
// a small process between the benchmarks and the program: Linux counts the
// memory of the process that forked, up to exec, as the child's own, and the
// benchmarks hold the stand-ins' data.
func measure(file string, command []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	begin := time.Now()
	err := cmd.Run()
	u := usage{Wall: time.Since(begin)}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) || ctx.Err() != nil {
		fmt.Fprintln(os.Stderr, "running the program:", err)
		return 1
	}
	state := cmd.ProcessState
	u.Exit, u.CPU, u.Peak = state.ExitCode(), state.UserTime()+state.SystemTime(), peak(state)
	encoded, err := json.Marshal(u)
	if err == nil {
		err = os.WriteFile(file, encoded, 0o600)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "writing the usage:", err)
		return 1
	}
	return 0
}
