package azuretable

import (
	"os"
	"testing"

	"adoport/shared/ledger/ledgertest"
	"adoport/shared/simulator/azurite"
)

func TestMain(m *testing.M) { os.Exit(azurite.Main(m)) }

func TestConformance(t *testing.T) {
	t.Parallel()
	ledgertest.Run(t, func(t *testing.T) ledgertest.Ledger { return open(t, newName(), Options{}) })
}
