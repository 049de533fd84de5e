package azurestorage

import (
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"adoport/shared/ingest"
	"adoport/shared/simulator/azurite"
	"adoport/shared/storageaccount"
)

func TestMain(m *testing.M) { os.Exit(azurite.Main(m)) }

// patient are options for a slow computer, on which a request that is only slow
// MUST NOT be sent twice.
func patient() Options {
	o := Options{Logger: slog.New(slog.DiscardHandler)}
	o.Client.Retry.TryTimeout = time.Minute
	o.Client.Retry.RetryDelay = time.Millisecond
	return o
}

// through returns patient options with a transport.
func through(f transportFunc) Options {
	o := patient()
	o.Client.Transport = f
	return o
}

// transportFunc is a policy.Transporter.
type transportFunc func(*http.Request) (*http.Response, error)

func (f transportFunc) Do(r *http.Request) (*http.Response, error) { return f(r) }

var names atomic.Int64

// newName returns a name that no other test has.
func newName() string { return fmt.Sprintf("test-%d", names.Add(1)) }

// onAzurite returns a queue of that name.
func onAzurite(tb testing.TB, name string, o Options) *Queue {
	tb.Helper()
	account, err := storageaccount.FromConnectionString(azurite.Shared(tb).ConnectionString())
	if err != nil {
		tb.Fatal(err)
	}
	q, err := New(account, name, o)
	if err != nil {
		tb.Fatal(err)
	}
	return q
}

func task(page int) ingest.Task {
	return ingest.Task{Version: ingest.TaskVersion, Type: ingest.Walk, Run: "run-1", Source: "work-item", Page: page}
}

func send(tb testing.TB, q *Queue, pages ...int) {
	tb.Helper()
	tasks := make([]ingest.Task, len(pages))
	for i, page := range pages {
		tasks[i] = task(page)
	}
	if err := q.Send(tb.Context(), 0, tasks...); err != nil {
		tb.Fatal(err)
	}
}

// receive returns one delivery, which stays hidden.
func receive(tb testing.TB, q *Queue) ingest.Delivery {
	tb.Helper()
	deliveries, err := q.Receive(tb.Context(), 1, 10*time.Minute)
	if err != nil || len(deliveries) != 1 {
		tb.Fatalf("Receive = %+v, %v; want one delivery", deliveries, err)
	}
	return deliveries[0]
}

// put puts a text into one of the two queues.
func put(tb testing.TB, r *remote, text string) {
	tb.Helper()
	if err := r.enqueue(tb.Context(), text, 0); err != nil {
		tb.Fatal(err)
	}
}

// expectCounts fails if the queue and its poison queue do not hold as many
// messages, hidden ones included.
func expectCounts(tb testing.TB, q *Queue, live, poison int) {
	tb.Helper()
	for r, want := range map[*remote]int{q.live: live, q.poison: poison} {
		if n, err := r.count(tb.Context()); n != want || err != nil {
			tb.Errorf("%s holds %d messages, %v; want %d", r.name, n, err, want)
		}
	}
}

// expectPoisoned returns what is poisoned, which MUST be as many and visible.
func expectPoisoned(tb testing.TB, q *Queue, n int) []ingest.Poisoned {
	tb.Helper()
	list, err := q.Poisoned(tb.Context())
	if err != nil || len(list) != n {
		tb.Fatalf("Poisoned = %+v, %v; want %d", list, err, n)
	}
	return list
}

// isPoison reports whether a request is for a poison queue.
func isPoison(r *http.Request) bool { return strings.Contains(r.URL.Path, poisonSuffix) }
