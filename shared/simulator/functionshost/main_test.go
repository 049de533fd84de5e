package functionshost

import (
	"os"
	"testing"

	"adoport/shared/simulator/azurite"
)

// TestMain is also the handler that the tests run: the host starts this binary.
func TestMain(m *testing.M) {
	if control := os.Getenv(controlVariable); control != "" {
		os.Exit(runHandler(control))
	}
	os.Exit(azurite.Main(m))
}
