package azuretable

import (
	"context"
	"fmt"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/data/aztables"

	"adoport/shared/ingest"
)

const (
	// countTries is how often FinishScope counts when other processes count at
	// the same time.
	countTries = 50
	// countPause is how long it waits at most before it counts again.
	countPause = 40 * time.Millisecond
)

// FinishScope marks a scope as ended, whatever the page's number, and returns
// how many of the run's scopes are not ended yet. ErrNotFound if the run is not
// there or its pages were dropped.
//
// It makes two requests however many scopes there are: one reads the state, one
// inserts the scope and counts it, both or neither. It makes two more each time
// that another process was faster, and one more for a scope that has ended
// already. Calls in one process take turns.
func (l *Ledger) FinishScope(ctx context.Context, key ingest.PageKey) (remaining int, err error) {
	select {
	case l.ending <- struct{}{}:
		defer func() { <-l.ending }()
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	for range countTries {
		state, err := l.openState(ctx, key.Run)
		if err != nil {
			return 0, err
		}
		err = l.countScope(ctx, key, state)
		switch {
		case err == nil:
			return remainingOf(state, 1), nil
		case hasCode(err, aztables.EntityAlreadyExists):
			// It ended before, maybe just now, with an answer that was lost.
			if state, err = l.openState(ctx, key.Run); err != nil {
				return 0, err
			}
			return remainingOf(state, 0), nil
		case !hasCode(err, aztables.UpdateConditionNotSatisfied) && !hasCode(err, aztables.ResourceNotFound):
			return 0, err
		}
		if err := pause(ctx, countPause); err != nil {
			return 0, err
		}
	}
	return 0, fmt.Errorf("counting an ended scope of run %q: others were faster %d times", key.Run, countTries)
}

// countScope inserts a scope and counts it, unless the state has changed since
// it was read.
func (l *Ledger) countScope(ctx context.Context, key ingest.PageKey, state entity) error {
	partition := runPartition(key.Run)
	counted := newEntity(partition, stateRow)
	counted[doneProperty] = state.number(doneProperty) + 1
	return l.table.submit(ctx, add(newEntity(partition, scopeRow(key))), merge(counted, state.etag()))
}

// remainingOf returns how many scopes are left when so many more have ended than
// the state says.
func remainingOf(state entity, more int) int {
	return max(state.number(totalProperty)-state.number(doneProperty)-more, 0)
}
