package main

import (
	"context"
	"net/http"
	"time"

	"adoport/functions/servicehooks"
	"adoport/functions/status"
	"adoport/shared/basicauth"
	"adoport/shared/transport"
)

// handler routes the HTTP functions, by the same paths as in Azure.
func (p *process) handler() http.Handler {
	credentials := basicauth.Credentials{Username: p.settings.ServiceHookUsername, Passwords: p.passwords}
	mux := http.NewServeMux()
	mux.Handle("/api/servicehooks", servicehooks.New(servicehooks.Options{
		Queue: p.live, Kinds: p.kinds, Username: credentials.Username, Passwords: credentials.Passwords,
		Observe: p.recorder.Observe, Logger: p.log,
	}))
	o := status.Options{
		Version: version, Instance: p.settings.Instance, Organization: p.services.azureDevOps.Organization().URL,
		Credentials: credentials, TrustLoopback: true, Runs: p.ledger.Runs, Report: p.engine.Report,
		Events: p.recorder, Queues: []status.Inbox{{Name: "live", Queue: p.live}, {Name: "backfill", Queue: p.walks}},
		Throttling: p.throttling, Logger: p.log,
	}
	if p.subscriptions != nil {
		o.Subscriptions = p.hookHealth
	}
	mux.Handle("/api/status", status.New(o))
	return mux
}

// passwords are all that service hooks may have now, while they rotate.
func (p *process) passwords() []string {
	all := make([]string, 0, len(p.settings.ServiceHookPasswords))
	for _, s := range p.settings.ServiceHookPasswords {
		all = append(all, s.Reveal())
	}
	return all
}

// hookHealth is what the subscriptions timer saw last.
func (p *process) hookHealth(context.Context) (status.Subscriptions, error) {
	h := p.subscriptions.Last()
	return status.Subscriptions{
		CheckedAt: h.At, Enabled: h.Enabled, Created: h.Created, Repaired: h.Repaired,
		Backfilled: h.Backfilled, Error: h.Error,
	}, nil
}

// throttling lists the services that asked us to wait.
func (p *process) throttling() []status.Throttle {
	var all []status.Throttle
	add := func(system string, stats transport.Stats) {
		if stats.Waiting > 0 {
			all = append(all, status.Throttle{System: system, Until: time.Now().Add(stats.Waiting)})
		}
	}
	add("Azure DevOps", p.services.azureDevOps.Stats())
	add("Port", p.services.port.Stats())
	return all
}
