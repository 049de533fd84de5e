package azuredevops

import (
	"fmt"
	"net/http"
)

// listPipelines answers GET {project}/_apis/pipelines. Its items have no
// configuration.
func (s *Server) listPipelines(c *call) reply {
	rows, token, failed := s.pipelinePage(c, c.project.pipelinesInOrder())
	if failed != nil {
		return *failed
	}
	values := make([]object, len(rows))
	for i, l := range rows {
		values[i] = l.body(c.base)
	}
	a := listReply(values)
	a.continuation = token
	return a
}

// getPipeline answers GET {project}/_apis/pipelines/{id}, with configuration.
func (s *Server) getPipeline(c *call) reply {
	l, ok := s.findPipeline(c)
	if !ok {
		return pipelineNotFound(c.id)
	}
	body := l.body(c.base)
	body["configuration"] = l.configuration()
	return jsonReply(http.StatusOK, body)
}

func (l *pipeline) url(base string) string {
	return fmt.Sprintf("%s/%s/_apis/pipelines/%d?revision=%d", base, l.project.id, l.id, l.revision)
}

func (l *pipeline) webURL(base string) string {
	return fmt.Sprintf("%s/%s/_build/definition?definitionId=%d", base, l.project.id, l.id)
}

func (l *pipeline) body(base string) object {
	return object{
		"_links":   object{"self": link(l.url(base)), "web": link(l.webURL(base))},
		"url":      l.url(base),
		"id":       l.id,
		"revision": l.revision,
		"name":     l.name,
		"folder":   l.folder,
	}
}

func (l *pipeline) configuration() object {
	if l.file == "" {
		return object{"type": "designerJson", "designerJson": object{"id": l.id, "name": l.name}}
	}
	repository := object{"id": l.repository, "type": "azureReposGit"}
	if l.source == gitHub {
		repository = object{"fullName": l.repository, "connection": object{"id": l.project.team}, "type": "gitHub"}
	}
	return object{"path": l.file, "repository": repository, "type": "yaml"}
}
