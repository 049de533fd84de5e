package functionshost

import (
	"os"
	"syscall"
)

// processAttributes lets the handler end with this process, even if that is
// killed: a test that is cut off leaves nothing behind.
func processAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}

// signalOf returns the number of the signal that ended a process.
func signalOf(state *os.ProcessState) int {
	if status, ok := state.Sys().(syscall.WaitStatus); ok {
		return int(status.Signal())
	}
	return 0
}
