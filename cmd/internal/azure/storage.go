// Package azure opens what programs use in Azure: the queues and the ledger in a
// storage account, and the Key Vault. It opens no connection.
package azure

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
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

// StorageOptions say how a storage account is opened.
type StorageOptions struct {
	Settings settings.Storage
	// Identity returns the credential with a client ID, where there is no connection
	// string.
	Identity func(clientID string) (azcore.TokenCredential, error)
	// Client replaces the transport and the retries; the zero value suits functions.
	Client policy.ClientOptions
	Logger *slog.Logger
}

// OpenStorage opens the storage account of the settings. The error is a
// *wiring.ConfigError: a person must change something.
func OpenStorage(o StorageOptions) (Storage, error) {
	account, err := account(o.Settings, o.Identity)
	if err != nil {
		return Storage{}, &wiring.ConfigError{Err: fmt.Errorf("AzureWebJobsStorage: %w", err)}
	}
	queue := azurestorage.Options{Client: o.Client, Logger: o.Logger}
	var storage Storage
	var errs [3]error
	storage.Live, errs[0] = azurestorage.New(account, LiveQueue, queue)
	storage.Walks, errs[1] = azurestorage.New(account, WalksQueue, queue)
	storage.Ledger, errs[2] = azuretable.New(account, Table, azuretable.Options{Transport: o.Client.Transport, Retry: o.Client.Retry, Logger: o.Logger})
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
