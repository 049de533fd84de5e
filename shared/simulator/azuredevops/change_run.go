package azuredevops

import (
	"fmt"
	"slices"
)

const (
	runningRun   = "inProgress"
	completedRun = "completed"
	firstRun     = 5000
)

// QueueRun starts a run of a pipeline, by its id, and returns the run's id. The
// REST API does not show runs: they exist in events alone.
func (s *Server) QueueRun(pipelineID int) (int, error) {
	var id int
	err := s.changePipeline(pipelineID, func(l *pipeline) {
		id = firstRun + len(s.runs)
		u := &run{
			id: id, name: fmt.Sprintf("%s.%d", s.clock().Format("20060102"), len(s.runs)+1), pipeline: l, state: runningRun,
			started: s.clock(), person: s.people[id%len(s.people)],
		}
		s.runs[id] = u
		s.tellRun(u)
		s.tellStage(u, "notStarted")
		s.tellStage(u, "running")
		s.tellJob(u, "waiting")
		s.tellJob(u, "running")
	})
	return id, err
}

// CompleteRun ends a run with a result: "succeeded", "partiallySucceeded",
// "failed" or "canceled".
func (s *Server) CompleteRun(runID int, result string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, ok := s.runs[runID]
	switch {
	case !ok || u.state == completedRun || s.pipelines[u.pipeline.id] == nil:
		return fmt.Errorf("there is no run %d in progress", runID)
	case !slices.Contains([]string{"succeeded", "partiallySucceeded", "failed", "canceled"}, result):
		return fmt.Errorf("completing run %d: there is no result %q", runID, result)
	}
	u.result, u.completed = result, s.clock()
	s.tellJob(u, completedRun)
	s.tellStage(u, completedRun)
	u.state = completedRun
	s.tellRun(u)
	s.tellBuild(u)
	return nil
}
