package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"adoport/shared/simulator/azurite"
)

// packaged is the folder that `make package` would make.
var packaged string

func TestMain(m *testing.M) { os.Exit(testMain(m)) }

func testMain(m *testing.M) int {
	folder, err := os.MkdirTemp("", "adoport-handler-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(folder)
	binary := filepath.Join(folder, "handler")
	packaged = filepath.Join(folder, "azure")
	for _, command := range []*exec.Cmd{
		exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-o", binary, "adoport/cmd/handler"),
		exec.Command("go", "run", "adoport/infra/pack", "-root", "../..", "-handler", binary, "-out", packaged, "-zip", filepath.Join(folder, "azure.zip")),
	} {
		command.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := command.CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n%s", command, err, out)
			return 1
		}
	}
	return azurite.Main(m)
}
