package bench

import (
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// load is many events, each after a change of its work item.
type load struct {
	events int
	// perSecond is how many are due in a second, whatever became of those before;
	// 0 is as many as the senders can.
	perSecond int
	senders   int
	of        func(event int) item
}

// answers is what became of a load.
type answers struct {
	// took is from the sending of an event to its whole answer, late from when it
	// was due.
	took, late []time.Duration
	// accepted were answered 202.
	accepted int
	// wall is from the first event due to the last answer.
	wall time.Duration
}

// send sends a load.
func (v *server) send(tb testing.TB, l load) answers {
	tb.Helper()
	t := newTemplate(tb)
	a := answers{took: make([]time.Duration, l.events), late: make([]time.Duration, l.events)}
	var next, accepted atomic.Int64
	var senders sync.WaitGroup
	begin := time.Now().Add(100 * time.Millisecond)
	for range l.senders {
		senders.Go(func() {
			for i := int(next.Add(1)) - 1; i < l.events; i = int(next.Add(1)) - 1 {
				due := begin
				if l.perSecond > 0 {
					due = begin.Add(time.Duration(i) * time.Second / time.Duration(l.perSecond))
				}
				about := l.of(i)
				if err := v.change(about, i); err != nil {
					tb.Error(err)
					return
				}
				body := t.about(about)
				time.Sleep(time.Until(due))
				status, took, err := v.deliver(body)
				if err != nil {
					tb.Error(err)
					return
				}
				a.took[i], a.late[i] = took, time.Since(due)
				if status == http.StatusAccepted {
					accepted.Add(1)
				}
			}
		})
	}
	senders.Wait()
	a.accepted, a.wall = int(accepted.Load()), time.Since(begin)
	if tb.Failed() {
		tb.FailNow()
	}
	return a
}
