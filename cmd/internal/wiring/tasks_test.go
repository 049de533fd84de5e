package wiring

import (
	"errors"
	"log/slog"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"

	"adoport/shared/ingest"
	ledger "adoport/shared/ledger/memory"
	queue "adoport/shared/queue/memory"
	"adoport/shared/settings"
)

// TestVaultAwayInABackfill: no task spends a try while its secrets cannot be
// read.
func TestVaultAwayInABackfill(t *testing.T) {
	t.Parallel()
	config, err := LoadMapping("")
	if err != nil {
		t.Fatal(err)
	}
	s := settings.Settings{
		AzureDevOpsOrgURL: "http://127.0.0.1:1/fabrikam", PortBaseURL: "http://127.0.0.1:1", BackfillSchedule: "0 0 0 1 1 *", Instance: "default",
	}
	runs := ledger.New()
	v := &vault{failure: errors.New("vault away")}
	a, err := New(Options{
		Settings: s, Version: "test", Config: config, Secrets: NewSecrets(s, v.cached()), Credential: func() (azcore.TokenCredential, error) { return nil, nil },
		Live: queue.New(nil), Walks: queue.New(nil), Ledger: runs, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	run := ingest.Run{ID: "r", Mapping: config.Fingerprint(), Sources: []string{"project"}, Scopes: 1, Status: ingest.Running}
	if err := runs.Create(t.Context(), run); err != nil {
		t.Fatal(err)
	}
	task := ingest.Task{Version: ingest.TaskVersion, Type: ingest.Walk, Run: "r", Source: "project"}
	err = a.Walk(t.Context(), ingest.Delivery{Task: task, Attempt: 1})
	if throttled, ok := errors.AsType[*ingest.ThrottledError](err); !ok || throttled.After != outageDelay {
		t.Errorf("%v, want to wait %s", err, outageDelay)
	}
}
