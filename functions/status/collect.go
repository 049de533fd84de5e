package status

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"

	"adoport/shared/ingest"
)

// part is something that may fail to be read. read returns what it puts into the
// document.
type part struct {
	name string
	read func(ctx context.Context) (func(*Document), error)
}

// collect reads all parts side by side. readable is false if all of them failed.
func (h *handler) collect(ctx context.Context) (d Document, readable bool) {
	d = h.known()
	parts := h.parts(&d)
	var (
		mu     sync.Mutex
		all    sync.WaitGroup
		failed = make([]error, len(parts))
	)
	for i, p := range parts {
		all.Go(func() {
			put, err := h.readPart(ctx, p)
			mu.Lock()
			defer mu.Unlock()
			failed[i] = err
			if err == nil {
				put(&d)
			}
		})
	}
	all.Wait()
	readable = len(parts) == 0
	for i, err := range failed {
		if err != nil {
			d.Errors = append(d.Errors, Error{Part: parts[i].name, Error: clean(err.Error())})
		} else {
			readable = true
		}
	}
	d.Problems = d.problems()
	return d, readable
}

// known is what needs no reading.
func (h *handler) known() Document {
	d := Document{
		At: h.o.Now().UTC(), Version: clean(h.o.Version), Instance: clean(h.o.Instance), Organization: withoutSecrets(h.o.Organization),
		Errors: []Error{}, Runs: []Run{}, Queues: make([]QueueState, len(h.o.Queues)), Throttling: []Throttle{},
	}
	if h.o.Events != nil {
		events := h.o.Events.Summary(d.At)
		d.Events = &events
	}
	if h.o.Throttling != nil {
		for _, t := range h.o.Throttling() {
			if t.Until.After(d.At) {
				d.Throttling = append(d.Throttling, Throttle{System: clean(t.System), Until: t.Until.UTC()})
			}
		}
	}
	return d
}

// parts are those that d has room for.
func (h *handler) parts(d *Document) []part {
	var parts []part
	if h.o.Runs != nil {
		parts = append(parts, part{"runs", h.readRuns})
	}
	for i, q := range h.o.Queues {
		d.Queues[i] = QueueState{Name: clean(q.Name), Newest: []PoisonedTask{}}
		parts = append(parts,
			part{"length of the " + q.Name + " queue", q.readLength(i)},
			part{"poisoned tasks of the " + q.Name + " queue", q.readPoisoned(i)})
	}
	if h.o.Subscriptions != nil {
		parts = append(parts, part{"subscriptions", h.readSubscriptions})
	}
	return parts
}

// readPart reads one part in its own time. A panic in it MUST NOT end the
// process, which does more than showing a status.
func (h *handler) readPart(ctx context.Context, p part) (put func(*Document), err error) {
	defer func() {
		if cause := recover(); cause != nil {
			h.o.Logger.LogAttrs(ctx, slog.LevelError, "a part of the status panicked", slog.String("part", p.name),
				slog.String("panic", fmt.Sprint(cause)), slog.String("stack", string(debug.Stack())))
			put, err = nil, errPanic
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, partTimeout)
	defer cancel()
	put, err = p.read(ctx)
	if err != nil {
		h.o.Logger.LogAttrs(ctx, slog.LevelWarn, "a part of the status could not be read", slog.String("part", p.name), slog.Any("error", err))
	}
	return put, err
}

func (h *handler) readSubscriptions(ctx context.Context) (func(*Document), error) {
	s, err := h.o.Subscriptions(ctx)
	if err != nil {
		return nil, err
	}
	s.CheckedAt, s.Error, s.Backfilled = s.CheckedAt.UTC(), clean(s.Error), cleanAll(s.Backfilled)
	list := make([]Subscription, 0, len(s.List))
	for _, one := range s.List {
		one.EventType, one.Scope = clean(one.EventType), clean(one.Scope)
		one.Status, one.LastFailure = clean(one.Status), clean(one.LastFailure)
		list = append(list, one)
	}
	s.List = list
	return func(d *Document) { d.Subscriptions = &s }, nil
}

func (q Inbox) readLength(i int) func(context.Context) (func(*Document), error) {
	return func(ctx context.Context) (func(*Document), error) {
		n, err := q.Len(ctx)
		return func(d *Document) { d.Queues[i].Waiting = &n }, err
	}
}

func (q Inbox) readPoisoned(i int) func(context.Context) (func(*Document), error) {
	return func(ctx context.Context) (func(*Document), error) {
		poisoned, err := q.Poisoned(ctx)
		n := len(poisoned)
		newest := make([]PoisonedTask, 0, min(n, shownPoisoned))
		for j := n - 1; j >= max(0, n-shownPoisoned); j-- {
			newest = append(newest, newPoisoned(poisoned[j]))
		}
		return func(d *Document) { d.Queues[i].Poisoned, d.Queues[i].Newest = &n, newest }, err
	}
}

// newPoisoned says which task it is, in few words.
func newPoisoned(p ingest.Poisoned) PoisonedTask {
	t := p.Task
	out := PoisonedTask{At: p.At.UTC(), Type: t.Type, Run: clean(t.Run), Source: clean(t.Source), Page: t.Page, Reason: clean(p.Reason)}
	if t.Type == ingest.Walk {
		out.Scope = clean(t.Scope.String())
	}
	for _, ref := range t.Refs {
		out.Refs = append(out.Refs, clean(ref.String()))
	}
	out.Refs = append(out.Refs, cleanAll(t.Blueprints)...)
	const most = 5
	if more := len(out.Refs) - most; more > 0 {
		out.Refs = append(out.Refs[:most], fmt.Sprintf("and %d more", more))
	}
	return out
}
