package azuredevops

import "fmt"

// AddRepository adds a repository with a default branch to a project, by the
// project's ID, and returns its ID. The name MUST be new in the project.
func (s *Server) AddRepository(projectID, name string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.projects[projectID]
	if !ok {
		return "", fmt.Errorf("adding a repository: there is no project %s", projectID)
	}
	if other, ok := p.repositoryNamed(name); ok {
		return "", fmt.Errorf("adding a repository: the name %q is that of %s", name, other.id)
	}
	return s.newRepository(p, name, 0).id, nil
}

// RenameRepository renames a repository.
func (s *Server) RenameRepository(id, name string) error {
	return s.changeRepository(id, func(r *repository) error {
		if other, ok := r.project.repositoryNamed(name); ok && other != r {
			return fmt.Errorf("renaming a repository: the name %q is that of %s", name, other.id)
		}
		r.name = name
		return nil
	})
}

// SetRepositoryDisabled disables or enables a repository.
func (s *Server) SetRepositoryDisabled(id string, disabled bool) error {
	return s.changeRepository(id, func(r *repository) error {
		r.disabled = disabled
		return nil
	})
}

// SetDefaultBranch sets the default branch of a repository, a full ref name;
// "" makes it an empty repository, which has none.
func (s *Server) SetDefaultBranch(id, branch string) error {
	return s.changeRepository(id, func(r *repository) error {
		r.branch = branch
		return nil
	})
}

// DeleteRepository deletes a repository. Pipelines go on naming it.
func (s *Server) DeleteRepository(id string) error {
	return s.changeRepository(id, func(r *repository) error {
		delete(s.repositories, r.id)
		r.project.repositories = without(r.project.repositories, r)
		return nil
	})
}

func (s *Server) changeRepository(id string, change func(*repository) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.repositories[id]
	if !ok {
		return fmt.Errorf("there is no repository %s", id)
	}
	return change(r)
}
