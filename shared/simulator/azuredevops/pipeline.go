package azuredevops

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// pipeline is a pipeline, which is a build definition too: they share the id.
type pipeline struct {
	id           int
	name, folder string
	revision     int
	project      *project
	created      time.Time
	// source says where its code is.
	source source
	// repository is the ID of an Azure Repos repository, which may be gone by
	// now, or the full name of one on GitHub.
	repository string
	// file is the path of the YAML file, "" for a classic pipeline.
	file   string
	author *person
}

// source is the sort of repository of a pipeline.
type source int

const (
	azureRepos source = iota
	gitHub
)

// newPipeline adds the n-th pipeline of a project; the caller holds the lock.
func (s *Server) newPipeline(p *project, name string, n int) *pipeline {
	s.nextPipeline++
	draw := s.seed.of(streamPipeline, s.nextPipeline)
	l := &pipeline{
		id:       s.nextPipeline,
		name:     name,
		folder:   pipelineFolders[draw.draw(1, len(pipelineFolders))],
		revision: 1 + draw.draw(2, 30),
		project:  p,
		created:  draw.moment(3, epoch, 300),
		file:     "azure-pipelines.yml",
		author:   s.people[draw.draw(4, len(s.people))],
	}
	if len(p.repositories) > 0 {
		l.repository = p.repositories[n%len(p.repositories)].id
	}
	switch {
	case s.options.Nasty && n%5 == 3:
		l.file = ""
	case s.options.Nasty && n%5 == 4, l.repository == "":
		l.source, l.repository = gitHub, "fabrikam-example/"+strings.ToLower(pipelineNames[n%len(pipelineNames)])
	case n%3 == 2:
		l.file = "build/ci.yml"
	}
	s.pipelines[l.id] = l
	p.pipelines = append(p.pipelines, l)
	return l
}

// compareNames is the order of lists: by name, then by id.
func (l *pipeline) compareNames(name string, id int) int {
	return cmp.Or(strings.Compare(foldName(l.name), foldName(name)), cmp.Compare(l.id, id))
}

// pipelinesInOrder returns the pipelines of a project as lists have them.
func (p *project) pipelinesInOrder() []*pipeline {
	return slices.SortedFunc(slices.Values(p.pipelines), func(a, b *pipeline) int { return a.compareNames(b.name, b.id) })
}

const (
	defaultPipelines = 1000
	mostPipelines    = 10_000
)

// pipelinePage returns the page that a call asks for and the token of the next.
// A token names the last pipeline of its page and holds semicolons, as those of
// the service do: it works only if the client escapes it.
func (s *Server) pipelinePage(c *call, rows []*pipeline) ([]*pipeline, string, *reply) {
	top, failed := c.query.number("$top", defaultPipelines)
	if failed != nil {
		return nil, "", failed
	}
	if top == 0 || top > mostPipelines {
		top = mostPipelines
	}
	if token := c.query["continuationtoken"]; token != "" {
		name, id, err := parseToken(token)
		if err != nil {
			a := invalid("The continuation token is not valid: %s", token)
			return nil, "", &a
		}
		rows = slices.DeleteFunc(rows, func(l *pipeline) bool { return l.compareNames(name, id) <= 0 })
	}
	if len(rows) <= top {
		return rows, "", nil
	}
	rows = rows[:top]
	return rows, rows[top-1].token(), nil
}

func (l *pipeline) token() string {
	return fmt.Sprintf("%s;%d;1", base64.RawURLEncoding.EncodeToString([]byte(l.name)), l.id)
}

func parseToken(token string) (name string, id int, err error) {
	parts := strings.Split(token, ";")
	if len(parts) != 3 {
		return "", 0, fmt.Errorf("a token has three parts, this one %d", len(parts))
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[0])
	if err != nil {
		return "", 0, fmt.Errorf("decoding the name of a token: %w", err)
	}
	id, err = strconv.Atoi(parts[1])
	if err != nil {
		return "", 0, fmt.Errorf("decoding the id of a token: %w", err)
	}
	return string(text), id, nil
}

// findPipeline finds a pipeline of the call's project.
func (s *Server) findPipeline(c *call) (*pipeline, bool) {
	id, err := strconv.Atoi(c.id)
	if err != nil {
		return nil, false
	}
	l, ok := s.pipelines[id]
	return l, ok && l.project == c.project
}
