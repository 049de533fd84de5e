package azuredevops

import (
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// call is one request to a route.
type call struct {
	query query
	// base is the organization's URL.
	base string
	// project is nil on a route of the organization.
	project *project
	// id is the variable segment of the path.
	id   string
	body []byte
}

// route is one resource of the API. Handlers run while the server's lock is
// held for reading; those of service hooks change what hooks guards itself.
type route struct {
	method string
	// path is what follows _apis/; {id} stands for any segment.
	path string
	// organization and inProject say where the route exists.
	organization, inProject bool
	// preview is true if only preview versions exist.
	preview bool
	// write is true if it changes the organization.
	write  bool
	handle func(*Server, *call) reply
}

var routes = slices.Concat(readRoutes, hookRoutes)

var readRoutes = []route{
	{method: "GET", path: "connectionData", organization: true, preview: true, handle: (*Server).getConnectionData},
	{method: "GET", path: "projects", organization: true, handle: (*Server).listProjects},
	{method: "GET", path: "projects/{id}", organization: true, handle: (*Server).getProject},
	{method: "GET", path: "git/repositories", organization: true, inProject: true, handle: (*Server).listRepositories},
	{method: "GET", path: "git/repositories/{id}", organization: true, inProject: true, handle: (*Server).getRepository},
	{method: "GET", path: "pipelines", inProject: true, handle: (*Server).listPipelines},
	{method: "GET", path: "pipelines/{id}", inProject: true, handle: (*Server).getPipeline},
	{method: "GET", path: "build/definitions", inProject: true, handle: (*Server).listDefinitions},
	{method: "GET", path: "build/definitions/{id}", inProject: true, handle: (*Server).getDefinition},
	{method: "POST", path: "wit/wiql", organization: true, inProject: true, handle: (*Server).queryWorkItems},
	{method: "POST", path: "wit/workitemsbatch", organization: true, inProject: true, handle: (*Server).batchWorkItems},
	{method: "GET", path: "wit/workitems", organization: true, inProject: true, handle: (*Server).listWorkItems},
	{method: "GET", path: "wit/workitems/{id}", organization: true, inProject: true, handle: (*Server).getWorkItem},
}

const apis = "_apis"

// answer does everything but writing the answer.
func (s *Server) answer(r *http.Request) reply {
	origin := s.origin(r)
	segments, ok := segmentsOf(r.URL)
	if !ok || len(segments) == 0 || !strings.EqualFold(segments[0], s.options.Organization) {
		s.counts.add(r.Method+" unknown", isWrite(r.Method))
		return pageNotFound()
	}
	at := slices.IndexFunc(segments, func(s string) bool { return strings.EqualFold(s, apis) })
	if at != 1 && at != 2 {
		s.counts.add(r.Method+" unknown", isWrite(r.Method))
		return pageNotFound()
	}
	c := &call{base: origin + "/" + s.options.Organization}
	found, known := s.match(r.Method, segments[at+1:], at == 2, c)
	if !s.authorized(r) {
		return signIn(r)
	}
	if found == nil {
		return unrouted(r, known)
	}
	if failed := c.read(r, found); failed != nil {
		return *failed
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	if at == 2 {
		p, failed := s.openProject(segments[1])
		if failed != nil {
			return *failed
		}
		c.project = p
	}
	return found.handle(s, c)
}

// match finds and counts the route of a path. known is true if the path exists
// with another method.
func (s *Server) match(method string, path []string, inProject bool, c *call) (found *route, known bool) {
	for i := range routes {
		candidate := &routes[i]
		id, ok := candidate.matches(path, inProject)
		if !ok {
			continue
		}
		known = true
		if candidate.method == method {
			c.id = id
			s.counts.add(candidate.name(inProject), candidate.write)
			return candidate, true
		}
	}
	s.counts.add(method+" unknown", isWrite(method))
	return nil, known
}

func (t *route) matches(path []string, inProject bool) (id string, ok bool) {
	if inProject && !t.inProject || !inProject && !t.organization {
		return "", false
	}
	want := strings.Split(t.path, "/")
	if len(want) != len(path) {
		return "", false
	}
	for i, segment := range want {
		if segment == "{id}" {
			id = path[i]
		} else if !strings.EqualFold(segment, path[i]) {
			return "", false
		}
	}
	return id, true
}

func (t *route) name(inProject bool) string {
	if inProject {
		return t.method + " {project}/_apis/" + t.path
	}
	return t.method + " _apis/" + t.path
}

func (c *call) read(r *http.Request, t *route) *reply {
	q, failed := parseQuery(r.URL.RawQuery)
	if failed != nil {
		return failed
	}
	c.query = q
	if failed := checkVersion(r.Method, apiVersion(r, q), t.preview); failed != nil {
		return failed
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, 4<<20))
	if err != nil {
		a := invalid("The request body could not be read.")
		return &a
	}
	c.body = body
	return nil
}

func unrouted(r *http.Request, known bool) reply {
	if known {
		return routingError(http.StatusMethodNotAllowed, "The requested resource does not support http method '%s'.", r.Method)
	}
	return routingError(http.StatusNotFound, "The controller for path '%s' was not found or does not implement IController.", r.URL.Path)
}

// segmentsOf splits a path and unescapes its segments, so that a slash inside a
// name survives. One slash at the end is ignored.
func segmentsOf(u *url.URL) ([]string, bool) {
	raw := strings.Split(strings.TrimSuffix(strings.TrimPrefix(u.EscapedPath(), "/"), "/"), "/")
	segments := make([]string, len(raw))
	for i, segment := range raw {
		text, err := url.PathUnescape(segment)
		if err != nil || text == "" {
			return nil, false
		}
		segments[i] = text
	}
	return segments, true
}

func isWrite(method string) bool {
	return method != http.MethodGet && method != http.MethodHead && method != http.MethodOptions
}
