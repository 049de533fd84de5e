package main

import (
	"errors"
	"log/slog"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"adoport/cmd/internal/azure"
	"adoport/cmd/internal/doctor"
	"adoport/cmd/internal/wiring"
	"adoport/shared/ledger/azuretable"
	"adoport/shared/queue/azurestorage"
	"adoport/shared/settings"
	"adoport/shared/storageaccount"
	"adoport/shared/transport"
)

// openReadOnly opens the storage account of the settings so that nothing in it can
// be changed: not even a queue is made that is missing, which is told as
// doctor.ErrReadOnly. It asks with the given credential, whatever identity the
// settings are for. The error is a *wiring.ConfigError.
func openReadOnly(s settings.Storage, credential azcore.TokenCredential, log *slog.Logger) (azure.Storage, error) {
	asCaller := func(string) (azcore.TokenCredential, error) { return credential, nil }
	// It knows all that can be wrong with the settings, and sends nothing.
	if _, err := azure.OpenStorage(s, asCaller, log); err != nil {
		return azure.Storage{}, err
	}
	account, err := account(s, credential)
	if err != nil {
		return azure.Storage{}, &wiring.ConfigError{Err: err}
	}
	client := policy.ClientOptions{
		Transport: doctor.ReadOnly{HTTP: transport.NewHTTPClient()},
		// A person waits for it.
		Retry: policy.RetryOptions{MaxRetries: 2, RetryDelay: 200 * time.Millisecond, MaxRetryDelay: time.Second, TryTimeout: 8 * time.Second},
	}
	var storage azure.Storage
	var errs [3]error
	storage.Live, errs[0] = azurestorage.New(account, azure.LiveQueue, azurestorage.Options{Client: client, Logger: log})
	storage.Walks, errs[1] = azurestorage.New(account, azure.WalksQueue, azurestorage.Options{Client: client, Logger: log})
	storage.Ledger, errs[2] = azuretable.New(account, azure.Table, azuretable.Options{Transport: client.Transport, Retry: client.Retry, Logger: log})
	if err := errors.Join(errs[:]...); err != nil {
		return azure.Storage{}, &wiring.ConfigError{Err: err}
	}
	return storage, nil
}

func account(s settings.Storage, credential azcore.TokenCredential) (storageaccount.Account, error) {
	if s.ConnectionString != "" {
		return storageaccount.FromConnectionString(s.ConnectionString.Reveal())
	}
	return storageaccount.FromIdentity(s.AccountName, s.QueueServiceURI, s.TableServiceURI, credential)
}
