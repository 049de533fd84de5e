// Package azurestorage is a queue in Azure Queue Storage: durable when Send
// returns, and shared by all instances of a program.
package azurestorage

import (
	"context"
	"errors"
	"fmt"

	"adoport/shared/ingest"
	"adoport/shared/queue/wake"
	"adoport/shared/storageaccount"
)

// poisonSuffix makes the name of the queue for what was set aside: the one that
// the Azure Functions host uses (Microsoft Learn, "Azure Queue storage trigger for
// Azure Functions", Poison messages).
const poisonSuffix = "-poison"

// Queue is an ingest.Inbox in a storage account. What was set aside is in a
// second queue, <name>-poison. It starts no goroutines that outlive a call and
// needs no closing. It is safe for concurrent use; make one with New.
//
// Two queues are needed per Queue, and are created when the service says that
// they are missing. Delays and visibilities are whole seconds, rounded up, and at
// most 7 days: a longer one is cut to that. Messages do not expire.
//
// Messages are JSON in base64, as the Functions host has them by default, and at
// most 64 KiB of that: Send refuses a task of more than 47 KiB of JSON.
//
// A queue has one kind of receiver: either Receive, or the Functions host, which
// owns its messages and counts their tries by itself. For the latter there are
// Delivered, SendBack and SetAside.
//
// A request whose answer is lost is sent again. So a task may be there twice
// after Send, and a delivery that is settled may be told to be lost (ErrLost).
//
// Errors are *ingest.AuthError with advice if the account does not let us in,
// *transport.StatusError for other refusals, *transport.BrokenError if there was
// no answer. They have no secrets and no queries of URLs.
type Queue struct {
	live, poison *remote
	o            Options
	// changed rings when this process made a task visible.
	changed wake.Bell
}

var _ ingest.Inbox = (*Queue)(nil)

// New returns the queue of that name: 3 to 56 lower case letters, digits and
// single dashes. It sends nothing. It is an error if the name or the account
// cannot be right.
func New(account storageaccount.Account, name string, o Options) (*Queue, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	o = o.withDefaults()
	live, err := newRemote(account, name, o)
	if err != nil {
		return nil, fmt.Errorf("opening the queue %s: %w", name, err)
	}
	poison, err := newRemote(account, name+poisonSuffix, o)
	if err != nil {
		return nil, fmt.Errorf("opening the queue %s: %w", name+poisonSuffix, err)
	}
	return &Queue{live: live, poison: poison, o: o}, nil
}

// checkName refuses names that Azure refuses (Microsoft Learn, "Naming Queues and
// Metadata"), or would for the poison queue.
func checkName(name string) error {
	const most = 63 - len(poisonSuffix)
	dash := true // so that the first one is refused
	for _, c := range []byte(name) {
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			dash = false
		case c == '-' && !dash:
			dash = true
		default:
			return fmt.Errorf("%q is no name of a queue: lower case letters, digits and single dashes between them", name)
		}
	}
	if len(name) < 3 || len(name) > most || dash {
		return fmt.Errorf("%q is no name of a queue: 3 to %d characters, the last one no dash", name, most)
	}
	return nil
}

// Len counts the tasks that wait or are being worked on. The service calls it
// approximate: it may be more than there are, and a little late.
func (q *Queue) Len(ctx context.Context) (int, error) { return q.live.count(ctx) }

// Ping looks whether both queues can be reached, and creates them if they are
// missing. It reads no messages.
func (q *Queue) Ping(ctx context.Context) error {
	for _, r := range []*remote{q.live, q.poison} {
		if _, err := r.count(ctx); err != nil {
			return err
		}
	}
	return nil
}

// errNoAccount means that New was not told how to open the account.
var errNoAccount = errors.New("the storage account has neither a connection string nor an endpoint and a credential")
