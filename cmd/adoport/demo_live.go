package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"time"

	"adoport/functions/subscriptions"
	"adoport/shared/settings"
	azuredevopssim "adoport/shared/simulator/azuredevops"
)

// follow runs the whole process on the stand-ins, makes changes, and shows how
// long the catalog takes to follow each.
func (d *demo) follow(ctx context.Context) (err error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listening on the loopback interface: %w", err)
	}
	data, err := os.MkdirTemp("", "adoport-demo-")
	if err != nil {
		return fmt.Errorf("making a folder for the queues: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(data)) }()
	environment := d.environment()
	environment["ADOPORT_DATA"] = data
	environment["SERVICE_HOOK_URL"] = "http://" + listener.Addr().String() + "/api/servicehooks"
	environment["SERVICE_HOOK_PASSWORD"] = "demo-password"
	s, err := settings.Load(func(name string) string { return environment[name] })
	if err != nil {
		return err
	}
	s.LogLevel = slog.LevelWarn
	p, err := d.console.newProcess(ctx, s)
	if err != nil {
		return err
	}
	defer p.close()
	ctx, stop := context.WithCancel(ctx)
	defer d.azureDevOps.StartHooks(ctx, azuredevopssim.HookOptions{})()
	ended := make(chan error, 1)
	go func() { ended <- p.run(ctx, listener, false) }()
	defer func() {
		stop()
		err = errors.Join(err, <-ended)
	}()
	if err := d.awaitSubscriptions(ctx, p); err != nil {
		return err
	}
	return d.watchChanges(ctx)
}

// awaitSubscriptions waits until the process has subscribed, and shows to what.
func (d *demo) awaitSubscriptions(ctx context.Context, p *process) error {
	var health subscriptions.Health
	var read error
	err := until(ctx, func() bool {
		health, read = subscriptions.Last(ctx, p.ledger)
		return read != nil || !health.At.IsZero()
	})
	if err != nil {
		return fmt.Errorf("waiting for the subscriptions: %w", err)
	}
	if read != nil {
		return read
	}
	if health.Error != "" {
		return errors.New(health.Error)
	}
	d.console.printf("   %d service hook subscriptions were created, each for the whole organization\n\n", health.Created)
	return nil
}

// watchChanges makes one change after the other and waits for the catalog.
func (d *demo) watchChanges(ctx context.Context) error {
	repository := d.azureDevOps.Repositories()[2]
	steps := []struct {
		what  string
		do    func() error
		there func() bool
	}{
		{"work item 7 is renamed", func() error {
			return d.azureDevOps.UpdateWorkItem(7, map[string]any{"System.Title": "Rotate the keys"})
		}, func() bool {
			e, ok := d.port.Entity("azure_devops_work_item", "7")
			return ok && e.Title == "Rotate the keys"
		}},
		{"work item 8 goes to the recycle bin", func() error { return d.azureDevOps.DeleteWorkItem(8) }, func() bool {
			_, ok := d.port.Entity("azure_devops_work_item", "8")
			return !ok
		}},
		{"work item 8 is restored", func() error { return d.azureDevOps.RestoreWorkItem(8) }, func() bool {
			e, ok := d.port.Entity("azure_devops_work_item", "8")
			return ok && e.Title != nil
		}},
		{fmt.Sprintf("repository %q is renamed", repository.Name), func() error {
			return d.azureDevOps.RenameRepository(repository.ID, "renamed-live")
		}, func() bool {
			e, ok := d.port.Entity("azure_devops_repository", repository.ID)
			return ok && e.Title == "renamed-live"
		}},
		{"that repository is deleted", func() error { return d.azureDevOps.DeleteRepository(repository.ID) }, func() bool {
			_, ok := d.port.Entity("azure_devops_repository", repository.ID)
			return !ok
		}},
	}
	for _, s := range steps {
		began := time.Now()
		if err := s.do(); err != nil {
			return fmt.Errorf("%s: %w", s.what, err)
		}
		if err := until(ctx, s.there); err != nil {
			return fmt.Errorf("%s, but the catalog did not follow: %w", s.what, err)
		}
		d.console.printf("   %-40s the catalog followed after %s\n", s.what, time.Since(began).Round(time.Millisecond))
	}
	d.console.printf("\n")
	return nil
}

// until looks every few milliseconds whether something is so, for a minute: it is
// milliseconds where nothing else runs.
func until(ctx context.Context, is func() bool) error {
	ctx, cancel := context.WithTimeoutCause(ctx, time.Minute, errors.New("a minute was not enough"))
	defer cancel()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !is() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}
