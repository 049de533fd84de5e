package azuredevops

import (
	"fmt"
	"strings"
)

// zeroCommit stands for the absence of a ref.
var zeroCommit = strings.Repeat("0", 40)

// Push pushes a commit to a ref of a repository, by its ID; ref is a full name,
// "refs/heads/main". An empty repository gets its default branch that way.
// Nothing can be pushed to a disabled one.
func (s *Server) Push(repositoryID, ref string) error {
	return s.changeRepository(repositoryID, func(r *repository) error {
		if r.disabled {
			return fmt.Errorf("pushing to repository %s: it is disabled", r.id)
		}
		s.push(r, ref)
		return nil
	})
}

func (s *Server) push(r *repository, ref string) {
	from, ok := r.refs[ref]
	switch {
	case ok:
	case ref == r.branch:
		from = s.commitOf(r, -1)
	default:
		from = zeroCommit
	}
	s.commits++
	to := s.commitOf(r, s.commits)
	r.refs[ref] = to
	if r.branch == "" {
		r.branch = ref
	}
	r.size += 1024
	s.tellPush(r, ref, from, to)
}

// commitOf is the name of a repository's n-th commit: 40 hexadecimal digits.
func (s *Server) commitOf(r *repository, n int) string {
	a, b := s.seed.guid(streamCommit, 2*n), s.seed.guid(streamCommit, 2*n+1)
	return (strings.ReplaceAll(a, "-", "") + r.id[:4] + strings.ReplaceAll(b, "-", ""))[:40]
}

// ForkRepository forks a repository into a project, both by ID, and returns the
// ID of the fork. The name MUST be new in the project.
func (s *Server) ForkRepository(sourceID, projectID, name string) (string, error) {
	var id string
	err := s.changeRepository(sourceID, func(source *repository) error {
		target, err := s.addRepository(projectID, name)
		if err != nil {
			return fmt.Errorf("forking repository %s: %w", sourceID, err)
		}
		id = target.id
		s.tellForked(source, target)
		return nil
	})
	return id, err
}

// CreatePullRequest opens a pull request in a repository, by its ID, and returns
// its id. The refs are full names. The REST API does not show pull requests:
// they exist in events alone.
func (s *Server) CreatePullRequest(repositoryID, title, source, target string) (int, error) {
	var id int
	err := s.changeRepository(repositoryID, func(r *repository) error {
		id = len(s.pullRequests) + 1
		s.commits++
		p := &pullRequest{
			id: id, repository: r, title: title, status: "active", source: source, target: target, commit: s.commitOf(r, s.commits),
			author: s.people[id%len(s.people)], created: s.clock(),
		}
		s.pullRequests[id] = p
		s.tellPullRequest("created", "created a new pull request", p, nil)
		s.tellMerge(p)
		return nil
	})
	return id, err
}

// UpdatePullRequest sets title and status ("active", "abandoned", "completed")
// of a pull request; "" leaves them. One that is completed moves its target.
func (s *Server) UpdatePullRequest(id int, title, status string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.pullRequests[id]
	if !ok || s.repositories[p.repository.id] == nil {
		return fmt.Errorf("there is no pull request %d", id)
	}
	if title != "" {
		// A new title is told only to subscriptions without a notificationType.
		p.title = title
		s.tellPullRequest("updated", "updated the pull request", p, nil)
	}
	if status == "" || status == p.status {
		return nil
	}
	p.status = status
	if status != "active" {
		p.closed = s.clock()
	}
	s.tellPullRequest("updated", "marked the pull request as "+status, p, map[string][]string{"notificationType": {"StatusUpdateNotification"}})
	if status == "completed" {
		// Every attempt to merge is told, two for a success.
		s.tellMerge(p)
		s.tellMerge(p)
		s.push(p.repository, p.target)
	}
	return nil
}

func (s *Server) tellMerge(p *pullRequest) {
	s.tellPullRequest("merged", "attempted to merge the pull request", p, map[string][]string{"mergeResult": {"Succeeded"}})
}
