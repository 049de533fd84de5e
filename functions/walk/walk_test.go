package walk

import (
	"context"
	"errors"
	"strings"
	"testing"

	"adoport/shared/ingest"
)

// TestNew: tasks of this queue are handled, and others refused without touching
// them.
func TestNew(t *testing.T) {
	t.Parallel()
	failure := errors.New("as the engine said")
	for task, ours := range map[ingest.TaskType]bool{ingest.Refresh: false, ingest.Walk: true, ingest.Prune: true, "": false} {
		var got []ingest.Delivery
		handle := New(func(_ context.Context, d ingest.Delivery) error {
			got = append(got, d)
			return failure
		})
		err := handle(t.Context(), ingest.Delivery{Task: ingest.Task{Type: task}, Attempt: 3})
		switch {
		case ours && (!errors.Is(err, failure) || len(got) != 1 || got[0].Attempt != 3):
			t.Errorf("%q: error %v, handled %+v; want it handled once as it came", task, err, got)
		case !ours && (err == nil || !strings.Contains(err.Error(), "a "+string(task)+" task is in the backfill queue") || len(got) != 0):
			t.Errorf("%q: error %v, handled %+v; want it refused", task, err, got)
		}
	}
}
