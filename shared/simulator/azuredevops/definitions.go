package azuredevops

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// listDefinitions answers GET {project}/_apis/build/definitions. Only with
// includeAllProperties=true do its items tell repository and process.
func (s *Server) listDefinitions(c *call) reply {
	rows := c.project.pipelinesInOrder()
	if ids := c.query["definitionids"]; ids != "" {
		wanted := strings.Split(ids, ",")
		rows = slices.DeleteFunc(rows, func(l *pipeline) bool { return !slices.Contains(wanted, strconv.Itoa(l.id)) })
	}
	rows, token, failed := s.pipelinePage(c, rows)
	if failed != nil {
		return *failed
	}
	values := make([]object, len(rows))
	for i, l := range rows {
		values[i] = l.reference(c.base)
		if c.query.flag("includeallproperties") {
			s.complete(values[i], l, c.base)
		}
	}
	a := listReply(values)
	a.continuation = token
	return a
}

// getDefinition answers GET {project}/_apis/build/definitions/{id}.
func (s *Server) getDefinition(c *call) reply {
	l, ok := s.findPipeline(c)
	if !ok {
		return definitionNotFound(c.id)
	}
	body := l.reference(c.base)
	s.complete(body, l, c.base)
	return jsonReply(http.StatusOK, body)
}

// reference is the definition as lists have it (BuildDefinitionReference).
func (l *pipeline) reference(base string) object {
	self := fmt.Sprintf("%s/%s/_apis/build/Definitions/%d?revision=%d", base, l.project.id, l.id, l.revision)
	return object{
		"_links":      object{"self": link(self), "web": link(l.webURL(base))},
		"quality":     "definition",
		"authoredBy":  object{"displayName": l.author.displayName, "id": l.author.id, "uniqueName": l.author.uniqueName},
		"drafts":      []any{},
		"id":          l.id,
		"name":        l.name,
		"url":         self,
		"uri":         fmt.Sprintf("vstfs:///Build/Definition/%d", l.id),
		"path":        l.folder,
		"type":        "build",
		"queueStatus": "enabled",
		"revision":    l.revision,
		"createdDate": formatTime(l.created),
		"project":     l.project.body(base),
	}
}

// complete adds what only a whole definition has.
func (s *Server) complete(body object, l *pipeline, base string) {
	body["process"] = object{"yamlFilename": l.file, "type": 2}
	if l.file == "" {
		body["process"] = object{"phases": []any{}, "target": object{}, "type": 1}
	}
	repository := object{
		"id": l.repository, "type": "TfsGit", "name": l.repository, "url": "",
		"defaultBranch": "refs/heads/main", "clean": nil, "checkoutSubmodules": false,
	}
	if l.source == gitHub {
		repository["type"], repository["url"] = "GitHub", "https://github.com/"+l.repository+".git"
	} else if r, ok := s.repositories[l.repository]; ok {
		repository["name"], repository["url"] = r.name, r.webURL(base)
	}
	body["repository"] = repository
}
