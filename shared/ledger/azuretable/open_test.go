package azuretable

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"adoport/shared/ingest"
	"adoport/shared/simulator/azurite"
	"adoport/shared/storageaccount"
)

// newName returns the name of a table that is not there.
func newName() string { return "t" + rand.Text() }

// open returns the ledger in a table of the emulator.
func open(tb testing.TB, name string, o Options) *Ledger {
	tb.Helper()
	return openAt(tb, azurite.Shared(tb).ConnectionString(), name, o)
}

func openAt(tb testing.TB, connection, name string, o Options) *Ledger {
	tb.Helper()
	account, err := storageaccount.FromConnectionString(connection)
	if err != nil {
		tb.Fatal(err)
	}
	l, err := New(account, name, o)
	if err != nil {
		tb.Fatal(err)
	}
	return l
}

// hastily tries again without waiting.
var hastily = policy.RetryOptions{MaxRetries: 2, RetryDelay: time.Millisecond, MaxRetryDelay: time.Millisecond}

// errWire is what a spoiled request fails with.
var errWire = errors.New("the wire is cut")

// wire counts the requests to the emulator, and spoils some.
type wire struct {
	mu       sync.Mutex
	requests int
	// refuse, if set, says whether a request does not arrive.
	refuse func(r *http.Request, body string) bool
	// lose, if set, says whether its answer does not arrive.
	lose func(r *http.Request, body string) bool
}

func (w *wire) Do(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
	}
	w.mu.Lock()
	w.requests++
	refused := w.refuse != nil && w.refuse(r, string(body))
	lost := w.lose != nil && w.lose(r, string(body))
	w.mu.Unlock()
	if refused {
		return nil, errWire
	}
	r = r.Clone(r.Context())
	r.Body = io.NopCloser(bytes.NewReader(body))
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err == nil && lost {
		return nil, errors.Join(errWire, answer.Body.Close())
	}
	return answer, err
}

// during returns how many requests a call makes.
func (w *wire) during(t *testing.T, call func() error) int {
	t.Helper()
	w.mu.Lock()
	before := w.requests
	w.mu.Unlock()
	if err := call(); err != nil {
		t.Error(err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.requests - before
}

// set changes what is spoiled.
func (w *wire) set(refuse, lose func(r *http.Request, body string) bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.refuse, w.lose = refuse, lose
}

// logged collects what is logged.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (l *logged) logger() *slog.Logger { return slog.New(slog.NewTextHandler(l, nil)) }

func create(tb testing.TB, l *Ledger, id string, started, scopes int) {
	tb.Helper()
	r := ingest.Run{ID: id, StartedAt: time.Unix(int64(started), 0).UTC(), Scopes: scopes, Status: ingest.Running}
	if err := l.Create(tb.Context(), r); err != nil {
		tb.Fatal(err)
	}
}

// finish ends a run some seconds after 1970.
func finish(tb testing.TB, l *Ledger, id string, at int) {
	tb.Helper()
	if ended, err := l.Finish(tb.Context(), id, ingest.Complete, "", time.Unix(int64(at), 0)); err != nil || !ended {
		tb.Fatalf("Finish %s = %t, %v", id, ended, err)
	}
}

// aside is how many fingerprints a page has that does not fit into the row that
// is listed.
const aside = maxInline/8 + 100

// savePage saves a page with so many fingerprints.
func savePage(tb testing.TB, l *Ledger, run string, number, fingerprints int) ingest.Page {
	tb.Helper()
	p := pageOf(run, number, fingerprints)
	if stored, err := l.SavePage(tb.Context(), p); err != nil || !stored {
		tb.Fatalf("SavePage %+v = %t, %v", p.PageKey, stored, err)
	}
	return p
}

func pageOf(run string, number, fingerprints int) ingest.Page {
	keep := make([]uint64, fingerprints)
	for i := range keep {
		keep[i] = uint64(number*fingerprints+i) * 0x9e3779b97f4a7c15
	}
	return ingest.Page{
		PageKey: ingest.PageKey{Run: run, Source: "work-item", Scope: "p1", Number: number},
		Next:    "next",
		Counts:  map[string]ingest.Counts{"": {Read: fingerprints}, "azure_devops_work_item": {Unchanged: fingerprints}},
		Keep:    map[string][]uint64{"azure_devops_work_item": keep},
	}
}

// pages returns how many pages a run has.
func pages(t *testing.T, l *Ledger, id string) (int, error) {
	t.Helper()
	n := 0
	for _, err := range l.Pages(t.Context(), id) {
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// rows returns the keys of all rows of a partition.
func rows(t *testing.T, l *Ledger, partition string) []string {
	t.Helper()
	var list []string
	for e, err := range l.table.list(t.Context(), partition, allRows, maxListed, "RowKey") {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, e.row())
	}
	return list
}
