// Package wiring puts the parts together that all programs have: what is behind
// the settings, the clients of both sides, the engine, and the functions. It
// decides nothing, and opens no connection.
package wiring

import (
	"fmt"
	"log/slog"
	"os"
	"slices"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"

	"adoport/functions/backfill"
	"adoport/functions/status"
	"adoport/functions/subscriptions"
	"adoport/shared/defaultcatalog"
	"adoport/shared/ingest"
	"adoport/shared/kind"
	"adoport/shared/mapping"
	"adoport/shared/settings"
)

// ConfigError is a setting or a mapping that a person must change before the
// program can do anything.
type ConfigError struct{ Err error }

func (e *ConfigError) Error() string { return e.Err.Error() }
func (e *ConfigError) Unwrap() error { return e.Err }

// Options of New. All fields are required, but for those that say what they are
// without a value.
type Options struct {
	Settings settings.Settings
	Version  string
	Config   *mapping.Config
	Secrets  *Secrets
	// Credential finds the Entra credential for Azure DevOps, where there is no
	// personal access token.
	Credential func() (azcore.TokenCredential, error)
	// Live and Walks are the two queues, Ledger what remembers runs.
	Live, Walks ingest.Inbox
	Ledger      Ledger
	// TrustLoopback is status.Options.TrustLoopback.
	TrustLoopback bool
	Logger        *slog.Logger
}

// Ledger is the memory of runs, and of what else processes share.
type Ledger interface {
	ingest.Ledger
	ingest.Notes
}

// App is everything that receives, reads and writes, ready to be called by
// whatever hosts it. It is safe for concurrent use.
type App struct {
	o             Options
	clients       Clients
	engine        *ingest.Engine
	kinds         []string
	recorder      *status.Recorder
	subscriptions *subscriptions.Function // nil if SERVICE_HOOK_URL is not set

	// Backfill begins runs.
	Backfill *backfill.Timer
}

// New puts an app together. The error is a *ConfigError if a person must change
// something.
func New(o Options) (*App, error) {
	schedule, err := ParseSchedule("BACKFILL_SCHEDULE", o.Settings.BackfillSchedule)
	if err != nil {
		return nil, err
	}
	a := &App{o: o, kinds: Kinds(o.Config), recorder: status.NewRecorder()}
	if a.clients, err = NewClients(ClientOptions{
		Settings: o.Settings, Version: o.Version, Secrets: o.Secrets, Credential: o.Credential, Logger: o.Logger,
	}, o.Config); err != nil {
		return nil, err
	}
	organization := kind.NewOrganization(a.clients.AzureDevOps)
	sources, err := kind.Sources(o.Config, organization)
	if err != nil {
		return nil, &ConfigError{err}
	}
	a.engine = ingest.New(ingest.Options{
		Projects: organization, Sources: sources, Mapping: o.Config.Fingerprint(),
		Catalog: a.clients.Port, Queue: o.Walks, Ledger: o.Ledger,
		Known: defaultcatalog.Blueprints(), Extend: o.Settings.MappingFile == "",
		PruneMaxPercent: o.Settings.PruneMaxPercent, Logger: o.Logger,
	})
	every := interval(schedule)
	a.Backfill = backfill.New(backfill.Options{
		Plan: a.engine.Plan, Ledger: o.Ledger, Waiting: o.Walks.Len, StuckAfter: max(leastStuck, 2*every),
		Every: every, Sources: len(sources), Logger: o.Logger,
	})
	if o.Settings.ServiceHookURL != "" {
		a.subscriptions = a.newSubscriptions(organization)
	}
	return a, nil
}

// leastStuck is how long a run may always take.
const leastStuck = 12 * time.Hour

// LoadMapping reads the mapping file, or the built-in mapping if there is none.
func LoadMapping(file string) (*mapping.Config, error) {
	if file == "" {
		return mapping.Load(defaultcatalog.MappingName, defaultcatalog.Mapping, kind.Mapping())
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, &ConfigError{fmt.Errorf("reading the mapping: %w", err)}
	}
	config, err := mapping.Load(file, data, kind.Mapping())
	if err != nil {
		return nil, &ConfigError{err}
	}
	return config, nil
}

// Kinds lists the kinds of a mapping, each once.
func Kinds(config *mapping.Config) []string {
	kinds := make([]string, 0, len(config.Resources))
	for _, r := range config.Resources {
		kinds = append(kinds, r.Kind)
	}
	slices.Sort(kinds)
	return slices.Compact(kinds)
}
