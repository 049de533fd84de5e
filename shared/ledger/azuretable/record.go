package azuretable

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"slices"

	"github.com/Azure/azure-sdk-for-go/sdk/data/aztables"
)

// stage returns the row of a record, which is to be stored next. If the record
// has more bytes than inline, at most maxRow, it is in other rows, its parts,
// which are stored by now: nobody can find them before the row itself is there,
// and no other attempt has parts of these names.
func (l *Ledger) stage(ctx context.Context, partition, row string, record []byte, inline int) (entity, error) {
	head := newEntity(partition, row)
	attempt := rand.Text()
	head[attemptProperty] = attempt
	if len(record) <= inline {
		head.setData(record)
		return head, nil
	}
	n := 0
	for data := range slices.Chunk(record, maxRow) {
		part := newEntity(partition, partRow(row, attempt, n))
		part.setData(data)
		// It exists if the answer to the same request was lost.
		if err := l.table.submit(ctx, add(part)); err != nil && !hasCode(err, aztables.EntityAlreadyExists) {
			return nil, err
		}
		n++
	}
	head[partsProperty] = n
	return head, nil
}

// insert stores a staged row unless its key is taken, with the others or not at
// all, and reports whether it did.
func (l *Ledger) insert(ctx context.Context, head entity, others ...entity) (bool, error) {
	changes := make([]change, 0, 1+len(others))
	changes = append(changes, add(head))
	for _, e := range others {
		changes = append(changes, add(e))
	}
	err := l.table.submit(ctx, changes...)
	if !hasCode(err, aztables.EntityAlreadyExists) {
		return err == nil, err
	}
	there, err := l.table.get(ctx, head.partition(), head.row())
	if err != nil {
		return false, err
	}
	if there.text(attemptProperty) == head.text(attemptProperty) {
		return true, nil // The answer was lost, and the request sent again.
	}
	l.discard(ctx, head)
	return false, nil
}

// discard deletes the parts of a staged row that was not stored. Parts that stay
// do no harm, and go with what they belong to.
func (l *Ledger) discard(ctx context.Context, head entity) {
	parts, _ := head[partsProperty].(int)
	for n := range parts {
		part := newEntity(head.partition(), partRow(head.row(), head.text(attemptProperty), n))
		if err := l.table.submit(ctx, remove(part)); err != nil {
			l.logger.LogAttrs(ctx, slog.LevelWarn, "part of a record that was not needed could not be deleted", slog.Any("error", err))
			return
		}
	}
}

// load returns the record of a row that was read.
func (l *Ledger) load(ctx context.Context, head entity) ([]byte, error) {
	parts := head.number(partsProperty)
	if parts == 0 {
		return head.appendData(nil)
	}
	var record []byte
	for n := range parts {
		part, err := l.table.get(ctx, head.partition(), partRow(head.row(), head.text(attemptProperty), n))
		if err != nil {
			return nil, err
		}
		if part == nil {
			return nil, fmt.Errorf("table %s: part %d of row %s is not there", l.table.name, n, head.row())
		}
		if record, err = part.appendData(record); err != nil {
			return nil, err
		}
	}
	return record, nil
}
