package azuredevops

import "fmt"

// AddRepository adds a repository with a default branch to a project, by the
// project's ID, and returns its ID. The name MUST be new in the project.
func (s *Server) AddRepository(projectID, name string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.addRepository(projectID, name)
	if err != nil {
		return "", fmt.Errorf("adding a repository: %w", err)
	}
	s.tellRepository("git.repo.created", "A new Git repository was created with name "+name+".", r, nil)
	return r.id, nil
}

func (s *Server) addRepository(projectID, name string) (*repository, error) {
	p, ok := s.projects[projectID]
	if !ok {
		return nil, fmt.Errorf("there is no project %s", projectID)
	}
	if other, ok := p.repositoryNamed(name); ok {
		return nil, fmt.Errorf("the name %q is that of %s", name, other.id)
	}
	return s.newRepository(p, name, 0), nil
}

// RenameRepository renames a repository.
func (s *Server) RenameRepository(id, name string) error {
	return s.changeRepository(id, func(r *repository) error {
		if other, ok := r.project.repositoryNamed(name); ok && other != r {
			return fmt.Errorf("renaming a repository: the name %q is that of %s", name, other.id)
		}
		old := r.name
		r.name = name
		s.tellRepository("git.repo.renamed", "Git repository "+old+" was renamed to "+name+".", r, object{"oldName": old, "newName": name})
		return nil
	})
}

// SetRepositoryDisabled disables or enables a repository.
func (s *Server) SetRepositoryDisabled(id string, disabled bool) error {
	return s.changeRepository(id, func(r *repository) error {
		r.disabled = disabled
		s.tellRepository("git.repo.statuschanged", "Git repository "+r.name+" status was changed.", r, object{"disabled": disabled})
		return nil
	})
}

// SetDefaultBranch sets the default branch of a repository, a full ref name;
// "" makes it an empty repository, which has none. No event tells it.
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
		s.tellDeleted(r)
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
