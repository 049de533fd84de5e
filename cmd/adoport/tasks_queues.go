package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"adoport/cmd/internal/azure"
	"adoport/cmd/internal/doctor"
	"adoport/shared/boltfile"
	"adoport/shared/ingest"
	queue "adoport/shared/queue/bolt"
	"adoport/shared/settings"
)

// queueNames are those of the two queues for people.
var queueNames = []string{"live", "backfill"}

// namedQueue is one of them.
type namedQueue struct {
	name string
	inbox
}

// inbox is the part of an ingest.Inbox that the commands need.
type inbox interface {
	Poisoned(ctx context.Context) ([]ingest.Poisoned, error)
	Requeue(ctx context.Context) (int, error)
}

// openedQueues are both queues, wherever they are.
type openedQueues struct {
	all []namedQueue
	// shown is how many tasks Poisoned shows at most, 0 for all.
	shown int
	close func() error
}

// openQueues opens the queues of the settings. Unless change is true nothing in
// them can be changed.
func (c *console) openQueues(ctx context.Context, file string, change bool) (openedQueues, error) {
	with, _, err := c.withSettings(file)
	if err != nil {
		return openedQueues{}, err
	}
	s, err := with.loadSettings()
	if err != nil {
		return openedQueues{}, err
	}
	if s.Storage.Known() {
		return with.openAccount(s, change)
	}
	if file != "" {
		return openedQueues{}, &usageError{s.Require(settings.AzureStorage)}
	}
	return openData(ctx, s.Data)
}

// openAccount opens the queues in the storage account, as whoever runs this.
func (c *console) openAccount(s settings.Settings, change bool) (openedQueues, error) {
	var storage azure.Storage
	credential, err := entra()
	if err != nil {
		return openedQueues{}, err
	}
	log := c.quiet(s, c.err)
	if change {
		storage, err = openStorage(s.Storage, credential, policy.ClientOptions{}, log)
	} else {
		storage, err = openReadOnly(s.Storage, credential, log)
	}
	all := []namedQueue{{queueNames[0], storage.Live}, {queueNames[1], storage.Walks}}
	return openedQueues{all: all, shown: 32, close: func() error { return nil }}, err
}

// openData opens the queues in the data file of adoport run. There is nothing in
// them if there is no file.
func openData(ctx context.Context, folder string) (openedQueues, error) {
	if _, err := os.Stat(filepath.Join(folder, doctor.DataFile)); errors.Is(err, fs.ErrNotExist) {
		return openedQueues{}, &usageError{fmt.Errorf("there is no data in %s: set ADOPORT_DATA to the folder of adoport run, or AzureWebJobsStorage to the storage account of the app", folder)}
	}
	file, err := boltfile.Open(folder)
	if inUse, ok := errors.AsType[*boltfile.InUseError](err); ok {
		return openedQueues{}, fmt.Errorf("%s is in use by adoport run: stop it first; while it runs, GET /api/status shows what is set aside", inUse.Path)
	}
	if err != nil {
		return openedQueues{}, err
	}
	opened := openedQueues{close: file.Close}
	for _, name := range queueNames {
		q, err := queue.Open(ctx, file, name, nil)
		if err != nil {
			return openedQueues{}, errors.Join(err, file.Close())
		}
		opened.all = append(opened.all, namedQueue{name, q})
	}
	return opened, nil
}
