package main

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"adoport/cmd/internal/azure"
	"adoport/shared/host/azurefunctions"
	"adoport/shared/ingest"
)

// walksAtOnce is how many pages are walked at once in one process: it bounds the
// memory, however many the host would like to have done.
const walksAtOnce = 16

// server serves the functions, by the names of their folders.
func (a *app) server() *azurefunctions.Server {
	s := azurefunctions.NewServer(a.log)
	s.HTTP("servicehooks", "/api/servicehooks", a.http(func(p parts) http.Handler { return p.hooks }))
	s.HTTP("status", "/api/status", a.http(func(p parts) http.Handler { return p.status }))
	s.Queue(azurefunctions.Queue{
		Function: "refresh", Binding: "task", Name: azure.LiveQueue,
		Mailbox: a.mailbox(func(s azure.Storage) azurefunctions.Mailbox { return s.Live }),
		Handle:  a.handle(func(ctx context.Context, p parts, d ingest.Delivery) error { return p.Refresh(ctx, d) }),
	})
	s.Queue(azurefunctions.Queue{
		Function: "walk", Binding: "task", Name: azure.WalksQueue, Limit: walksAtOnce,
		Mailbox: a.mailbox(func(s azure.Storage) azurefunctions.Mailbox { return s.Walks }),
		Handle:  a.handle(func(ctx context.Context, p parts, d ingest.Delivery) error { return p.Walk(ctx, d) }),
	})
	s.Timer("backfill", a.timer(func(ctx context.Context, p parts) error { return p.Backfill.Tick(ctx) }))
	s.Timer("subscriptions", a.timer(func(ctx context.Context, p parts) error { return p.Look(ctx) }))
	return s
}

// http serves with one of the parts. Without them it answers 503, which makes
// Azure DevOps send an event again, and tells nobody outside why.
func (a *app) http(of func(parts) http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p, err := a.parts()
		if err != nil {
			a.log.LogAttrs(r.Context(), slog.LevelError, "a request is answered 503: the configuration has to be corrected", slog.Any("error", err))
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Retry-After", "60")
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = w.Write([]byte(`{"outcome":"unavailable","reason":"the configuration has to be corrected; the log of the function app says how"}` + "\n"))
			return
		}
		of(p).ServeHTTP(w, r)
	})
}

func (a *app) mailbox(of func(azure.Storage) azurefunctions.Mailbox) func() (azurefunctions.Mailbox, error) {
	return func() (azurefunctions.Mailbox, error) {
		s, err := a.storage()
		if err != nil {
			return nil, err
		}
		return of(s), nil
	}
}

// misconfiguredDelay is how long a task waits for a person to correct the
// configuration.
const misconfiguredDelay = 5 * time.Minute

// handle handles a delivery. A wrong configuration MUST NOT cost tasks their
// tries.
func (a *app) handle(do func(context.Context, parts, ingest.Delivery) error) func(context.Context, ingest.Delivery) error {
	return func(ctx context.Context, d ingest.Delivery) error {
		p, err := a.parts()
		if err != nil {
			a.log.LogAttrs(ctx, slog.LevelError, "a task waits: the configuration has to be corrected", slog.Any("error", err))
			return &ingest.ThrottledError{System: "the configuration", After: misconfiguredDelay}
		}
		return do(ctx, p, d)
	}
}

func (a *app) timer(do func(context.Context, parts) error) func(context.Context) error {
	return func(ctx context.Context) error {
		p, err := a.parts()
		if err != nil {
			return err
		}
		return do(ctx, p)
	}
}
