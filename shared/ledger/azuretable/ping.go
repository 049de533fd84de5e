package azuretable

import "context"

// Ping returns nil if the table can be written, read and listed, and why not
// otherwise. Like every method it makes the table if it is not there. It leaves
// one row behind, always the same.
func (l *Ledger) Ping(ctx context.Context) error {
	if err := l.table.submit(ctx, replace(newEntity(pingPartition, "ping"))); err != nil {
		return err
	}
	for _, err := range l.table.list(ctx, pingPartition, allRows, 1, "RowKey") {
		if err != nil {
			return err
		}
	}
	return nil
}
