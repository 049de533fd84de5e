package bench

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// memory returns the resident set size of the program now and at its highest, in
// bytes; 0 where there is no /proc.
func (v *server) memory(tb testing.TB) (now, highest int64) {
	tb.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", v.command.Process.Pid))
	if err != nil {
		return 0, 0
	}
	return kilobytes(string(data), "VmRSS:"), kilobytes(string(data), "VmHWM:")
}

// kilobytes returns the number of a line of /proc/PID/status in bytes. The kernel
// counts in KiB (proc_pid_status(5)).
func kilobytes(status, name string) int64 {
	_, after, _ := strings.Cut(status, name)
	var n int64
	_, _ = fmt.Sscan(after, &n) // 0 if there is no such line
	return n * 1024
}
