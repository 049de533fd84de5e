// Package azure opens what programs use in Azure: the queues and the ledger in a
// storage account, and the Key Vault. It opens no connection.
package azure

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"adoport/cmd/internal/wiring"
	"adoport/shared/ledger/azuretable"
	"adoport/shared/queue/azurestorage"
	"adoport/shared/settings"
	"adoport/shared/storageaccount"
)

// The names in the storage account. Those of the queues MUST be those of the
// function.json files, and of infra/modules/storage.bicep.
const (
	LiveQueue  = "adoport-live"
	WalksQueue = "adoport-backfill"
	Table      = "adoport"
)

// Storage is what is kept in the storage account.
type Storage struct {
	Live, Walks *azurestorage.Queue
	Ledger      *azuretable.Ledger
}

// Identity returns the managed identity with a client ID, the system-assigned one
// for "".
func Identity(clientID string) (azcore.TokenCredential, error) {
	o := &azidentity.ManagedIdentityCredentialOptions{}
	if clientID != "" {
		o.ID = azidentity.ClientID(clientID)
	}
	return azidentity.NewManagedIdentityCredential(o)
}

// OpenStorage opens the storage account of the settings. identity returns the
// credential with a client ID, where there is no connection string. The error is
// a *wiring.ConfigError if a person must change something.
func OpenStorage(s settings.Storage, identity func(clientID string) (azcore.TokenCredential, error), log *slog.Logger) (Storage, error) {
	account, err := account(s, identity)
	if err != nil {
		return Storage{}, &wiring.ConfigError{Err: fmt.Errorf("AzureWebJobsStorage: %w", err)}
	}
	var storage Storage
	var errs [3]error
	storage.Live, errs[0] = azurestorage.New(account, LiveQueue, azurestorage.Options{Logger: log})
	storage.Walks, errs[1] = azurestorage.New(account, WalksQueue, azurestorage.Options{Logger: log})
	storage.Ledger, errs[2] = azuretable.New(account, Table, azuretable.Options{Logger: log})
	if err := errors.Join(errs[:]...); err != nil {
		return Storage{}, &wiring.ConfigError{Err: fmt.Errorf("AzureWebJobsStorage: %w", err)}
	}
	return storage, nil
}

// managed is what the Functions host calls a managed identity.
const managed = "managedidentity"

func account(s settings.Storage, identity func(clientID string) (azcore.TokenCredential, error)) (storageaccount.Account, error) {
	if s.ConnectionString != "" {
		return storageaccount.FromConnectionString(s.ConnectionString.Reveal())
	}
	if !s.Known() {
		return storageaccount.Account{}, errors.New("it is not set")
	}
	if s.Credential != "" && !strings.EqualFold(s.Credential, managed) {
		return storageaccount.Account{}, fmt.Errorf("__credential is %q, and must be %s or nothing", s.Credential, managed)
	}
	credential, err := identity(s.ClientID)
	if err != nil {
		return storageaccount.Account{}, fmt.Errorf("there is no identity to open it with: %w", err)
	}
	return storageaccount.FromIdentity(s.AccountName, s.QueueServiceURI, s.TableServiceURI, credential)
}
