package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"

	"adoport/cmd/internal/azure"
	"adoport/cmd/internal/wiring"
	"adoport/shared/settings"
)

// parts are what functions work with.
type parts struct {
	*wiring.App
	hooks, status http.Handler
}

// app makes the parts once, when the first function needs them, and shares them.
// An error is for good: a person must change the configuration, which starts
// another process.
type app struct {
	log     *slog.Logger
	storage func() (azure.Storage, error)
	parts   func() (parts, error)
}

// newApp checks the settings, and tells what is wrong with them at once, so that
// it is in the log before anything else fails.
func newApp(ctx context.Context, s settings.Settings, wrong error, log *slog.Logger) *app {
	wrong = errors.Join(wrong, s.Require(settings.Organization, settings.PortCredentials, settings.HookPassword, settings.AzureStorage))
	if wrong != nil {
		wrong = &wiring.ConfigError{Err: wrong}
		log.LogAttrs(ctx, slog.LevelError, "the configuration has to be corrected; until then events are answered 503 and tasks wait", slog.Any("error", wrong))
	}
	storage := sync.OnceValues(func() (azure.Storage, error) {
		return azure.OpenStorage(azure.StorageOptions{Settings: s.Storage, Identity: azure.Identity, Logger: log})
	})
	return &app{log: log, storage: storage, parts: sync.OnceValues(func() (parts, error) {
		if wrong != nil {
			return parts{}, wrong
		}
		return newParts(s, storage, log)
	})}
}

func newParts(s settings.Settings, open func() (azure.Storage, error), log *slog.Logger) (parts, error) {
	config, err := wiring.LoadMapping(s.MappingFile)
	if err != nil {
		return parts{}, err
	}
	storage, err := open()
	if err != nil {
		return parts{}, err
	}
	identity := func() (azcore.TokenCredential, error) { return azure.Identity(s.IdentityClientID) }
	secrets, err := azure.NewSecrets(s, identity, log)
	if err != nil {
		return parts{}, err
	}
	a, err := wiring.New(wiring.Options{
		Settings: s, Version: version, Config: config, Secrets: secrets, Credential: identity,
		Live: storage.Live, Walks: storage.Walks, Ledger: storage.Ledger, Logger: log,
	})
	if err != nil {
		return parts{}, err
	}
	return parts{App: a, hooks: a.ServiceHooks(), status: a.Status()}, nil
}
