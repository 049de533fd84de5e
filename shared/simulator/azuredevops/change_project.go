package azuredevops

import (
	"fmt"
	"slices"
	"time"
)

// clock is the time of a change, as precise as the service keeps it.
func (s *Server) clock() time.Time { return s.options.Now().UTC().Truncate(time.Millisecond) }

// AddProject adds an empty project that is well formed and returns its ID. The
// name MUST NOT be in use, in any case.
func (s *Server) AddProject(name string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.checkProjectName(name); err != nil {
		return "", fmt.Errorf("adding a project: %w", err)
	}
	p := s.newProject(name)
	p.revision, p.updated = 1, s.clock()
	return p.id, nil
}

func (s *Server) checkProjectName(name string) error {
	if other, ok := s.names[foldName(name)]; ok {
		return fmt.Errorf("the name %q is that of project %s", name, other.id)
	}
	if name == "" {
		return fmt.Errorf("a project needs a name")
	}
	return nil
}

// RenameProject renames a project, and with it the paths of its areas.
func (s *Server) RenameProject(id, name string) error {
	return s.changeProject(id, func(p *project) error {
		if foldName(name) != foldName(p.name) {
			if err := s.checkProjectName(name); err != nil {
				return fmt.Errorf("renaming a project: %w", err)
			}
		}
		delete(s.names, foldName(p.name))
		p.name = name
		s.names[foldName(name)] = p
		return nil
	})
}

// SetProjectState sets the state of a project: "new", "createPending",
// "deleting", "wellFormed" and so on. Only the contents of a project that is
// well formed can be read, and only such a one is listed by default.
func (s *Server) SetProjectState(id, state string) error {
	return s.changeProject(id, func(p *project) error {
		p.state = state
		return nil
	})
}

// Forbid makes every route of a project answer with a status: 403 with a body,
// or 404 without one. It is still listed; its repositories and work items are
// hidden from the routes of the organization. Status 0 takes it back.
func (s *Server) Forbid(id string, status int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.projects[id]
	if !ok {
		return fmt.Errorf("there is no project %s", id)
	}
	p.forbidden = status
	return nil
}

// DeleteProject deletes a project with all that it holds, its subscriptions
// included. No event tells it.
func (s *Server) DeleteProject(id string) error {
	return s.changeProject(id, func(p *project) error {
		p.deleted = true
		delete(s.projects, p.id)
		delete(s.names, foldName(p.name))
		for _, r := range p.repositories {
			delete(s.repositories, r.id)
		}
		for _, l := range p.pipelines {
			delete(s.pipelines, l.id)
		}
		s.hooks.forget(p.id)
		return nil
	})
}

// changeProject changes a project under the lock and counts the revision.
func (s *Server) changeProject(id string, change func(*project) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.projects[id]
	if !ok {
		return fmt.Errorf("there is no project %s", id)
	}
	if err := change(p); err != nil {
		return err
	}
	p.revision++
	p.updated = s.clock()
	return nil
}

// without returns rows without one of them, in a new slice.
func without[T comparable](rows []T, one T) []T {
	return slices.DeleteFunc(slices.Clone(rows), func(row T) bool { return row == one })
}
