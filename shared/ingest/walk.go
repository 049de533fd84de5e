package ingest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"

	"golang.org/x/sync/errgroup"
)

// walk brings one page of one scope to the catalog, saves it, and queues what
// comes next.
func (e *Engine) walk(ctx context.Context, d Delivery) error {
	t := d.Task
	run, active, err := e.activeRun(ctx, t.Run)
	if err != nil || !active {
		return err
	}
	source, ok := e.sources[t.Source]
	if !ok {
		return fmt.Errorf("source %q of run %s is not part of the mapping", t.Source, t.Run)
	}
	key := PageKey{Run: t.Run, Source: t.Source, Scope: t.Scope.ProjectID, Number: t.Page}
	saved, err := e.o.Ledger.Page(ctx, key)
	if err == nil {
		// A second delivery of a page. Only what comes after it may have been
		// lost with the first one.
		return e.proceed(ctx, run, t, saved)
	}
	if !errors.Is(err, ErrNotFound) {
		return fmt.Errorf("reading page %+v: %w", key, err)
	}
	page, err := e.readPage(ctx, d, source, key)
	if err != nil {
		return err
	}
	first, err := e.o.Ledger.SavePage(ctx, page)
	if err != nil {
		return fmt.Errorf("saving page %+v: %w", key, err)
	}
	if !first {
		// Another delivery of this page was faster. It may not live to queue what
		// comes next, and this one may be the last: both do.
		if page, err = e.o.Ledger.Page(ctx, key); err != nil {
			return fmt.Errorf("reading page %+v: %w", key, err)
		}
	}
	return e.proceed(ctx, run, t, page)
}

// readPage reads a page and brings its items to the catalog. An error that ends
// the scope is part of the page; an error that is returned asks for another
// delivery.
func (e *Engine) readPage(ctx context.Context, d Delivery, source *Source, key PageKey) (Page, error) {
	tally := newTally()
	next, err := e.bring(ctx, d.Task, source, tally)
	if err == nil && next != "" && next == d.Task.Cursor {
		err = &ScopeError{Scope: d.Task.Scope, Err: fmt.Errorf("the listing does not advance beyond cursor %q", next)}
	}
	var scoped *ScopeError
	if err != nil && (beyondTask(err) || !errors.As(err, &scoped) && !givenUp(ctx, err, d.Attempt)) {
		return Page{}, fmt.Errorf("walking %s of %s: %w", source.Kind, d.Task.Scope, err)
	}
	if err != nil {
		if scoped == nil {
			err = &ScopeError{Scope: d.Task.Scope, Err: err}
		}
		e.o.Logger.LogAttrs(ctx, slog.LevelError, "scope could not be read", slog.String("kind", source.Kind),
			slog.String("scope", d.Task.Scope.String()), slog.Any("error", err))
	}
	return tally.page(key, next, err), nil
}

// bring reads a page and makes the catalog equal to it. Items are mapped where
// they were read, and let go; their entities, which are small, are compared and
// written meanwhile, some batches side by side.
func (e *Engine) bring(ctx context.Context, t Task, source *Source, tally *tally) (next string, _ error) {
	g, settling := errgroup.WithContext(ctx)
	readAt := e.o.Now()
	next, err := source.Reader.Walk(settling, t.Scope, t.Cursor, func(ctx context.Context, items []Item) error {
		b := batch{source: source, tally: tally, readAt: readAt, entities: e.mapItems(ctx, source, items, tally, nil)}
		tally.count("", Counts{Read: len(items)})
		refs := make([]Ref, len(items))
		for i := range items {
			refs[i] = items[i].Ref
		}
		select {
		case e.settling <- struct{}{}:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		g.Go(func() error {
			defer func() { <-e.settling }()
			if err := e.settle(settling, b); err != nil {
				return err
			}
			if err := e.overtaken(settling, source.Kind, readAt, refs); err != nil {
				return err
			}
			e.o.OnProgress(Progress{Kind: source.Kind, Items: len(items)})
			return nil
		})
		return nil
	})
	// A batch that failed is why the walk was stopped, not the other way round.
	return next, cmp.Or(g.Wait(), err)
}

// givenUp reports whether a task was tried often enough.
func givenUp(ctx context.Context, err error, attempt int) bool {
	return attempt >= MaxAttempts && ctx.Err() == nil && !beyondTask(err)
}

// beyondTask reports whether an error MUST NOT be recorded as the failure of a
// task: refused credentials end the run, and throttling is not failure.
func beyondTask(err error) bool {
	var auth *AuthError
	var throttled *ThrottledError
	return errors.As(err, &auth) || errors.As(err, &throttled)
}

// proceed queues the next page, or ends the scope.
func (e *Engine) proceed(ctx context.Context, run Run, t Task, page Page) error {
	if page.Next != "" {
		t.Page, t.Cursor = page.Number+1, page.Next
		if err := e.o.Queue.Send(ctx, 0, t); err != nil {
			return fmt.Errorf("queueing page %d of %s: %w", t.Page, t.Scope, err)
		}
		return nil
	}
	remaining, err := e.o.Ledger.FinishScope(ctx, page.PageKey)
	if err != nil {
		return fmt.Errorf("ending %s: %w", t.Scope, err)
	}
	e.o.OnProgress(Progress{Kind: e.sources[t.Source].Kind, ScopesDone: 1})
	if remaining > 0 {
		return nil
	}
	return e.endScopes(ctx, run)
}

// endScopes goes from walking to pruning.
func (e *Engine) endScopes(ctx context.Context, run Run) error {
	written := map[string]bool{}
	for page, err := range e.o.Ledger.Pages(ctx, run.ID) {
		if err != nil {
			return fmt.Errorf("reading the pages of run %s: %w", run.ID, err)
		}
		for blueprint := range page.Counts {
			if blueprint != "" {
				written[blueprint] = true
			}
		}
	}
	blueprints, err := e.pruneOrder(ctx, run, written)
	if err != nil {
		return err
	}
	return e.queuePrunes(ctx, run, blueprints)
}

// queuePrunes queues the prune of the first of the blueprints, or ends the run
// when there is none.
func (e *Engine) queuePrunes(ctx context.Context, run Run, blueprints []string) error {
	if len(blueprints) == 0 {
		return e.finish(ctx, run)
	}
	t := Task{Version: TaskVersion, Type: Prune, Run: run.ID, Blueprints: blueprints}
	if err := e.o.Queue.Send(ctx, 0, t); err != nil {
		return fmt.Errorf("queueing the prune of %s: %w", blueprints[0], err)
	}
	return nil
}

// finish ends a run with what its ledger says of it.
func (e *Engine) finish(ctx context.Context, run Run) error {
	report, err := e.Report(ctx, run.ID)
	if err != nil {
		return err
	}
	e.tellFailures(ctx, report)
	status, reason := report.verdict()
	return e.end(ctx, run, status, reason)
}
