package kind

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"

	"adoport/shared/azuredevops"
	"adoport/shared/ingest"
	simulator "adoport/shared/simulator/azuredevops"
)

// inProcess gives requests to a handler without a network, so that a bubble of
// synctest knows when all wait.
type inProcess struct{ handler http.Handler }

func (p inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	recorder := httptest.NewRecorder()
	p.handler.ServeHTTP(recorder, r)
	return recorder.Result(), nil
}

// TestWalkEndedWhileItWaits: a walk that is stopped while other walks hold all
// slots has given nothing to yield, and MUST NOT say that all is done.
func TestWalkEndedWhileItWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := simulator.New(simulator.Options{Projects: 1, WorkItemsPerProject: 3})
		client, err := azuredevops.New(azuredevops.Options{
			Organization: "http://localhost/fabrikam", HTTP: &http.Client{Transport: inProcess{server}},
			PAT:    func(context.Context) (string, error) { return "pat", nil },
			Logger: slog.New(slog.DiscardHandler),
		})
		if err != nil {
			t.Fatal(err)
		}
		p := server.Projects()[0]
		r := &workItemReader{o: NewOrganization(client), slots: make(chan struct{})} // none is ever free
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() {
			_, err := r.Walk(ctx, ingest.Scope{ProjectID: p.ID, ProjectName: p.Name}, "", nil)
			done <- err
		}()
		synctest.Wait()
		if listed := server.Requests()["POST {project}/_apis/wit/wiql"]; listed != 1 {
			t.Fatalf("%d queries before it waits, want 1", listed)
		}
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want the context's error", err)
		}
	})
}
