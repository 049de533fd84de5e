package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"adoport/cmd/internal/azure"
	"adoport/cmd/internal/wiring"
	"adoport/shared/boltfile"
	"adoport/shared/host/local"
	"adoport/shared/ingest"
	ledger "adoport/shared/ledger/bolt"
	queue "adoport/shared/queue/bolt"
	"adoport/shared/settings"
)

const (
	// liveWorkers is how many refresh tasks wait at once to be read together.
	liveWorkers = 1024
	// liveGather lets tasks of a burst be taken together: each receipt is a commit,
	// and commits are what answers to service hooks wait for.
	liveGather = 10 * time.Millisecond
	// drainTime is how long a process that is told to end goes on with what it
	// has begun.
	drainTime = 7 * time.Second
)

func newRun(c *console) *cobra.Command {
	var address string
	var initial bool
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Run everything in this process: service hooks, timers and workers",
		Long: `Run receives service hooks at POST /api/servicehooks, shows its health at
GET /api/status, and runs the timers of the backfill and of the subscriptions.
Its queues and its ledger are in the folder ADOPORT_DATA and survive a crash.`,
		Args: wrongUse(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return c.runAll(cmd.Context(), address, initial) },
	}
	cmd.Flags().StringVar(&address, "addr", "127.0.0.1:7071", "where to listen")
	cmd.Flags().BoolVar(&initial, "initial-backfill", true, "begin with a backfill if the last one is longer ago than BACKFILL_SCHEDULE asks for")
	return cmd
}

func (c *console) runAll(ctx context.Context, address string, initial bool) error {
	s, err := c.loadSettings(settings.Organization, settings.PortCredentials, settings.HookPassword)
	if err != nil {
		return err
	}
	p, err := c.newProcess(ctx, s)
	if err != nil {
		return err
	}
	defer p.close()
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("listening: %w", err)
	}
	p.log.LogAttrs(ctx, slog.LevelInfo, "running", slog.String("address", listener.Addr().String()), slog.String("data", p.file.Path()))
	return p.run(ctx, listener, initial)
}

// process is everything that one process runs.
type process struct {
	log         *slog.Logger
	file        *boltfile.File
	live, walks *queue.Queue
	ledger      *ledger.Ledger
	app         *wiring.App
	// schedules of the timers.
	backfillAt, subscriptionsAt local.Schedule
}

func (c *console) newProcess(ctx context.Context, s settings.Settings) (_ *process, err error) {
	config, err := wiring.LoadMapping(s.MappingFile)
	if err != nil {
		return nil, err
	}
	p := &process{log: c.logger(c.err, s.LogLevel, s.LogFormat)}
	if p.backfillAt, err = wiring.ParseSchedule("BACKFILL_SCHEDULE", s.BackfillSchedule); err != nil {
		return nil, err
	}
	if p.subscriptionsAt, err = wiring.ParseSchedule("SUBSCRIPTIONS_SCHEDULE", s.SubscriptionsSchedule); err != nil {
		return nil, err
	}
	secrets, err := azure.NewSecrets(s, entra, p.log)
	if err != nil {
		return nil, err
	}
	if err := p.open(ctx, s.Data); err != nil {
		return nil, err
	}
	p.app, err = wiring.New(wiring.Options{
		Settings: s, Version: version, Config: config, Secrets: secrets, Credential: entra,
		Live: p.live, Walks: p.walks, Ledger: p.ledger, TrustLoopback: true, Logger: p.log,
	})
	if err != nil {
		p.close()
		return nil, err
	}
	return p, nil
}

// open opens the data file with the queues and the ledger.
func (p *process) open(ctx context.Context, folder string) (err error) {
	if p.file, err = boltfile.Open(folder); err != nil {
		return err
	}
	var errs [3]error
	p.live, errs[0] = queue.Open(ctx, p.file, "live", nil)
	p.walks, errs[1] = queue.Open(ctx, p.file, "backfill", nil)
	p.ledger, errs[2] = ledger.Open(ctx, p.file)
	if err := errors.Join(errs[:]...); err != nil {
		p.close()
		return fmt.Errorf("opening the queues and the ledger: %w", err)
	}
	return nil
}

func (p *process) close() {
	if err := p.file.Close(); err != nil {
		p.log.LogAttrs(context.Background(), slog.LevelError, "closing the data file", slog.Any("error", err))
	}
}

// handler routes the HTTP functions, by the same paths as in Azure.
func (p *process) handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/api/servicehooks", p.app.ServiceHooks())
	mux.Handle("/api/status", p.app.Status())
	return mux
}

// run works until ctx ends, then drains: it stops accepting, finishes what it has
// begun or gives it back, and returns.
func (p *process) run(ctx context.Context, listener net.Listener, initial bool) error {
	server := &http.Server{
		Handler: p.handler(), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second,
		WriteTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10,
		ErrorLog: slog.NewLogLogger(p.log.Handler(), slog.LevelDebug),
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serving: %w", err)
		}
		return nil
	})
	g.Go(func() error {
		<-ctx.Done()
		drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
		defer cancel()
		if err := server.Shutdown(drain); err != nil {
			// A client that is slower than the drain: its event was not accepted.
			p.log.LogAttrs(ctx, slog.LevelWarn, "connections were cut at the end", slog.Any("error", err))
			return server.Close()
		}
		return nil
	})
	p.work(ctx, g)
	p.watch(ctx, g, initial)
	return g.Wait()
}

// work runs the workers of both queues.
func (p *process) work(ctx context.Context, g *errgroup.Group) {
	worker := func(name string, inbox ingest.Inbox, workers int, gather time.Duration, handle local.Handler) {
		w := local.New(inbox, handle, local.Options{Queue: name, Workers: workers, Gather: gather, Grace: drainTime, Logger: p.log})
		g.Go(func() error { w.Run(ctx); return nil })
	}
	worker("live", p.live, liveWorkers, liveGather, p.app.Refresh)
	worker("backfill", p.walks, backfillWorkers, 0, p.app.Walk)
}

// watch runs the timers.
func (p *process) watch(ctx context.Context, g *errgroup.Group, initial bool) {
	g.Go(func() error { return local.Timer(ctx, "backfill", p.backfillAt, p.log, p.app.Backfill.Tick) })
	g.Go(func() error { return local.Timer(ctx, "subscriptions", p.subscriptionsAt, p.log, p.app.Subscribe) })
	g.Go(func() error {
		p.begin(ctx, initial)
		return nil
	})
}

// begin does what should not wait for the first tick. Its failures are told, and
// the timers try again.
func (p *process) begin(ctx context.Context, initial bool) {
	told := func(what string, err error) {
		if err != nil && ctx.Err() == nil {
			p.log.LogAttrs(ctx, slog.LevelError, what, slog.Any("error", err))
		}
	}
	// The backfill of everything first: what events lost is part of it.
	if initial {
		told("the first backfill failed; the timer tries again", p.app.Backfill.CatchUp(ctx))
	}
	told("ensuring the subscriptions failed; the timer tries again", p.app.Subscribe(ctx))
}
