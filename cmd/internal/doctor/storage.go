package doctor

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"adoport/shared/ingest"
)

// NameStorage is the check of how the storage account is opened.
const NameStorage = "storage"

// ErrReadOnly means that a request was not sent because it would have changed
// something: what was to be read does not exist, and would have been made.
var ErrReadOnly = errors.New("a request that would change something was not sent")

// readOnlyError keeps azcore from trying again.
type readOnlyError struct{ error }

func (readOnlyError) NonRetriable() {}

func (e readOnlyError) Unwrap() error { return e.error }

// ReadOnly sends requests that only read, and refuses all others with
// ErrReadOnly. It is a transport of azcore.
type ReadOnly struct{ HTTP *http.Client }

// Do sends a request.
func (r ReadOnly) Do(request *http.Request) (*http.Response, error) {
	if request.Method != http.MethodGet && request.Method != http.MethodHead {
		return nil, readOnlyError{ErrReadOnly}
	}
	return r.HTTP.Do(request)
}

// Inbox is the part of an ingest.Inbox that is looked at.
type Inbox interface {
	Len(ctx context.Context) (int, error)
	Poisoned(ctx context.Context) ([]ingest.Poisoned, error)
}

// absent is something that is made when it is first needed.
func absent() Finding {
	return warn("it does not exist yet", "Nothing has to be done: the app makes it when it first needs it. If the app should have run by now, look at its log.")
}

// peeked is how many tasks that were set aside are looked at at most.
const peeked = 32

// Queue checks whether a queue and what was set aside from it can be read.
// witness is whose token opens the account, nil where it is a key.
func Queue(name string, inbox Inbox, witness *Witness) Check {
	return Check{Name: NameStorage + ": queue " + name, Needs: []string{NameStorage}, Ask: func(ctx context.Context) Finding {
		waiting, err := inbox.Len(ctx)
		if errors.Is(err, ErrReadOnly) {
			return absent()
		}
		var aside []ingest.Poisoned
		if err == nil {
			aside, err = inbox.Poisoned(ctx)
		}
		if err != nil && !errors.Is(err, ErrReadOnly) {
			return closed(ctx, err, witness)
		}
		if len(aside) > 0 {
			number := counted(len(aside), "task")
			if len(aside) >= peeked {
				number += " or more"
			}
			return warn(fmt.Sprintf("%s set aside because they failed too often, %d waiting", number, waiting),
				"See them with adoport tasks list; when their cause is gone, adoport tasks requeue.")
		}
		return fine("it can be read%s; %s waiting, none set aside", witness.as(), counted(waiting, "task"))
	}}
}

// Table checks whether the table of runs can be read.
func Table(name string, runs func(ctx context.Context, limit int) ([]ingest.Run, error), witness *Witness) Check {
	return Check{Name: NameStorage + ": table " + name, Needs: []string{NameStorage}, Ask: func(ctx context.Context) Finding {
		last, err := runs(ctx, 1)
		switch {
		case errors.Is(err, ErrReadOnly):
			return absent()
		case err != nil:
			return closed(ctx, err, witness)
		case len(last) == 0:
			return fine("it can be read%s; no backfill yet", witness.as())
		default:
			return fine("it can be read%s; the last backfill is %s", witness.as(), last[0].Status)
		}
	}}
}

// closed is the finding for storage that cannot be read.
func closed(ctx context.Context, err error, witness *Witness) Finding {
	detail, advice := explain(ctx, err)
	if who := witness.as(); who != "" {
		detail += " (we ask" + who + ")"
	}
	if len(advice) == 0 {
		advice = []string{"Check the storage account in AzureWebJobsStorage, and that its network rules let this computer in."}
	}
	return fail(detail, advice...)
}
