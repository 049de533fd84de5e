package azuredevops

import (
	"net/http"
	"sync"
	"sync/atomic"
)

// Server is one simulated organization. It is safe for concurrent use.
type Server struct {
	options Options
	seed    seed
	people  []*person
	counts  counts
	hooks   hooks
	// host is scheme and host of the last request, for the oracle's URLs.
	host atomic.Pointer[string]

	mu sync.RWMutex // guards what follows
	// base holds the projects that the base work items are of, in the order of
	// their ids, deleted ones included.
	base []*project
	// projects are by ID, names by folded name; both without deleted ones.
	projects map[string]*project
	names    map[string]*project
	// repositories are by ID.
	repositories map[string]*repository
	pipelines    map[int]*pipeline
	// changes overlay the base work items, and hold the created ones.
	changes map[int]*change
	// extras are the ids, ascending, of created work items and of those that
	// moved to another project.
	extras []int
	// custom are fields that are not part of the process, by folded name.
	custom map[string]*field
	// runs and pullRequests are by id; they exist in events alone.
	runs         map[int]*run
	pullRequests map[int]*pullRequest
	// next* number what is added, commits those that were pushed.
	nextProject, nextRepository, nextPipeline, nextWorkItem int
	commits                                                 int
}

// New returns an organization with the data that o describes. Its cost does not
// depend on the number of work items.
func New(o Options) *Server {
	o = o.withDefaults()
	s := &Server{
		options:      o,
		seed:         seed(mix(o.Seed + golden)),
		projects:     map[string]*project{},
		names:        map[string]*project{},
		repositories: map[string]*repository{},
		pipelines:    map[int]*pipeline{},
		changes:      map[int]*change{},
		custom:       map[string]*field{},
		runs:         map[int]*run{},
		pullRequests: map[int]*pullRequest{},
	}
	s.people = s.newPeople()
	for i := range o.Projects {
		p := s.newProject(nth(choose(o.Nasty, nastyProjectNames, projectNames), i))
		s.base = append(s.base, p)
		for j := range o.RepositoriesPerProject {
			s.newRepository(p, nth(choose(o.Nasty, nastyRepositoryNames, repositoryNames), j), j)
		}
	}
	// Interleaved, so that the ids of one project have gaps.
	for j := range o.PipelinesPerProject {
		for _, p := range s.base {
			s.newPipeline(p, nth(choose(o.Nasty, nastyPipelineNames, pipelineNames), j), j)
		}
	}
	s.nextWorkItem = o.Projects*o.WorkItemsPerProject + 1
	return s
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.answer(r).write(w, s.options.BOM, s.seed.guid(streamActivity, s.counts.next()))
}

// origin returns scheme and host of the URLs in bodies.
func (s *Server) origin(r *http.Request) string {
	if s.options.BaseURL != nil {
		return s.options.BaseURL()
	}
	scheme := "http://"
	if r.TLS != nil {
		scheme = "https://"
	}
	host := scheme + r.Host
	if last := s.host.Load(); last == nil || *last != host {
		s.host.Store(&host)
	}
	return host
}

// oracleBase returns the base of the oracle's URLs: BaseURL, else what the last
// request was sent to, else the real service.
func (s *Server) oracleBase() string {
	origin := "https://dev.azure.com"
	if s.options.BaseURL != nil {
		origin = s.options.BaseURL()
	} else if last := s.host.Load(); last != nil {
		origin = *last
	}
	return origin + "/" + s.options.Organization
}
