package functionshost

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

// Invocation is a run of a function that has ended.
type Invocation struct {
	// ID is the GUID that the handler got as X-Azure-Functions-InvocationId.
	ID       string
	Function string
	// Reason is why it was run, in the host's words.
	Reason string
	// Err is nil if it succeeded. For HTTP that is proxied or forwarded any answer
	// is a success.
	Err     error
	Started time.Time
	// Duration is until the result was known.
	Duration time.Duration
}

// Succeeded reports whether the host takes it for a success.
func (i Invocation) Succeeded() bool { return i.Err == nil }

// String tells the invocation as the host's log does.
func (i Invocation) String() string {
	status := "Succeeded"
	if i.Err != nil {
		status = "Failed"
	}
	return fmt.Sprintf("Executed 'Functions.%s' (%s, Id=%s, Duration=%dms)", i.Function, status, i.ID, i.Duration.Milliseconds())
}

// invocations keeps the last of them.
type invocations struct {
	mu   sync.Mutex // guards what follows
	list kept[Invocation]
	// changed is closed when one is added, and replaced.
	changed chan struct{}
}

func (s *invocations) add(i Invocation) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list.add(i)
	close(s.changed)
	s.changed = make(chan struct{})
}

// all returns those that are remembered in the order in which they ended, and a
// channel that is closed when there is one more.
func (s *invocations) all() ([]Invocation, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.list.all(), s.changed
}

// await waits until one is remembered that matches.
func (s *invocations) await(ctx context.Context, match func(Invocation) bool) (Invocation, error) {
	for {
		list, changed := s.all()
		if i := slices.IndexFunc(list, match); i >= 0 {
			return list[i], nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return Invocation{}, fmt.Errorf("waiting for an invocation: %w", context.Cause(ctx))
		}
	}
}
