package main

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/data/aztables"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azqueue/v2"

	"adoport/cmd/internal/azure"
	"adoport/cmd/internal/doctor"
	"adoport/shared/ingest"
	"adoport/shared/settings"
	azuredevopssim "adoport/shared/simulator/azuredevops"
	"adoport/shared/simulator/azurite"
)

const (
	liveStorage  = "storage: queue adoport-live"
	walksStorage = "storage: queue adoport-backfill"
	tableStorage = "storage: table adoport"
)

// emptyAccount returns the connection string of an account without our queues
// and our table, and removes them at the end.
func emptyAccount(t *testing.T) string {
	t.Helper()
	account := azurite.Shared(t).ConnectionString()
	queues, err := azqueue.NewServiceClientFromConnectionString(account, nil)
	must(t, err)
	tables, err := aztables.NewServiceClientFromConnectionString(account, nil)
	must(t, err)
	t.Cleanup(func() {
		ctx := context.WithoutCancel(t.Context())
		for _, name := range []string{azure.LiveQueue, azure.WalksQueue} {
			_, _ = queues.DeleteQueue(ctx, name, nil) // it may not be there
			_, _ = queues.DeleteQueue(ctx, name+"-poison", nil)
		}
		_, _ = tables.DeleteTable(ctx, azure.Table, nil)
	})
	return account
}

// TestStorage shares the one account with no other test.
func TestStorage(t *testing.T) {
	account := emptyAccount(t)
	w := hiddenWorld(t, azuredevopssim.Options{Projects: 1})
	w.set("AzureWebJobsStorage", account)
	for range 2 { // the first look makes nothing
		d := w.diagnose(t, exitDone)
		for _, name := range []string{liveStorage, walksStorage, tableStorage} {
			d.expect(t, name, doctor.Warning, "it does not exist yet")
		}
		w.run(t, "tasks", "list").expect(t, exitDone, "Nothing is set aside.")
	}

	nobody := func(string) (azcore.TokenCredential, error) { return nil, nil }
	storage, err := azure.OpenStorage(azure.StorageOptions{
		Settings: settings.Storage{ConnectionString: settings.Secret(account)}, Identity: nobody, Logger: slog.New(slog.DiscardHandler),
	})
	must(t, err)
	must(t, storage.Ledger.Create(t.Context(), ingest.Run{ID: "r", StartedAt: time.Now(), Status: ingest.Running}))
	setTasksAside(t, storage.Live, storage.Walks)
	d := w.diagnose(t, exitDone)
	d.expect(t, liveStorage, doctor.Warning, "1 task set aside because they failed too often, 1 waiting", "adoport tasks list", "adoport tasks requeue")
	d.expect(t, walksStorage, doctor.Warning, "1 task set aside", "0 waiting")
	d.expect(t, tableStorage, doctor.OK, "the last backfill is running")
	listAndRequeue(t, w)
	d = w.diagnose(t, exitDone)
	d.expect(t, liveStorage, doctor.OK, "2 tasks waiting, none set aside")

	// A settings file of a deployed app says the same.
	w.set("AzureWebJobsStorage", "")
	file := write(t, "settings.json", `[{"name": "AzureWebJobsStorage", "value": "`+account+`"}, {"name": "PORT_CLIENT_IDD", "value": "x"}]`)
	d = w.diagnose(t, exitDone, "--settings", file)
	d.expect(t, liveStorage, doctor.OK, "2 tasks waiting")
	d.expect(t, doctor.NameSettings, doctor.Warning, "PORT_CLIENT_IDD is not a setting")
	w.run(t, "tasks", "list", "--settings", file).expect(t, exitDone, "Nothing is set aside.")
	w.run(t, "tasks", "requeue", "--settings", file, "-o", "json").expect(t, exitDone, `"requeued": 0`)
}

func TestDoctorStorageClosed(t *testing.T) {
	t.Parallel()
	w := hiddenWorld(t, azuredevopssim.Options{Projects: 1})
	w.set("AzureWebJobsStorage", "AccountName=a;AccountKey="+hiddenKey+";QueueEndpoint="+nobody+"/a;TableEndpoint="+nobody+"/a;")
	d := w.diagnose(t, exitFailed)
	d.only(t, doctor.Failed, liveStorage, walksStorage, tableStorage)
	for _, name := range []string{liveStorage, walksStorage, tableStorage} {
		d.expect(t, name, doctor.Failed, "connection refused", "AzureWebJobsStorage")
	}
	w.run(t, "tasks", "list").expect(t, exitFailed, "the live queue", "connection refused")
	w.set("AzureWebJobsStorage", "s3cret")
	w.diagnose(t, exitFailed).expect(t, doctor.NameStorage, doctor.Failed, "AzureWebJobsStorage", "copy it again")
	w.run(t, "tasks", "requeue").expect(t, exitUsage, "copy it again")
}

// TestDoctorStorageKey has a key that the account does not accept.
func TestDoctorStorageKey(t *testing.T) {
	account := strings.Replace(azurite.Shared(t).ConnectionString(), "AccountKey=E", "AccountKey=F", 1)
	w := hiddenWorld(t, azuredevopssim.Options{Projects: 1})
	w.set("AzureWebJobsStorage", account)
	d := w.diagnose(t, exitFailed)
	d.expect(t, liveStorage, doctor.Failed, "403")
	d.expect(t, tableStorage, doctor.Failed, "403")
}
