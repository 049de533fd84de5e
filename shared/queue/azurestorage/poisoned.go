package azurestorage

import (
	"context"
	"fmt"
	"slices"
	"time"

	"adoport/shared/ingest"
)

// Poisoned lists what was set aside, oldest first. The service shows the first 32
// only; Requeue takes all. A message that is no task is in the list without one,
// and with the reason.
func (q *Queue) Poisoned(ctx context.Context) ([]ingest.Poisoned, error) {
	messages, err := q.poison.peek(ctx)
	if err != nil {
		return nil, err
	}
	list := make([]ingest.Poisoned, len(messages))
	for i, peeked := range messages {
		list[i] = poisoned(orZero(peeked.MessageText), orZero(peeked.InsertionTime))
	}
	slices.SortStableFunc(list, func(a, b ingest.Poisoned) int { return a.At.Compare(b.At) })
	return list, nil
}

// poisoned reads a message that was set aside at that time, by us or by the
// Functions host, which copies it as it is (Microsoft Learn, "Azure Queue storage
// trigger for Azure Functions", Poison messages).
func poisoned(text string, inserted time.Time) ingest.Poisoned {
	m, err := decode(text)
	switch {
	case err != nil:
		return ingest.Poisoned{Reason: "this message is no task that this version can read: " + err.Error(), At: inserted}
	case m.At.IsZero():
		reason := fmt.Sprintf("the Functions host set it aside after %d tries; the errors are in the log of the function", ingest.MaxAttempts)
		return ingest.Poisoned{Task: m.Task, Reason: reason, At: inserted}
	default:
		return ingest.Poisoned{Task: m.Task, Reason: m.Reason, At: m.At}
	}
}
