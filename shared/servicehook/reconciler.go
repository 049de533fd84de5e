package servicehook

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"adoport/shared/ingest"
)

// Reconciler makes the subscriptions of an organization those that are needed.
// All fields are required. It is safe for concurrent use, but two that work on
// the same target at once make duplicates, which the next one removes.
type Reconciler struct {
	API API
	// Projects are asked only if a type of event has to be subscribed to in every
	// project.
	Projects ingest.Projects
	Target   Target
	Logger   *slog.Logger
}

// Request says what to reconcile.
type Request struct {
	// Kinds are those that are mapped; at least one.
	Kinds []string
	Scope Scope
	// DryRun only reads.
	DryRun bool
	// TryOrganization tries again to subscribe for the organization where we
	// subscribed in every project before, for instance because we have more
	// rights now.
	TryOrganization bool
}

// Ensure makes the subscriptions that r asks for. It looks at all types of
// events that we could have subscribed to, or at those of r.Scope.Events only.
//
// Any failure while reading is returned with an empty report, and nothing was
// created or deleted. Failures after that end only their own step; they are in
// the report, and the error joins them.
func (c *Reconciler) Ensure(ctx context.Context, r Request) (Report, error) {
	if len(r.Kinds) == 0 {
		return Report{}, errors.New("no kind is mapped, so there is nothing to subscribe to")
	}
	want, err := Desired(r.Kinds, r.Scope, c.Target)
	if err != nil {
		return Report{}, err
	}
	return c.reconcile(ctx, c.newRun(ctx, r), managed(r.Scope.Events), want)
}

// Remove deletes all our subscriptions.
func (c *Reconciler) Remove(ctx context.Context, dryRun bool) (Report, error) {
	return c.reconcile(ctx, c.newRun(ctx, Request{DryRun: dryRun}), handled(), nil)
}

// List returns our subscriptions, healthy or not. An error means that the list
// is not complete, and then it is empty.
func (c *Reconciler) List(ctx context.Context) ([]Subscription, error) {
	have, err := listAll(ctx, newLimited(c.API), handled())
	if err != nil {
		return nil, err
	}
	var ours []Subscription
	for _, subscriptions := range have {
		ours = append(ours, slices.DeleteFunc(subscriptions, func(s Subscription) bool { return !c.Target.owns(s) })...)
	}
	return inOrder(ours), nil
}

// managed are the types of events to look at.
func managed(ids []string) []EventType {
	if len(ids) == 0 {
		return handled()
	}
	return slices.DeleteFunc(handled(), func(e EventType) bool { return !slices.Contains(ids, e.ID) })
}

// run is one call of Ensure or Remove.
type run struct {
	Request
	api      limited
	target   Target
	logger   *slog.Logger
	projects func() ([]string, error)
	// end ends the context of all steps, because of an error.
	end func(error)
}

func (c *Reconciler) newRun(ctx context.Context, r Request) *run {
	return &run{
		Request: r, api: newLimited(c.API), target: c.Target, logger: c.Logger,
		projects: sync.OnceValues(func() ([]string, error) { return readable(ctx, c.Projects) }),
	}
}

func (c *Reconciler) reconcile(ctx context.Context, r *run, events []EventType, want []Subscription) (Report, error) {
	have, err := listAll(ctx, r.api, events)
	if err != nil {
		return Report{}, err
	}
	tasks := make([]task, 0, len(events))
	for i, e := range events {
		t, err := r.compare(e, of(e, want), have[i])
		if err != nil {
			return Report{}, err
		}
		tasks = append(tasks, t)
	}
	var report Report
	if r.DryRun {
		for _, t := range tasks {
			report.add(t.dry())
		}
	} else {
		report = r.apply(ctx, tasks)
	}
	report.sort()
	return report, errors.Join(report.err(), ctx.Err())
}

// apply carries out all tasks, side by side. Refused credentials end all of them.
func (r *run) apply(ctx context.Context, tasks []task) Report {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	r.end = func(err error) { stop(&stoppedError{err}) }
	r.api.refused = r.end
	done := make([]Report, len(tasks))
	var g errgroup.Group
	for i, t := range tasks {
		g.Go(func() error {
			done[i] = r.carryOut(ctx, t)
			return nil
		})
	}
	_ = g.Wait() // What failed is in the reports.
	var report Report
	for _, d := range done {
		report.add(d)
	}
	return report
}

// listAll lists the subscriptions to every type of event, in the order of
// events. One list that fails fails all: taken for an empty one it would make us
// create everything again, at each run.
func listAll(ctx context.Context, api limited, events []EventType) ([][]Subscription, error) {
	have := make([][]Subscription, len(events))
	g, ctx := errgroup.WithContext(ctx)
	for i, e := range events {
		g.Go(func() error {
			all, err := api.list(ctx, e)
			have[i] = of(e, all)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	return have, nil
}

// of are the subscriptions to one type of event, each once.
func of(e EventType, all []Subscription) []Subscription {
	var of []Subscription
	seen := map[string]bool{}
	for _, s := range all {
		if s.Publisher != e.Publisher || s.EventType != e.ID || s.ID != "" && seen[s.ID] {
			continue
		}
		seen[s.ID] = true
		of = append(of, s)
	}
	return of
}

// readable lists the ids of the projects that can have subscriptions.
func readable(ctx context.Context, projects ingest.Projects) ([]string, error) {
	all, err := projects.Projects(ctx)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, p := range all {
		if id := guid(p.ID); id != "" && p.Readable() {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return nil, errors.New("there is no project that can be read")
	}
	return ids, nil
}
