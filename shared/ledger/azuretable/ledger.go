// Package azuretable is a ledger in a table of an Azure Storage account, which
// all instances share.
//
// The table has these partitions and rows. Names in angle brackets are written
// as text says.
//
//	runs        <time>~<run>          which runs there are, the newest first
//	run~<run>   run~record            what the run was planned with; never changes
//	            run~end               how it ended; not there before
//	            run~state             how many scopes it has and how many have ended
//	            page~<source>~<scope>~<number>
//	            scope~<source>~<scope>  this scope has ended
//	            prune~<blueprint>
//	            page-part~<attempt>~<n> and so on, of records that are too big for one row
//	notes       <name>
//	ping        ping
//
// Only an insert that finds its key free makes a run, its end, a page or an
// ended scope, so one of many callers wins however many processes there are.
package azuretable

import (
	"log/slog"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"adoport/shared/ingest"
	"adoport/shared/storageaccount"
)

// Ledger is an ingest.Ledger and ingest.Notes in a table. It is safe for
// concurrent use by several processes; make one with New.
//
// A fingerprint takes 8 bytes, so a run over 1,000,000 items takes about 10 MB
// for each blueprint that keeps them. A run that has not ended is kept as it is.
// Of the ended ones, the 100 that ended last are kept with their prunes, and the
// last 5 with their pages too; what is not kept is dropped when a run is
// created. All methods that need the pages of another run return ErrNotFound:
// they MUST NOT make it look as if the run had seen nothing.
//
// Errors name the table, the status and the service's own code, and never a URL
// or a body.
type Ledger struct {
	table  *table
	logger *slog.Logger
	// ending holds one token: the calls of FinishScope in this process take
	// turns, so that they do not get in the way of one another.
	ending chan struct{}
	// keptRuns is the constant, but for tests.
	keptRuns int
}

var (
	_ ingest.Ledger = (*Ledger)(nil)
	_ ingest.Notes  = (*Ledger)(nil)
)

// Options are what New needs besides the table. All may be left out.
type Options struct {
	// Logger tells what could not be cleaned up; nil is slog.Default().
	Logger *slog.Logger
	// Transport sends the requests; nil is azcore's own.
	Transport policy.Transporter
	// Retry says how a request is tried again; the zero value is 4 more times
	// within a few seconds.
	Retry policy.RetryOptions
}

// New returns the ledger in a table of an account. It asks nothing of the
// service: the table is made when it is first missed. An error means that the
// account or the table's name cannot be right.
func New(account storageaccount.Account, name string, o Options) (*Ledger, error) {
	t, err := newTable(account, name, o)
	if err != nil {
		return nil, err
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	return &Ledger{table: t, logger: o.Logger, ending: make(chan struct{}, 1), keptRuns: keptRuns}, nil
}
