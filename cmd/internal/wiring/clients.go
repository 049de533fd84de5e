package wiring

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"

	"adoport/shared/azuredevops"
	"adoport/shared/mapping"
	"adoport/shared/port"
	"adoport/shared/settings"
)

// ClientOptions are what clients are made of.
type ClientOptions struct {
	Settings settings.Settings
	Version  string
	Secrets  *Secrets
	// Credential finds the Entra credential for Azure DevOps, where there is no
	// personal access token.
	Credential func() (azcore.TokenCredential, error)
	Logger     *slog.Logger
	// OnWait is told when a service asks to wait; nil is nobody.
	OnWait func(time.Duration)
	// Linger is how long small requests to Port wait for company, 0 for as long as
	// suits live events.
	Linger time.Duration
}

// Clients are those of both sides.
type Clients struct {
	AzureDevOps *azuredevops.Client
	Port        *port.Client
}

// NewClients makes the clients of both sides.
func NewClients(o ClientOptions, config *mapping.Config) (Clients, error) {
	azureDevOps, err := NewAzureDevOps(o)
	if err != nil {
		return Clients{}, err
	}
	client, err := NewPort(o, config)
	if err != nil {
		return Clients{}, err
	}
	return Clients{AzureDevOps: azureDevOps, Port: client}, nil
}

// NewAzureDevOps makes the client of the organization.
func NewAzureDevOps(o ClientOptions) (*azuredevops.Client, error) {
	s := o.Settings
	organization, err := azuredevops.ParseOrganization(s.Organization(), s.AllowHTTP)
	if err != nil {
		return nil, &ConfigError{fmt.Errorf("AZURE_DEVOPS_ORG_URL or AZURE_DEVOPS_ORG_ID: %w", err)}
	}
	client := azuredevops.Options{
		Organization: organization.URL, AllowHTTP: s.AllowHTTP, Version: o.Version, Logger: o.Logger, OnWait: o.OnWait,
		PAT: o.Secrets.azureDevOpsToken(),
	}
	if s.AzureDevOpsToken == "" {
		if client.Credential, err = o.Credential(); err != nil {
			return nil, &ConfigError{fmt.Errorf("AZURE_DEVOPS_APP_PASSWORD is not set, and there is no Entra credential either: %w", err)}
		}
	}
	return azuredevops.New(client)
}

// NewPort makes the client of the catalog.
func NewPort(o ClientOptions, config *mapping.Config) (*port.Client, error) {
	s := o.Settings
	client, err := port.New(port.Options{
		BaseURL: s.PortBaseURL, AllowHTTP: s.AllowHTTP, Version: o.Version, Instance: s.Instance,
		Credentials:          o.Secrets.portCredentials(),
		CreateMissingRelated: config.CreateMissingRelated, Merge: config.Merge, Logger: o.Logger, OnWait: o.OnWait,
		Linger: o.Linger, SearchLinger: o.Linger,
	})
	if err != nil {
		return nil, &ConfigError{err}
	}
	return client, nil
}
