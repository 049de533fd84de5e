package azuredevops

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// listProjects answers GET _apis/projects: 100 a page unless $top says
// otherwise; the token is the position of the next project.
func (s *Server) listProjects(c *call) reply {
	top, failed := c.query.number("$top", 0)
	if failed != nil {
		return *failed
	}
	top = cmp.Or(top, 100)
	skip, failed := c.query.number("$skip", 0)
	if failed != nil {
		return *failed
	}
	from, failed := c.query.number("continuationtoken", 0)
	if failed != nil {
		return *failed
	}
	state := cmp.Or(c.query["statefilter"], wellFormed)
	rows := slices.DeleteFunc(s.projectsInOrder(), func(p *project) bool {
		return p.order < from || !strings.EqualFold(state, "all") && !strings.EqualFold(state, p.state)
	})
	rows = rows[min(skip, len(rows)):]
	var continuation string
	if len(rows) > top {
		continuation = strconv.Itoa(rows[top].order)
		rows = rows[:top]
	}
	values := make([]object, len(rows))
	for i, p := range rows {
		values[i] = p.body(c.base)
	}
	a := listReply(values)
	a.continuation = continuation
	return a
}

// projectsInOrder returns the projects that are not deleted as lists have them.
func (s *Server) projectsInOrder() []*project {
	return slices.SortedFunc(maps.Values(s.projects), func(a, b *project) int { return cmp.Compare(a.order, b.order) })
}

// getProject answers GET _apis/projects/{id or name}. It gives more than the
// list: defaultTeam, _links, and capabilities if they are asked for.
func (s *Server) getProject(c *call) reply {
	p, ok := s.findProject(c.id)
	if !ok {
		return projectNotFound(c.id)
	}
	if p.forbidden != 0 {
		return denied(p)
	}
	body := p.body(c.base)
	team := c.base + "/_apis/projects/" + p.id + "/teams/" + p.team
	body["defaultTeam"] = object{"id": p.team, "name": p.teamName(), "url": team}
	body["_links"] = object{
		"self":       link(p.url(c.base)),
		"collection": link(c.base + "/_apis/projectCollections/" + s.seed.guid(streamOrganization, 2)),
		"web":        link(c.base + "/" + p.path()),
	}
	if c.query.flag("includecapabilities") {
		body["capabilities"] = object{
			"processTemplate": object{"templateName": "Agile", "templateTypeId": "adcc42ab-9882-485e-a3ed-7678f01f66bc"},
			"versioncontrol":  object{"sourceControlType": "Git", "gitEnabled": "True", "tfvcEnabled": "False"},
		}
	}
	return jsonReply(http.StatusOK, body)
}

func (p *project) teamName() string { return p.name + " Team" }

// body is the project as lists, and other resources, have it.
func (p *project) body(base string) object {
	body := object{
		"id":             p.id,
		"name":           p.name,
		"url":            p.url(base),
		"state":          p.state,
		"revision":       p.revision,
		"visibility":     p.visibility,
		"lastUpdateTime": formatTime(p.updated),
	}
	if p.description != "" {
		body["description"] = p.description
	}
	return body
}
