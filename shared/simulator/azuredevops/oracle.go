package azuredevops

import "time"

// The oracle says what a correct reader sees now: what is deleted, forbidden or
// not well formed is left out. URLs are those of BaseURL, else of the host that
// the last request was sent to. It does not go through the encoding of answers.

// Project is a project that is listed by default. Those that Forbid hides are
// among them, for the service lists them.
type Project struct {
	ID, Name, URL, State, Visibility string
	// Description is "" if the service omits it.
	Description      string
	Revision         int
	LastUpdateTime   string
	TeamID, TeamName string
	// Forbidden is true if nothing but the list entry can be read.
	Forbidden bool
}

// Repository is a repository that can be read.
type Repository struct {
	ID, Name, URL, WebURL string
	// DefaultBranch is "" if the repository is empty.
	DefaultBranch          string
	Disabled               bool
	Size                   int
	ProjectID, ProjectName string
}

// Pipeline is a pipeline that can be read.
type Pipeline struct {
	ID, Revision           int
	Name, Folder, URL      string
	ProjectID, ProjectName string
	// File is the path of its YAML file, "" for a classic pipeline.
	File string
	// Repository is the ID of an Azure Repos repository, which may be gone, or
	// the full name of one on GitHub.
	Repository string
}

// WorkItem is a work item that can be read.
type WorkItem struct {
	ID, Rev                     int
	URL, ProjectID, ProjectName string
	// Fields are by reference name and hold what decoded JSON would, but that
	// whole numbers are int: dates are strings, identities are maps (a few are
	// strings in nasty data). Empty fields are absent.
	Fields map[string]any
}

// Projects returns the projects in the order of lists.
func (s *Server) Projects() []Project {
	base := s.oracleBase()
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []Project
	for _, p := range s.projectsInOrder() {
		if p.state != wellFormed {
			continue
		}
		out = append(out, Project{
			ID: p.id, Name: p.name, URL: p.url(base), State: p.state, Visibility: p.visibility,
			Description: p.description, Revision: p.revision, LastUpdateTime: formatTime(p.updated),
			TeamID: p.team, TeamName: p.teamName(), Forbidden: p.forbidden != 0,
		})
	}
	return out
}

// Repositories returns the repositories of all projects.
func (s *Server) Repositories() []Repository {
	base := s.oracleBase()
	s.mu.RLock()
	defer s.mu.RUnlock()
	rows := s.repositoriesIn(nil)
	out := make([]Repository, 0, len(rows))
	for _, r := range rows {
		out = append(out, Repository{
			ID: r.id, Name: r.name, URL: r.url(base), WebURL: r.webURL(base), DefaultBranch: r.branch,
			Disabled: r.disabled, Size: r.size, ProjectID: r.project.id, ProjectName: r.project.name,
		})
	}
	return out
}

// Pipelines returns the pipelines of all projects.
func (s *Server) Pipelines() []Pipeline {
	base := s.oracleBase()
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []Pipeline
	for _, p := range s.projectsInOrder() {
		if !p.readable() {
			continue
		}
		for _, l := range p.pipelinesInOrder() {
			out = append(out, Pipeline{
				ID: l.id, Revision: l.revision, Name: l.name, Folder: l.folder, URL: l.url(base),
				ProjectID: p.id, ProjectName: p.name, File: l.file, Repository: l.repository,
			})
		}
	}
	return out
}

// WorkItems yields the work items of all projects by id. It holds no lock while
// it yields, so what changes meanwhile is seen or not.
func (s *Server) WorkItems(yield func(WorkItem) bool) {
	base := s.oracleBase()
	for id := 1; ; id++ {
		w, exists, more := s.workItem(base, id)
		if !more || exists && !yield(w) {
			return
		}
	}
}

// workItem returns one work item; more is false after the last id.
func (s *Server) workItem(base string, id int) (w WorkItem, exists, more bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	it, ok := s.item(id)
	if !ok {
		return w, false, id < s.nextWorkItem
	}
	w = WorkItem{ID: id, Rev: it.rev(), URL: it.url(base), ProjectID: it.project.id, ProjectName: it.project.name, Fields: map[string]any{}}
	for _, f := range s.allFields(it.change) {
		switch v := it.value(f).(type) {
		case nil:
		case time.Time:
			w.Fields[f.name] = formatTime(v)
		case *person:
			w.Fields[f.name] = v.decoded()
		default:
			w.Fields[f.name] = v
		}
	}
	return w, true, true
}
