package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"adoport/functions/backfill"
	"adoport/functions/refresh"
	"adoport/functions/status"
	"adoport/functions/subscriptions"
	"adoport/functions/walk"
	"adoport/shared/boltfile"
	"adoport/shared/defaultcatalog"
	"adoport/shared/host/local"
	"adoport/shared/ingest"
	"adoport/shared/kind"
	ledger "adoport/shared/ledger/bolt"
	"adoport/shared/mapping"
	queue "adoport/shared/queue/bolt"
	"adoport/shared/servicehook"
	"adoport/shared/servicehook/hooks"
	"adoport/shared/settings"
	"adoport/shared/transport"
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
	cmd.Flags().BoolVar(&initial, "initial-backfill", true, "begin with a backfill if there never was a complete one")
	return cmd
}

func (c *console) runAll(ctx context.Context, address string, initial bool) error {
	s, err := c.loadSettings(settings.Organization, settings.PortCredentials)
	if err != nil {
		return err
	}
	if len(s.ServiceHookPasswords) == 0 {
		return &usageError{errors.New("SERVICE_HOOK_PASSWORD is not set: set it to a long random text, and give it to the service hooks")}
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
	settings      settings.Settings
	log           *slog.Logger
	file          *boltfile.File
	live, walks   *queue.Queue
	ledger        *ledger.Ledger
	engine        *ingest.Engine
	services      services
	backfill      *backfill.Timer
	subscriptions *subscriptions.Function // nil if SERVICE_HOOK_URL is not set
	recorder      *status.Recorder
	kinds         []string
	sources       int // how many there are of all kinds
	// schedules of the timers.
	backfillAt, subscriptionsAt local.Schedule
}

func (c *console) newProcess(ctx context.Context, s settings.Settings) (_ *process, err error) {
	config, err := loadMapping(s.MappingFile)
	if err != nil {
		return nil, err
	}
	p := &process{settings: s, kinds: kindsOf(config), log: c.logger(c.err, s.LogLevel, s.LogFormat), recorder: status.NewRecorder()}
	if p.backfillAt, err = local.ParseSchedule(s.BackfillSchedule); err != nil {
		return nil, &usageError{fmt.Errorf("BACKFILL_SCHEDULE: %w", err)}
	}
	if p.subscriptionsAt, err = local.ParseSchedule(s.SubscriptionsSchedule); err != nil {
		return nil, &usageError{fmt.Errorf("SUBSCRIPTIONS_SCHEDULE: %w", err)}
	}
	if p.services, err = newServices(s, config, p.log, nil, 0); err != nil {
		return nil, err
	}
	if err := p.open(ctx); err != nil {
		return nil, err
	}
	if err := p.wire(config); err != nil {
		p.close()
		return nil, err
	}
	return p, nil
}

// open opens the data file with the queues and the ledger.
func (p *process) open(ctx context.Context) (err error) {
	if p.file, err = boltfile.Open(p.settings.Data); err != nil {
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

func (p *process) wire(config *mapping.Config) error {
	organization := kind.NewOrganization(p.services.azureDevOps)
	sources, err := kind.Sources(config, organization)
	if err != nil {
		return &usageError{err}
	}
	p.sources = len(sources)
	p.engine = ingest.New(ingest.Options{
		Projects: organization, Sources: sources, Mapping: config.Fingerprint(),
		Catalog: p.services.port, Queue: p.walks, Ledger: p.ledger,
		Known: defaultcatalog.Blueprints(), Extend: p.settings.MappingFile == "",
		PruneMaxPercent: p.settings.PruneMaxPercent, Logger: p.log,
	})
	p.backfill = backfill.New(backfill.Options{Plan: p.engine.Plan, Ledger: p.ledger, StuckAfter: p.stuckAfter(), Logger: p.log})
	if p.settings.ServiceHookURL == "" {
		return nil
	}
	target, err := newTarget(p.settings)
	if err != nil {
		return err
	}
	p.subscriptions = &subscriptions.Function{
		Reconciler: &servicehook.Reconciler{API: hooks.New(p.services.azureDevOps), Projects: organization, Target: target, Logger: p.log},
		Kinds:      p.kinds, Logger: p.log,
		Backfill: func(ctx context.Context, kinds []string) error {
			_, err := p.backfill.Begin(ctx, kinds...)
			return err
		},
	}
	return nil
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
	worker("live", p.live, liveWorkers, liveGather, refresh.New(p.refresh))
	worker("backfill", p.walks, backfillWorkers, 0, walk.New(p.engine.Handle))
}

// outageDelay is how long a refresh waits that only an outage keeps from being
// done, after it was tried a few times.
const outageDelay = 30 * time.Second

// refresh handles a live task. An outage MUST NOT cost an event: it is tried again
// until the service works, however long that takes.
func (p *process) refresh(ctx context.Context, d ingest.Delivery) error {
	err := p.engine.Handle(transport.Live(ctx), d)
	var throttled *ingest.ThrottledError
	if err == nil || errors.As(err, &throttled) || d.Attempt < ingest.MaxAttempts-1 || !transport.Outage(err) {
		return err
	}
	p.log.LogAttrs(ctx, slog.LevelWarn, "an event waits for a service that does not work", slog.Any("error", err))
	return &ingest.ThrottledError{System: "an outage", After: outageDelay}
}

// watch runs the timers.
func (p *process) watch(ctx context.Context, g *errgroup.Group, initial bool) {
	g.Go(func() error { return local.Timer(ctx, "backfill", p.backfillAt, p.log, p.backfill.Tick) })
	if p.subscriptions != nil {
		g.Go(func() error { return local.Timer(ctx, "subscriptions", p.subscriptionsAt, p.log, p.subscriptions.Run) })
	}
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
		told("the first backfill failed; the timer tries again", p.fill(ctx))
	}
	if p.subscriptions != nil {
		told("ensuring the subscriptions failed; the timer tries again", p.subscriptions.Run(ctx))
	}
}

// fill begins a backfill unless there was a complete one of all kinds.
func (p *process) fill(ctx context.Context) error {
	runs, err := p.ledger.Runs(ctx, 20)
	if err != nil {
		return fmt.Errorf("reading the runs: %w", err)
	}
	filled := slices.ContainsFunc(runs, func(r ingest.Run) bool { return r.Status == ingest.Complete && len(r.Sources) == p.sources })
	if filled {
		return nil
	}
	return p.backfill.Tick(ctx)
}

// stuckAfter is when a backfill is given up: twice the time between two of them,
// and some hours at least.
func (p *process) stuckAfter() time.Duration {
	const least = 12 * time.Hour
	now := time.Now()
	first, err := p.backfillAt.Next(now)
	if err != nil {
		return least
	}
	second, err := p.backfillAt.Next(first)
	if err != nil {
		return least
	}
	return max(least, 2*second.Sub(first))
}
