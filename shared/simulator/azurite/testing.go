package azurite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"
)

// Main runs the tests of a package with one Azurite for all of them, which
// Shared returns. It is for TestMain, and returns the exit code.
func Main(m *testing.M) int {
	var err error
	shared, err = Start(context.Background())
	switch {
	case errors.Is(err, ErrNotInstalled):
		missing = err
	case err != nil:
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code := m.Run()
	if shared == nil {
		return code
	}
	if err := shared.Close(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

var (
	shared  *Server
	missing error
)

// Shared returns the Azurite of this package's tests. It skips the test where
// Azurite is not installed, which CI does not let pass.
func Shared(t testing.TB) *Server {
	t.Helper()
	if missing != nil {
		t.Skip(missing)
	}
	if shared == nil {
		t.Fatal("azurite.Main was not called by TestMain")
	}
	return shared
}
