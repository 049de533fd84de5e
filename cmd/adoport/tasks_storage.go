package main

import (
	"log/slog"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"adoport/cmd/internal/azure"
	"adoport/cmd/internal/doctor"
	"adoport/shared/settings"
	"adoport/shared/transport"
)

// openReadOnly opens the storage account of the settings so that nothing in it can
// be changed: not even a queue is made that is missing, which is told as
// doctor.ErrReadOnly. It asks with the given credential, whatever identity the
// settings are for. The error is a *wiring.ConfigError.
func openReadOnly(s settings.Storage, credential azcore.TokenCredential, log *slog.Logger) (azure.Storage, error) {
	return openStorage(s, credential, policy.ClientOptions{
		Transport: doctor.ReadOnly{HTTP: transport.NewHTTPClient()},
		// A person waits for it.
		Retry: policy.RetryOptions{MaxRetries: 2, RetryDelay: 200 * time.Millisecond, MaxRetryDelay: time.Second, TryTimeout: 8 * time.Second},
	}, log)
}

// openStorage opens the storage account of the settings with the given credential.
func openStorage(s settings.Storage, credential azcore.TokenCredential, client policy.ClientOptions, log *slog.Logger) (azure.Storage, error) {
	return azure.OpenStorage(azure.StorageOptions{
		Settings: s, Client: client, Logger: log,
		Identity: func(string) (azcore.TokenCredential, error) { return credential, nil },
	})
}
