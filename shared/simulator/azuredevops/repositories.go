package azuredevops

import (
	"net/http"
	"net/url"
	"strings"
)

// repository is a Git repository as it is now.
type repository struct {
	id, name string
	project  *project
	// branch is the default branch, "" if the repository is empty.
	branch   string
	size     int
	disabled bool
	// refs are the commits of the refs that were pushed to.
	refs map[string]string
}

// newRepository adds the n-th repository of a project; the caller checks the
// name and holds the lock.
func (s *Server) newRepository(p *project, name string, n int) *repository {
	order := s.nextRepository
	s.nextRepository++
	draw := s.seed.of(streamRepository, order)
	r := &repository{
		id:      s.seed.guid(streamRepository, order),
		name:    name,
		project: p,
		branch:  "refs/heads/main",
		refs:    map[string]string{},
		size:    1000 + draw.draw(1, 50_000_000),
	}
	disabled, empty := n%23 == 11, n%19 == 7
	if s.options.Nasty {
		disabled, empty = n%7 == 3, n%5 == 2
		if n%6 == 4 {
			r.branch = "refs/heads/фича/main"
		}
	}
	if empty {
		r.branch, r.size = "", 0
	}
	r.disabled = disabled
	s.repositories[r.id] = r
	p.repositories = append(p.repositories, r)
	return r
}

// repositoriesIn returns what one project has, or everything that may be read.
func (s *Server) repositoriesIn(p *project) []*repository {
	if p != nil {
		return p.repositories
	}
	var rows []*repository
	for _, p := range s.projectsInOrder() {
		if p.readable() {
			rows = append(rows, p.repositories...)
		}
	}
	return rows
}

// listRepositories answers GET [{project}/]_apis/git/repositories, which has no
// pages.
func (s *Server) listRepositories(c *call) reply {
	rows := s.repositoriesIn(c.project)
	values := make([]object, len(rows))
	for i, r := range rows {
		values[i] = r.body(c.base)
	}
	return listReply(values)
}

// getRepository answers GET [{project}/]_apis/git/repositories/{id}; in a
// project, a name will do.
func (s *Server) getRepository(c *call) reply {
	r, ok := s.repositories[strings.ToLower(c.id)]
	if !ok && c.project != nil {
		r, ok = c.project.repositoryNamed(c.id)
	}
	if !ok || c.project != nil && r.project != c.project || r.project.forbidden == 0 && !r.project.readable() {
		return repositoryNotFound(c.id)
	}
	if r.project.forbidden != 0 {
		return denied(r.project)
	}
	return jsonReply(http.StatusOK, r.body(c.base))
}

func (p *project) repositoryNamed(name string) (*repository, bool) {
	for _, r := range p.repositories {
		if strings.EqualFold(r.name, name) {
			return r, true
		}
	}
	return nil, false
}

func (r *repository) url(base string) string {
	return base + "/" + r.project.id + "/_apis/git/repositories/" + r.id
}

func (r *repository) webURL(base string) string {
	return base + "/" + r.project.path() + "/_git/" + url.PathEscape(r.name)
}

func (r *repository) body(base string) object {
	organization := base[strings.LastIndex(base, "/")+1:]
	path := r.project.path() + "/" + url.PathEscape(r.name)
	body := object{
		"id":              r.id,
		"name":            r.name,
		"url":             r.url(base),
		"project":         r.project.body(base),
		"size":            r.size,
		"remoteUrl":       r.webURL(base),
		"sshUrl":          "git@ssh.dev.azure.com:v3/" + organization + "/" + path,
		"webUrl":          r.webURL(base),
		"isDisabled":      r.disabled,
		"isInMaintenance": false,
	}
	if r.branch != "" {
		body["defaultBranch"] = r.branch
	}
	return body
}
