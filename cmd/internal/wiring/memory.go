package wiring

import (
	"os"
	"runtime/debug"
)

const (
	// memoryLimit is what the garbage collector keeps a process to. What a backfill
	// holds at once is about half of it, however large the organization is; without
	// a limit the collector would let the rest grow to twice that before it works.
	memoryLimit = 112 << 20
	// gcPercent lets the collector work less while there is room below the limit.
	gcPercent = 400
)

// LimitMemory keeps this process small, unless GOMEMLIMIT says otherwise.
func LimitMemory() {
	if os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	debug.SetMemoryLimit(memoryLimit)
	debug.SetGCPercent(gcPercent) // the limit is what keeps memory small
}
