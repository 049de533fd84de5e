package azuretable

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/data/aztables"

	"adoport/shared/ingest"
	"adoport/shared/ledger/record"
	"adoport/shared/versioned"
)

// maxListed is how many rows the service lists at once (Learn, "Query timeout
// and pagination").
const maxListed = 1000

// listing is a row of the list of runs. The run itself may not be there.
type listing struct {
	row, id string
	// ended is when the run ended, hasEnded whether that is known.
	ended    time.Time
	hasEnded bool
	// dropped is whether no pages are left.
	dropped bool
}

// lists reports whether it is the one for a run, and not that of an attempt to
// create another one of the same ID.
func (e listing) lists(r ingest.Run) bool { return e.row == indexRow(r.ID, r.StartedAt) }

// indexRecord is what a listing tells of its run, as JSON.
type indexRecord struct {
	Run string `json:"run"`
}

// indexEntity returns the row that lists a run.
func indexEntity(r ingest.Run) (entity, error) {
	data, err := versioned.Encode(record.Version, indexRecord{r.ID})
	if err != nil {
		return nil, err
	}
	if len(data) > maxRow {
		return nil, fmt.Errorf("its ID is too long: %d bytes", len(r.ID))
	}
	e := newEntity(runsPartition, indexRow(r.ID, r.StartedAt))
	e.setData(data)
	return e, nil
}

// index yields the list of runs, the one that started last first.
func (l *Ledger) index(ctx context.Context, atOnce int32) iter.Seq2[listing, error] {
	return func(yield func(listing, error) bool) {
		for e, err := range l.table.list(ctx, runsPartition, allRows, atOnce, "") {
			var found listing
			if err == nil {
				found, err = decodeListing(e)
			}
			if !yield(found, err) || err != nil {
				return
			}
		}
	}
}

func decodeListing(e entity) (listing, error) {
	data, err := e.appendData(nil)
	if err != nil {
		return listing{}, err
	}
	var index indexRecord
	if err := versioned.Decode(record.Version, data, &index); err != nil {
		return listing{}, fmt.Errorf("decoding row %s: %w", e.row(), err)
	}
	found := listing{row: e.row(), id: index.Run, dropped: e.is(droppedProperty)}
	if ended := e.text(endedProperty); ended != "" {
		if found.ended, err = time.Parse(time.RFC3339Nano, ended); err != nil {
			return listing{}, fmt.Errorf("decoding row %s: %w", e.row(), err)
		}
		found.hasEnded = true
	}
	return found, nil
}

// noteEnd notes in the list of runs when one has ended.
func (l *Ledger) noteEnd(ctx context.Context, row string, at time.Time) error {
	e := newEntity(runsPartition, row)
	e[endedProperty] = at.UTC().Format(time.RFC3339Nano)
	return l.table.submit(ctx, merge(e, azcore.ETagAny))
}

// noteDropped notes in the list of runs that one has no pages left.
func (l *Ledger) noteDropped(ctx context.Context, row string) error {
	e := newEntity(runsPartition, row)
	e[droppedProperty] = true
	return l.table.submit(ctx, merge(e, azcore.ETagAny))
}

// mergeOrInsert sets properties of a row, which it makes if it is not there.
func mergeOrInsert(e entity) change {
	return change{kind: aztables.TransactionTypeInsertMerge, entity: e}
}
