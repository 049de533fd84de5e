// Command adoport keeps a Port catalog equal to an Azure DevOps organization.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"adoport/cmd/internal/wiring"
)

// version is set when a release is built.
var version = "dev"

func main() { os.Exit(mainExit()) }

func mainExit() int {
	wiring.LimitMemory()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return run(ctx, osConsole(), os.Args[1:])
}
