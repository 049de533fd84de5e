package azuredevops

import (
	"net/url"
	"strings"
	"time"
)

const wellFormed = "wellFormed"

// project is a project as it is now. The names of areas are below the project,
// so that a new name of the project is one of every path too.
type project struct {
	// order is the position in lists; it never changes.
	order                 int
	id, name, description string
	state, visibility     string
	revision              int
	updated               time.Time
	team                  string
	// paths are the known areas and iterations, see pathKey.
	paths map[string]bool
	// repositories and pipelines are in the order in which they were added.
	repositories []*repository
	pipelines    []*pipeline
	deleted      bool
	forbidden    int // the status of every route, 0 if it may be read
}

// foldName is how names of projects and areas are compared.
func foldName(name string) string { return strings.ToLower(name) }

// newProject adds a project; the caller checks the name and holds the lock.
func (s *Server) newProject(name string) *project {
	n := s.nextProject
	s.nextProject++
	draw := s.seed.of(streamProject, n)
	p := &project{
		order:       n,
		id:          s.seed.guid(streamProject, n),
		name:        name,
		description: projectDescriptions[n%len(projectDescriptions)],
		state:       wellFormed,
		visibility:  "private",
		revision:    10 + draw.draw(1, 500),
		updated:     draw.moment(2, epoch, 300),
		team:        s.seed.guid(streamTeam, n),
		paths:       map[string]bool{},
	}
	if n%9 == 4 {
		p.visibility = "public"
	}
	for _, area := range choose(s.options.Nasty, nastyAreas, areas) {
		p.addPath(areaPath, area)
	}
	for _, iteration := range iterations {
		p.addPath(iterationPath, iteration)
	}
	s.projects[p.id], s.names[foldName(name)] = p, p
	return p
}

// pathKey is the key of an area or an iteration, as a path below its project.
func pathKey(field, path string) string { return field + ":" + foldName(path) }

// addPath makes an area or an iteration, and those above it, known.
func (p *project) addPath(field, path string) {
	for !p.paths[pathKey(field, path)] {
		p.paths[pathKey(field, path)] = true
		path = path[:max(strings.LastIndex(path, `\`), 0)]
	}
}

// readable is false for what hides all its contents.
func (p *project) readable() bool { return !p.deleted && p.state == wellFormed && p.forbidden == 0 }

// findProject finds a project by ID or by name, in any case.
func (s *Server) findProject(segment string) (*project, bool) {
	if p, ok := s.projects[strings.ToLower(segment)]; ok {
		return p, true
	}
	p, ok := s.names[foldName(segment)]
	return p, ok
}

// openProject finds a project whose contents may be read.
func (s *Server) openProject(segment string) (*project, *reply) {
	p, ok := s.findProject(segment)
	if !ok || p.forbidden == 0 && p.state != wellFormed {
		a := projectNotFound(segment)
		return nil, &a
	}
	if p.forbidden != 0 {
		a := denied(p)
		return nil, &a
	}
	return p, nil
}

func (p *project) url(base string) string { return base + "/_apis/projects/" + p.id }

// path returns the project's segment in web addresses.
func (p *project) path() string { return url.PathEscape(p.name) }
