package wiring

import (
	"context"
	"net/http"
	"time"

	"adoport/functions/servicehooks"
	"adoport/functions/status"
	"adoport/functions/subscriptions"
	"adoport/shared/basicauth"
	"adoport/shared/transport"
)

// ServiceHooks is the function that takes events.
func (a *App) ServiceHooks() http.Handler {
	return servicehooks.New(servicehooks.Options{
		Queue: a.o.Live, Kinds: a.kinds, Credentials: a.credentials(), Observe: a.recorder.Observe, Logger: a.o.Logger,
	})
}

// Status is the function that shows how everything is.
func (a *App) Status() http.Handler {
	o := status.Options{
		Version: a.o.Version, Instance: a.o.Settings.Instance, Organization: a.clients.AzureDevOps.Organization().URL,
		Credentials: a.credentials(), TrustLoopback: a.o.TrustLoopback, Runs: a.o.Ledger.Runs, Report: a.engine.Report,
		Events: a.recorder, Queues: a.queues(), Throttling: a.throttling, Logger: a.o.Logger,
	}
	if a.subscriptions != nil {
		o.Subscriptions = a.hookHealth
	}
	return status.New(o)
}

func (a *App) credentials() basicauth.Credentials {
	return basicauth.Credentials{Username: a.o.Settings.ServiceHookUsername, Passwords: a.o.Secrets.HookPasswords}
}

func (a *App) queues() []status.Inbox {
	return []status.Inbox{{Name: "live", Queue: a.o.Live}, {Name: "backfill", Queue: a.o.Walks}}
}

// hookHealth is what the subscriptions timer saw last, in whatever process.
func (a *App) hookHealth(ctx context.Context) (status.Subscriptions, error) {
	h, err := subscriptions.Last(ctx, a.o.Ledger)
	return status.Subscriptions{
		CheckedAt: h.At, Enabled: h.Enabled, Created: h.Created, Repaired: h.Repaired,
		Backfilled: h.Backfilled, Error: h.Error,
	}, err
}

// throttling lists the services that asked this process to wait.
func (a *App) throttling() []status.Throttle {
	var all []status.Throttle
	add := func(system string, stats transport.Stats) {
		if stats.Waiting > 0 {
			all = append(all, status.Throttle{System: system, Until: time.Now().Add(stats.Waiting)})
		}
	}
	add("Azure DevOps", a.clients.AzureDevOps.Stats())
	add("Port", a.clients.Port.Stats())
	return all
}
