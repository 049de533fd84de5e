package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"adoport/cmd/internal/azure"
	"adoport/functions/status"
	"adoport/shared/queue/azurestorage"
	azuredevopssim "adoport/shared/simulator/azuredevops"
	"adoport/shared/simulator/azurite"
	"adoport/shared/simulator/functionshost"
	"adoport/shared/simulator/keyvault"
	portsim "adoport/shared/simulator/port"
	"adoport/shared/simulator/truth"
	"adoport/shared/storageaccount"
)

// deployment is the packaged app in a Functions host, with everything it talks to.
// Its storage is Azurite, which the tests of this package share: they run one
// after the other.
type deployment struct {
	organization *azuredevopssim.Server
	port         *portsim.Server
	vault        *keyvault.Server
	account      storageaccount.Account
	environment  map[string]string
	// middleware is between the app and both services.
	middleware func(http.Handler) http.Handler
	options    functionshost.Options
	host       *functionshost.Host
}

const hookPassword = "hook-password"

// deploy deploys the app. change may change what it is started with.
func deploy(t testing.TB, change func(*deployment)) *deployment {
	t.Helper()
	storage := azurite.Shared(t)
	d := &deployment{middleware: func(h http.Handler) http.Handler { return h }, port: portsim.New(portsim.Options{})}
	must(t, d.clear(t, storage.ConnectionString()))
	port := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { d.middleware(d.port).ServeHTTP(w, r) }))
	t.Cleanup(port.Close)

	vault, err := keyvault.Start(keyvault.Options{})
	must(t, err)
	t.Cleanup(vault.Close)
	d.vault = vault
	vault.Set("azure-devops-app-password", "pat")
	vault.Set("port-client-secret", "secret")
	vault.Set("service-hook-password", hookPassword)
	address := freeAddress(t)
	d.environment = map[string]string{
		"PORT_BASE_URL": port.URL, "PORT_CLIENT_ID": "client",
		"SERVICE_HOOK_URL":  "http://" + address + "/api/servicehooks",
		"BACKFILL_SCHEDULE": "0 0 0 1 1 *", "SUBSCRIPTIONS_SCHEDULE": "0 0 0 1 1 *", // only when a test says so
		// Failed tries come again at once.
		"AzureFunctionsJobHost__extensions__queues__visibilityTimeout": "00:00:00",
	}
	d.options = functionshost.Options{
		Root: packaged, Storage: storage.ConnectionString(), Address: address,
		MaxPollingInterval: 100 * time.Millisecond, MessageVisibility: 10 * time.Second,
	}
	d.serve(t, small())
	if change != nil {
		change(d)
	}
	d.start(t)
	return d
}

// small is an organization in which everything happens soon.
func small() azuredevopssim.Options {
	return azuredevopssim.Options{Projects: 3, RepositoriesPerProject: 5, PipelinesPerProject: 4, WorkItemsPerProject: 250}
}

// serve starts an organization that answers as the options say.
func (d *deployment) serve(t testing.TB, o azuredevopssim.Options) {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	url := "http://" + server.Listener.Addr().String()
	o.LoopbackHooks, o.BaseURL = true, func() string { return url }
	d.organization = azuredevopssim.New(o)
	server.Config.Handler = d.middleware(d.organization)
	server.Start()
	t.Cleanup(server.Close)
	d.environment["AZURE_DEVOPS_ORG_URL"] = url + "/fabrikam"
}

// clear empties the storage account of what an earlier test left.
func (d *deployment) clear(t testing.TB, connection string) (err error) {
	t.Helper()
	if d.account, err = storageaccount.FromConnectionString(connection); err != nil {
		return err
	}
	return emptyAccount(t.Context(), d.account)
}

func (d *deployment) start(t testing.TB) {
	t.Helper()
	environment, err := d.vault.Environment(t.TempDir())
	must(t, err)
	for _, name := range slices.Sorted(maps.Keys(d.environment)) {
		environment = append(environment, name+"="+d.environment[name])
	}
	d.options.Environment = environment
	d.host, err = functionshost.Start(t.Context(), d.options)
	must(t, err)
	t.Cleanup(func() {
		d.host.Close()
		if t.Failed() {
			for _, line := range d.host.Logs() {
				t.Log(line)
			}
		}
	})
	if errs := d.host.FunctionErrors(); len(errs) > 0 || len(d.host.Functions()) != 6 {
		t.Fatalf("functions %q, in error %v", d.host.Functions(), errs)
	}
	must(t, d.host.Ready(t.Context()))
	t.Cleanup(d.organization.StartHooks(t.Context(), azuredevopssim.HookOptions{Scale: 0.01}))
}

// freeAddress is one that nobody listens on now. Its port is below those that
// systems give to clients, so that nobody else gets it before the host has it.
func freeAddress(t testing.TB) string {
	t.Helper()
	for {
		l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", fmt.Sprint("127.0.0.1:", 10_000+rand.IntN(20_000)))
		if err != nil {
			must(t, t.Context().Err())
			continue
		}
		must(t, l.Close())
		return l.Addr().String()
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// tick runs a timer, which must succeed.
func (d *deployment) tick(t testing.TB, function string) {
	t.Helper()
	i, err := d.host.RunTimer(t.Context(), function)
	must(t, err)
	must(t, i.Err)
}

// patience is how long a test waits for what must come: long enough for any
// machine, so that a test that fails here says what was missing.
const patience = 10 * time.Minute

// eventually waits until missing returns "".
func eventually(t testing.TB, missing func() string) {
	t.Helper()
	ctx, cancel := context.WithTimeoutCause(t.Context(), patience, errors.New("it did not come"))
	defer cancel()
	for {
		last := missing()
		if last == "" {
			return
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			t.Fatalf("%v: %s", context.Cause(ctx), last)
		}
	}
}

// follows waits until the catalog is what it should be.
func (d *deployment) follows(t testing.TB) {
	t.Helper()
	eventually(t, func() string { return truth.Difference(d.organization, d.port) })
}

// status asks the app how it is.
func (d *deployment) status(t testing.TB) status.Document {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, d.host.URL()+"/api/status", nil)
	must(t, err)
	request.SetBasicAuth("adoport", hookPassword)
	response, err := http.DefaultClient.Do(request)
	must(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	must(t, err)
	if response.StatusCode != http.StatusOK {
		t.Fatalf("the status is answered %s %s", response.Status, body)
	}
	var document status.Document
	must(t, json.Unmarshal(body, &document))
	return document
}

// runEnds waits until the newest run has ended as complete.
func (d *deployment) runEnds(t testing.TB) status.Run {
	t.Helper()
	var newest status.Run
	eventually(t, func() string {
		runs := d.status(t).Runs
		if len(runs) == 0 {
			return "there is no run"
		}
		if newest = runs[0]; newest.Status == "running" {
			return "the run goes on"
		}
		return ""
	})
	if newest.Status != "complete" {
		t.Fatalf("the run ended: %+v", newest)
	}
	return newest
}

// queue opens one of the app's queues.
func (d *deployment) queue(t testing.TB, name string) *azurestorage.Queue {
	t.Helper()
	q, err := azurestorage.New(d.account, name, azurestorage.Options{})
	must(t, err)
	return q
}

// drained waits until no task waits in either queue.
func (d *deployment) drained(t testing.TB) {
	t.Helper()
	must(t, d.organization.Drain(t.Context()))
	for _, name := range []string{azure.LiveQueue, azure.WalksQueue} {
		q := d.queue(t, name)
		eventually(t, func() string {
			n, err := q.Len(t.Context())
			must(t, err)
			if n > 0 {
				return fmt.Sprintf("%d tasks wait in %s", n, name)
			}
			return ""
		})
	}
}

// tells waits for a line of the log that has all parts: the host reads what the
// handler prints in its own time. It must come once.
func (d *deployment) tells(t testing.TB, parts ...string) {
	t.Helper()
	eventually(t, func() string {
		lines := d.host.Logs()
		found := slices.DeleteFunc(lines, func(line functionshost.Line) bool {
			return slices.ContainsFunc(parts, func(part string) bool { return !strings.Contains(line.String(), part) })
		})
		if len(found) > 1 {
			t.Fatalf("%q is told %d times: %v", parts, len(found), found)
		}
		if len(found) == 0 {
			return fmt.Sprintf("no line has %q", parts)
		}
		return ""
	})
}
