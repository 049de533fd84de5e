//go:build unix

package bench

import (
	"os"
	"runtime"
	"syscall"
)

// peak returns the highest resident set size of a process that has exited, in
// bytes. ru_maxrss is in bytes on Apple's systems, in KiB elsewhere (getrusage).
func peak(state *os.ProcessState) int64 {
	u, ok := state.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	if runtime.GOOS == "darwin" || runtime.GOOS == "ios" {
		return u.Maxrss
	}
	return u.Maxrss * 1024
}
