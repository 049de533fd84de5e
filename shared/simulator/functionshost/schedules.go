package functionshost

import (
	"context"
	"sync"
	"time"
)

// ScheduleStatus is what is kept of a timer, in UTC. Last is zero until the first
// run.
type ScheduleStatus struct{ Last, Next, LastUpdated time.Time }

// Schedules is where the status of timers is kept, and who may run them: what is a
// blob and its lease in Azure (azure-webjobs-sdk-extensions, StorageScheduleMonitor.cs,
// and the attribute Singleton of TimerListener.cs). The zero value is ready; it is
// safe for concurrent use.
type Schedules struct {
	mu       sync.Mutex // guards what follows
	statuses map[string]ScheduleStatus
	leases   map[string]chan struct{}
}

// Get returns the status of a function's timer, if there is one.
func (s *Schedules) Get(function string) (ScheduleStatus, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	status, ok := s.statuses[function]
	return status, ok
}

// Set replaces the status of a function's timer: with a Next in the past, and the
// Last or LastUpdated of which it is the next occurrence, the timer is past due
// when a host starts.
func (s *Schedules) Set(function string, status ScheduleStatus) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.statuses == nil {
		s.statuses = map[string]ScheduleStatus{}
	}
	s.statuses[function] = status
}

// acquire waits until no other instance runs a timer. It returns false if ctx ended.
func (s *Schedules) acquire(ctx context.Context, function string) bool {
	select {
	case s.lease(function) <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

func (s *Schedules) release(function string) { <-s.lease(function) }

func (s *Schedules) lease(function string) chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.leases == nil {
		s.leases = map[string]chan struct{}{}
	}
	if s.leases[function] == nil {
		s.leases[function] = make(chan struct{}, 1)
	}
	return s.leases[function]
}
