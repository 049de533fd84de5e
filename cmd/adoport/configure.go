package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"adoport/cmd/internal/azure"
	"adoport/cmd/internal/wiring"
	"adoport/shared/settings"
)

// loadSettings reads and checks the settings that a command needs, and tells
// about names that look misspelled.
func (c *console) loadSettings(needs ...settings.Need) (settings.Settings, error) {
	s, err := settings.Load(c.getenv)
	if err := errors.Join(err, s.Require(needs...)); err != nil {
		return s, &usageError{err}
	}
	for _, warning := range settings.Misspelled(c.environ) {
		fmt.Fprintf(c.err, "adoport: warning: %s\n", warning)
	}
	return s, nil
}

// clientOptions are what the clients of a command are made of.
func clientOptions(s settings.Settings, log *slog.Logger) (wiring.ClientOptions, error) {
	secrets, err := azure.NewSecrets(s, entra, log)
	return wiring.ClientOptions{Settings: s, Version: version, Secrets: secrets, Credential: entra, Logger: log}, err
}

// entra finds the credential of whoever runs the command: environment, workload
// or managed identity, az login.
func entra() (azcore.TokenCredential, error) {
	return azidentity.NewDefaultAzureCredential(nil)
}

// quiet is a logger for commands whose output is their answer: it tells only
// what a person must know, unless LOG_LEVEL asks for more.
func (c *console) quiet(s settings.Settings, w io.Writer) *slog.Logger {
	level := s.LogLevel
	if c.getenv("LOG_LEVEL") == "" {
		level = slog.LevelWarn
	}
	return c.logger(w, level, s.LogFormat)
}

// requestsOf are those that clients made so far.
func requestsOf(clients wiring.Clients) requests {
	return requests{AzureDevOps: clients.AzureDevOps.Stats(), Port: clients.Port.Stats()}
}
