package azuredevops

import "fmt"

// AddPipeline adds a YAML pipeline to a project, by the project's ID, and
// returns its id.
func (s *Server) AddPipeline(projectID, name string) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.projects[projectID]
	if !ok {
		return 0, fmt.Errorf("adding a pipeline: there is no project %s", projectID)
	}
	l := s.newPipeline(p, name, 0)
	l.revision, l.created = 1, s.clock()
	return l.id, nil
}

// RenamePipeline renames a pipeline, which makes a revision.
func (s *Server) RenamePipeline(id int, name string) error {
	return s.changePipeline(id, func(l *pipeline) {
		l.name = name
		l.revision++
	})
}

// DeletePipeline deletes a pipeline.
func (s *Server) DeletePipeline(id int) error {
	return s.changePipeline(id, func(l *pipeline) {
		delete(s.pipelines, l.id)
		l.project.pipelines = without(l.project.pipelines, l)
	})
}

func (s *Server) changePipeline(id int, change func(*pipeline)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	l, ok := s.pipelines[id]
	if !ok {
		return fmt.Errorf("there is no pipeline %d", id)
	}
	change(l)
	return nil
}
