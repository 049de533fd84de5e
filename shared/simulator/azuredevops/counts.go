package azuredevops

import (
	"maps"
	"sync"
)

// counts are the request counters.
type counts struct {
	mu       sync.Mutex
	all      int
	writes   int
	requests map[string]int
}

func (c *counts) add(route string, write bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.requests == nil {
		c.requests = map[string]int{}
	}
	c.requests[route]++
	if write {
		c.writes++
	}
}

// next numbers the answers.
func (c *counts) next() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all++
	return c.all
}

// Requests returns how many requests each route got since New or Reset,
// refused ones included. A key is a method and a route, for example
// "GET {project}/_apis/pipelines/{id}"; what is no route counts as "unknown".
func (s *Server) Requests() map[string]int {
	s.counts.mu.Lock()
	defer s.counts.mu.Unlock()
	out := make(map[string]int, len(s.counts.requests))
	maps.Copy(out, s.counts.requests)
	return out
}

// Writes returns how many requests would have changed the real organization:
// any method but GET, HEAD and OPTIONS that is not a query by POST. The
// simulator refuses all of them with 405 or 404, but for those of service-hook
// subscriptions.
func (s *Server) Writes() int {
	s.counts.mu.Lock()
	defer s.counts.mu.Unlock()
	return s.counts.writes
}

// Reset sets the request counters to zero. It does not touch the data.
func (s *Server) Reset() {
	s.counts.mu.Lock()
	defer s.counts.mu.Unlock()
	s.counts.requests, s.counts.writes = nil, 0
}
