// Command adoport keeps a Port catalog equal to an Azure DevOps organization.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
)

// version is set when a release is built.
var version = "dev"

func main() { os.Exit(mainExit()) }

// memoryLimit is what the garbage collector keeps a process to. What a backfill
// holds at once is about half of it, however large the organization is; without a
// limit the collector would let the rest grow to twice that before it works.
const memoryLimit = 112 << 20

// gcPercent lets the collector work less while there is room below the limit.
const gcPercent = 400

func mainExit() int {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
		debug.SetGCPercent(gcPercent) // the limit is what keeps memory small
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return run(ctx, osConsole(), os.Args[1:])
}
