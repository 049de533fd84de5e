package azurite_test

import (
	"io"
	"net/http"
	"os"
	"testing"

	"adoport/shared/simulator/azurite"
)

func TestMain(m *testing.M) { os.Exit(azurite.Main(m)) }

// TestAnswers: every service answers at the endpoint that was found.
func TestAnswers(t *testing.T) {
	t.Parallel()
	s := azurite.Shared(t)
	for name, endpoint := range map[string]string{"blob": s.Blob, "queue": s.Queue, "table": s.Table} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, endpoint+"?comp=list", nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if _, err := io.Copy(io.Discard, response.Body); err != nil {
			t.Error(err)
		}
		response.Body.Close()
		// Nobody is let in without a signature.
		if response.StatusCode < 400 || response.StatusCode >= 500 {
			t.Errorf("%s answers %s, want a refusal", name, response.Status)
		}
	}
}

// TestNotInstalled: the error says what to do.
func TestNotInstalled(t *testing.T) {
	t.Setenv("AZURITE", t.TempDir())
	if _, err := azurite.Start(t.Context()); err == nil {
		t.Fatal("Azurite was started from an empty folder")
	}
}
