package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"adoport/shared/azuredevops"
	"adoport/shared/defaultcatalog"
	"adoport/shared/kind"
	"adoport/shared/mapping"
	"adoport/shared/port"
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

// loadMapping reads the mapping file, or the built-in mapping if there is none.
func loadMapping(file string) (*mapping.Config, error) {
	if file == "" {
		return mapping.Load(defaultcatalog.MappingName, defaultcatalog.Mapping, kind.Mapping())
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, &usageError{fmt.Errorf("reading the mapping: %w", err)}
	}
	config, err := mapping.Load(file, data, kind.Mapping())
	if err != nil {
		return nil, &usageError{err}
	}
	return config, nil
}

// services are the clients of both sides.
type services struct {
	azureDevOps *azuredevops.Client
	port        *port.Client
}

func (s services) requests() requests {
	return requests{AzureDevOps: s.azureDevOps.Stats(), Port: s.port.Stats()}
}

// newAzureDevOps makes the client of the organization.
func newAzureDevOps(s settings.Settings, log *slog.Logger, onWait func(time.Duration)) (*azuredevops.Client, error) {
	organization, err := azuredevops.ParseOrganization(s.Organization(), s.AllowHTTP)
	if err != nil {
		return nil, &usageError{fmt.Errorf("AZURE_DEVOPS_ORG_URL or AZURE_DEVOPS_ORG_ID: %w", err)}
	}
	o := azuredevops.Options{
		Organization: organization.URL, AllowHTTP: s.AllowHTTP, Version: version, Logger: log, OnWait: onWait,
	}
	if token := s.AzureDevOpsToken; token != "" {
		o.PAT = func(context.Context) (string, error) { return token.Reveal(), nil }
	} else if o.Credential, err = entra(); err != nil {
		return nil, &usageError{fmt.Errorf("AZURE_DEVOPS_APP_PASSWORD is not set, and there is no Entra credential either: %w", err)}
	}
	return azuredevops.New(o)
}

// entra finds the credential of whoever runs the command: environment, workload
// or managed identity, az login.
func entra() (azcore.TokenCredential, error) {
	return azidentity.NewDefaultAzureCredential(nil)
}

// newPort makes the client of the catalog. linger is how long small requests wait
// for company.
func newPort(s settings.Settings, config *mapping.Config, log *slog.Logger, onWait func(time.Duration), linger time.Duration) (*port.Client, error) {
	client, err := port.New(port.Options{
		BaseURL: s.PortBaseURL, AllowHTTP: s.AllowHTTP, Version: version, Instance: s.Instance,
		Credentials: func(context.Context) (string, string, error) {
			return s.PortClientID, s.PortClientSecret.Reveal(), nil
		},
		CreateMissingRelated: config.CreateMissingRelated, Merge: config.Merge, Logger: log, OnWait: onWait,
		Linger: linger, SearchLinger: linger,
	})
	if err != nil {
		return nil, &usageError{err}
	}
	return client, nil
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
