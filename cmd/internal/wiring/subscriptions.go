package wiring

import (
	"context"
	"fmt"
	"time"

	"adoport/functions/subscriptions"
	"adoport/shared/ingest"
	"adoport/shared/kind"
	"adoport/shared/servicehook"
	"adoport/shared/servicehook/hooks"
	"adoport/shared/settings"
)

// NewTarget is where events are sent. Of several passwords the first is sent; the
// others are only accepted.
func NewTarget(ctx context.Context, s settings.Settings, secrets *Secrets) (servicehook.Target, error) {
	passwords, err := secrets.HookPasswords(ctx, false)
	if err != nil {
		return servicehook.Target{}, err
	}
	target, err := servicehook.NewTarget(s.ServiceHookURL, s.ServiceHookUsername, passwords[0])
	if err != nil {
		return target, &ConfigError{fmt.Errorf("SERVICE_HOOK_URL: %w", err)}
	}
	return target, nil
}

// newSubscriptions makes the function that looks after the subscriptions.
func (a *App) newSubscriptions(projects *kind.Organization) *subscriptions.Function {
	api := hooks.New(a.clients.AzureDevOps)
	return &subscriptions.Function{
		Reconciler: &reconciler{app: a, api: api, projects: projects},
		Kinds:      a.kinds, Notes: a.o.Ledger, Logger: a.o.Logger,
		FailedSince: func(ctx context.Context, ids []string, since time.Time) (map[string]string, error) {
			failed, err := api.FailedSince(ctx, ids, since)
			newest := map[string]string{}
			for id, n := range failed {
				newest[id] = n.ID
			}
			return newest, err
		},
		Backfill: func(ctx context.Context, kinds []string) error {
			_, err := a.Backfill.Begin(ctx, kinds...)
			return err
		},
	}
}

// reconciler reads the password anew for every look, for it may have been
// rotated.
type reconciler struct {
	app      *App
	api      hooks.API
	projects ingest.Projects
}

// Ensure makes the subscriptions those that are needed.
func (r *reconciler) Ensure(ctx context.Context, request servicehook.Request) (servicehook.Report, error) {
	target, err := NewTarget(ctx, r.app.o.Settings, r.app.o.Secrets)
	if err != nil {
		return servicehook.Report{}, err
	}
	once := servicehook.Reconciler{
		API: r.api, Projects: r.projects, Target: target, Logger: r.app.o.Logger,
	}
	return once.Ensure(ctx, request)
}
