//go:build !linux

package functionshost

import (
	"os"
	"syscall"
)

// processAttributes are the defaults: only Linux can end a child with its parent.
func processAttributes() *syscall.SysProcAttr { return nil }

// signalOf returns that of SIGKILL: here only the stand-in kills.
func signalOf(*os.ProcessState) int { return 9 }
