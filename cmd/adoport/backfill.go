package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"adoport/cmd/internal/wiring"
	"adoport/shared/defaultcatalog"
	"adoport/shared/host/local"
	"adoport/shared/ingest"
	"adoport/shared/kind"
	ledger "adoport/shared/ledger/memory"
	"adoport/shared/mapping"
	queue "adoport/shared/queue/memory"
	"adoport/shared/settings"
)

// backfillWorkers is how many pages are walked at once.
const backfillWorkers = 16

// backfillLinger is how long small requests of a backfill wait for company: it
// makes full requests out of the few changes of each page, and costs that much
// once, at the end.
const backfillLinger = 80 * time.Millisecond

type backfillFlags struct {
	kinds  []string
	dryRun bool
	show   bool
	output *outputFormat
}

func newBackfill(c *console) *cobra.Command {
	var f backfillFlags
	cmd := &cobra.Command{
		Use:   "backfill",
		Short: "Make the catalog equal to the organization, once",
		Long: `Backfill creates missing blueprints, reads the whole organization, writes to the
catalog only what differs, deletes what is gone, and says what it did.

It exits with 0 only if everything was complete. Look first with --dry-run --show.`,
		Args: wrongUse(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return c.backfill(cmd.Context(), f) },
	}
	cmd.Flags().StringArrayVar(&f.kinds, "kind", nil, "only this kind; may be repeated")
	cmd.Flags().BoolVar(&f.dryRun, "dry-run", false, "change nothing in Port; say what would change")
	cmd.Flags().BoolVar(&f.show, "show", false, "list the changes entity by entity")
	f.output = outputFlag(cmd)
	return cmd
}

func (c *console) backfill(ctx context.Context, f backfillFlags) error {
	s, err := c.loadSettings(settings.Organization, settings.PortCredentials)
	if err != nil {
		return err
	}
	config, err := wiring.LoadMapping(s.MappingFile)
	if err != nil {
		return err
	}
	if err := checkKinds(config, f.kinds); err != nil {
		return err
	}
	r, err := c.runBackfill(ctx, s, config, f)
	if err != nil && f.output.json() {
		none := result{DryRun: f.dryRun, Report: ingest.Report{Status: ingest.Failed, Reason: err.Error(), Kinds: []ingest.KindReport{}, Blueprints: []ingest.BlueprintReport{}, Failures: []ingest.Sample{}}}
		return errors.Join(err, c.printJSON(none))
	}
	if err != nil {
		return err
	}
	if f.output.json() {
		err = c.printJSON(r)
	} else {
		writeChanges(c.out, r.Changes)
		r.write(c.out)
	}
	if err != nil {
		return fmt.Errorf("printing the summary: %w", err)
	}
	if r.Status != ingest.Complete {
		return errReported
	}
	return nil
}

// checkKinds refuses kinds that the mapping does not have.
func checkKinds(config *mapping.Config, kinds []string) error {
	have := wiring.Kinds(config)
	for _, k := range kinds {
		if !slices.Contains(have, k) {
			return &usageError{fmt.Errorf("--kind %s: the mapping has no such kind; it has %q", k, have)}
		}
	}
	return nil
}

// runBackfill runs one backfill in this process and returns what it did. The
// error is for what kept it from running at all.
func (c *console) runBackfill(ctx context.Context, s settings.Settings, config *mapping.Config, f backfillFlags) (*result, error) {
	started := time.Now()
	var draw *progress
	logs := c.err
	if c.terminal {
		draw = newProgress(c.err)
		defer draw.close()
		logs = draw
	}
	log := c.quiet(s, logs)
	onWait := func(d time.Duration) {
		if draw != nil {
			draw.waiting(d)
		} else {
			log.LogAttrs(ctx, slog.LevelWarn, "throttled: waiting until the service is ready for more", slog.Duration("wait", d.Round(time.Millisecond)))
		}
	}
	making, err := clientOptions(s, log)
	if err != nil {
		return nil, err
	}
	making.OnWait, making.Linger = onWait, backfillLinger
	clients, err := wiring.NewClients(making, config)
	if err != nil {
		return nil, err
	}
	organization := kind.NewOrganization(clients.AzureDevOps)
	sources, err := kind.Sources(config, organization)
	if err != nil {
		return nil, &usageError{err}
	}
	b := &singleRun{queue: queue.New(nil), ledger: ledger.New(), log: log}
	var catalog ingest.Catalog = clients.Port
	var dry *ingest.DryRun
	if f.dryRun {
		dry = ingest.NewDryRun(catalog)
		catalog = dry
	}
	var collected changes
	o := ingest.Options{
		Projects: organization, Sources: sources, Mapping: config.Fingerprint(),
		Catalog: catalog, Queue: b.queue, Ledger: b.ledger,
		Known: defaultcatalog.Blueprints(), Extend: s.MappingFile == "",
		PruneMaxPercent: s.PruneMaxPercent, Logger: log,
	}
	if f.show {
		o.OnChange = collected.add
	}
	if draw != nil {
		o.OnProgress = draw.observe
	}
	b.engine = ingest.New(o)
	report, err := b.run(ctx, f.kinds)
	if err != nil {
		return nil, err
	}
	r := &result{
		DryRun: f.dryRun, Duration: time.Since(started).Seconds(), Report: report,
		Requests: requestsOf(clients), Changes: collected.sorted(),
	}
	if dry != nil {
		r.BlueprintsCreated, r.BlueprintsExtended = identifiers(dry.Created()), identifiers(dry.Extended())
	}
	return r, nil
}

func identifiers(blueprints []ingest.Blueprint) []string {
	ids := make([]string, 0, len(blueprints))
	for _, b := range blueprints {
		ids = append(ids, b.Identifier)
	}
	return ids
}

// singleRun is one run with the queue and the ledger in memory.
type singleRun struct {
	engine *ingest.Engine
	queue  *queue.Queue
	ledger *ledger.Ledger
	log    *slog.Logger
}

// run plans a run and works until it is over.
func (b *singleRun) run(ctx context.Context, kinds []string) (ingest.Report, error) {
	planned, err := b.engine.Plan(ctx, kinds...)
	if err != nil {
		return ingest.Report{}, err
	}
	work, over := context.WithCancel(ctx)
	defer over()
	worker := local.New(b.queue, func(ctx context.Context, d ingest.Delivery) error {
		err := b.handle(ctx, d)
		if ended, endErr := b.ended(ctx, d, err); ended {
			over()
			return endErr
		}
		return err
	}, local.Options{Workers: backfillWorkers, Visibility: noRedelivery, Grace: time.Second, Logger: b.log})
	if run, err := b.ledger.Run(ctx, planned.ID); err == nil && run.Status == ingest.Running {
		worker.Run(work)
	}
	if ctx.Err() != nil {
		return ingest.Report{}, errors.New("interrupted; what was written is right, and the next run does the rest")
	}
	return b.engine.Report(ctx, planned.ID)
}

// noRedelivery is a visibility that does not end: the queue dies with the process,
// so a page that takes long, for throttling, has not been lost.
const noRedelivery = 1000 * time.Hour

// handle does a task. Its panic ends the run like any failure: it MUST NOT leave a
// run that waits for a task that nobody does.
func (b *singleRun) handle(ctx context.Context, d ingest.Delivery) (err error) {
	defer func() {
		if r := recover(); r != nil {
			b.log.LogAttrs(ctx, slog.LevelError, "the engine panicked", slog.Any("panic", r), slog.String("stack", string(debug.Stack())))
			_, finishErr := b.ledger.Finish(ctx, d.Task.Run, ingest.Failed, fmt.Sprintf("the program has a mistake: %v", r), time.Now())
			err = errors.Join(fmt.Errorf("the engine panicked: %v", r), finishErr)
		}
	}()
	return b.engine.Handle(ctx, d)
}

// ended reports whether a run is over after one of its tasks. A task that is
// given up for a reason that the engine does not know ends it too.
func (b *singleRun) ended(ctx context.Context, d ingest.Delivery, failure error) (bool, error) {
	var throttled *ingest.ThrottledError
	if failure != nil && d.Attempt >= ingest.MaxAttempts && !errors.As(failure, &throttled) && ctx.Err() == nil {
		_, err := b.ledger.Finish(ctx, d.Task.Run, ingest.Failed, failure.Error(), time.Now())
		return true, errors.Join(failure, err)
	}
	run, err := b.ledger.Run(ctx, d.Task.Run)
	return err == nil && run.Status != ingest.Running, failure
}
