package main

import (
	"fmt"
	"os"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"go.uber.org/goleak"

	"adoport/shared/simulator/azurite"
)

func TestMain(m *testing.M) {
	testscript.Main(leakChecked{m}, map[string]func(){
		"adoport": func() { os.Exit(mainExit()) },
	})
}

// leakChecked runs tests with an Azurite for those that want one, and fails if
// they leave goroutines behind.
type leakChecked struct{ *testing.M }

func (m leakChecked) Run() int {
	code := azurite.Main(m.M)
	if code == 0 {
		if err := goleak.Find(goleak.IgnoreTopFunction("net/http.(*persistConn).readLoop"), goleak.IgnoreTopFunction("net/http.(*persistConn).writeLoop")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	return code
}

// TestScripts runs the command line as a user does, against an organization and
// a catalog of its own for each script.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			w := newWorld(env.T().(testing.TB), hooked(small))
			for name, value := range w.environment {
				env.Setenv(name, value)
			}
			for name, value := range map[string]string{
				"PROJECT":  w.azureDevOps.Projects()[0].ID,
				"PIPELINE": strconv.Itoa(w.azureDevOps.Pipelines()[0].ID),
			} {
				env.Setenv(name, value)
			}
			return nil
		},
	})
}
