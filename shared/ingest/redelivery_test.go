package ingest_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"adoport/shared/ingest"
)

// TestSecondDelivery of a page reads and writes nothing; it only queues what
// comes after it.
func TestSecondDelivery(t *testing.T) {
	t.Parallel()
	w := newWorld(t, standard, nil)
	w.tasks(6)
	w.readers["task"].page = 3
	w.plan("task")
	first, _ := w.receive()
	for range 2 {
		if err := w.engine.Handle(t.Context(), first); err != nil {
			t.Fatal(err)
		}
	}
	if got := len(w.readers["task"].walks); got != 1 {
		t.Errorf("the page was read %d times", got)
	}
	if got := len(w.catalog.upserts); got != 3 {
		t.Errorf("%d entities were written, want 3", got)
	}
	w.settle(first, nil)
	w.work()
	if r := w.report(); r.Status != ingest.Complete || kindOf(r, "task").Read != 6 || blueprint(r, "task").Created != 6 {
		t.Errorf("report %+v", r)
	}
}

// TestCrashBetweenSaveAndQueue: what came after the page was lost with the
// process, and comes with the next delivery.
func TestCrashBetweenSaveAndQueue(t *testing.T) {
	t.Parallel()
	lost := errors.New("the queue is away")
	q := &failingQueue{}
	w := newWorld(t, standard, func(o *ingest.Options) { q.Queue, o.Queue = o.Queue, q })
	w.tasks(6)
	w.readers["task"].page = 3
	w.plan("task")
	q.fail = lost
	d, _ := w.receive()
	err := w.engine.Handle(t.Context(), d)
	if !errors.Is(err, lost) {
		t.Fatalf("got %v, want an error for another delivery", err)
	}
	w.settle(d, err)
	q.fail = nil
	w.work()
	if r := w.report(); r.Status != ingest.Complete || len(w.catalog.ids("task")) != 6 || len(w.readers["task"].walks) != 3 {
		t.Errorf("%s, pages %q", r.Status, w.readers["task"].walks)
	}
}

// failingQueue is a queue that takes nothing while fail is set.
type failingQueue struct {
	ingest.Queue
	fail error
}

func (q *failingQueue) Send(ctx context.Context, delay time.Duration, tasks ...ingest.Task) error {
	if q.fail != nil {
		return q.fail
	}
	return q.Queue.Send(ctx, delay, tasks...)
}

// TestCrashAtTheEndOfAScope: the scope has ended in the ledger, and its last
// page comes again.
func TestCrashAtTheEndOfAScope(t *testing.T) {
	t.Parallel()
	q := &failingQueue{}
	w := newWorld(t, standard, func(o *ingest.Options) { q.Queue, o.Queue = o.Queue, q })
	w.tasks(2)
	w.old("task", "gone")
	w.plan("task")
	for range 2 { // p1 and p2; after the second one the prune cannot be queued
		d, _ := w.receive()
		q.fail = errors.New("the queue is away")
		w.settle(d, w.engine.Handle(t.Context(), d))
	}
	q.fail = nil
	w.work()
	if r := w.report(); r.Status != ingest.Complete || blueprint(r, "task").Deleted != 1 {
		t.Errorf("%s %+v", r.Status, r.Blueprints)
	}
}

// TestTwoDeliveriesAtOnce: both read the page, one of them counts.
func TestTwoDeliveriesAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, standard, nil)
	w.tasks(6)
	w.readers["task"].page = 3
	w.plan("task")
	d, _ := w.receive()
	var both sync.WaitGroup
	both.Add(2)
	w.readers["task"].after = func(_ ingest.Scope, cursor string) error {
		if cursor == "" {
			both.Done()
			both.Wait() // until the other one has read it too
		}
		return nil
	}
	var handlers sync.WaitGroup
	for range 2 {
		handlers.Go(func() {
			if err := w.engine.Handle(t.Context(), d); err != nil {
				t.Error(err)
			}
		})
	}
	handlers.Wait()
	w.readers["task"].after = nil
	w.settle(d, nil)
	w.work()
	r := w.report()
	if r.Status != ingest.Complete || kindOf(r, "task").Read != 6 || len(w.catalog.ids("task")) != 6 {
		t.Errorf("%s, %+v", r.Status, r.Kinds)
	}
}

// TestFasterDeliveryDies: of two deliveries at once, the one that saved the page
// dies before it queues the next. The other one is then the last that knows of
// it: the host takes its task for done.
func TestFasterDeliveryDies(t *testing.T) {
	t.Parallel()
	w := newWorld(t, standard, nil)
	w.tasks(6)
	w.readers["task"].page = 3
	w.plan("task")
	d, _ := w.receive()
	w.readers["task"].after = func(scope ingest.Scope, _ string) error {
		w.readers["task"].after = nil
		page := ingest.Page{PageKey: ingest.PageKey{Run: d.Task.Run, Source: d.Task.Source, Scope: scope.ProjectID}, Next: "t03"}
		_, err := w.ledger.SavePage(t.Context(), page)
		return err
	}
	w.settle(d, w.engine.Handle(t.Context(), d))
	w.work()
	if r := w.report(); r.Status == ingest.Running || len(w.catalog.ids("task")) != 6 {
		t.Errorf("%s, tasks %v", r.Status, w.catalog.ids("task"))
	}
}

// TestOldDeliveryComesBack: a page whose successors are all done is delivered
// once more, and the run is not harmed.
func TestOldDeliveryComesBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t, standard, nil)
	w.tasks(6)
	w.readers["task"].page = 3
	w.plan("task")
	first, _ := w.receive()
	w.settle(first, w.engine.Handle(t.Context(), first))
	second, _ := w.receive()
	w.settle(second, w.engine.Handle(t.Context(), second))
	if err := w.engine.Handle(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	w.work()
	if r := w.report(); r.Status != ingest.Complete || kindOf(r, "task").Read != 6 {
		t.Errorf("%s %+v", r.Status, r.Kinds)
	}
}
