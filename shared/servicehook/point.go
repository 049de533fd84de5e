package servicehook

import "regexp"

// The kinds that events point at, by the names that the catalogue of kinds has
// for them.
const (
	kindProject    = "project"
	kindRepository = "repository"
	kindPipeline   = "pipeline"
	kindWorkItem   = "work-item"
)

// point says how an event names the item that it is about.
type point struct {
	kind string
	// where is what a person looks for in the body first.
	where string
	// ids are tried in order; project is tried before what is usual.
	ids     []locator
	project []string
}

// locator finds an id in a resource, "" if it is not there.
type locator func(resource object) string

func (p *point) find(resource object) string {
	for _, locate := range p.ids {
		if id := locate(resource); id != "" {
			return id
		}
	}
	return ""
}

// at finds an id at a path.
func at(f form, path ...string) locator {
	return func(resource object) string { return resource.id(f, path...) }
}

// inURL finds an id behind a segment of the URL at a path. It is what is left of
// a resource of which only the minimum was sent, and of those that are poor in
// old versions.
func inURL(f form, segment string, path ...string) locator {
	behind := regexp.MustCompile(`(?i)/` + segment + `/([0-9a-f-]+)(?:[/?#]|$)`)
	return func(resource object) string {
		m := behind.FindStringSubmatch(resource.text(path...))
		if m == nil {
			return ""
		}
		return f(m[1])
	}
}

var (
	repository = &point{
		kind: kindRepository, where: "resource.repository.id",
		ids: []locator{at(guid, "repository", "id"), inURL(guid, "repositories", "url")},
	}
	deletedRepository = &point{
		kind: kindRepository, where: "resource.repositoryId",
		ids: []locator{at(guid, "repositoryId"), at(guid, "repository", "id")},
	}
	// A fork is made in the target's project, and known to the source's.
	forkedRepository = &point{
		kind: kindRepository, where: "resource.targetRepository.id",
		ids:     []locator{at(guid, "targetRepository", "id")},
		project: []string{"targetRepository", "project", "id"},
	}
	// Version 1.0 of the event is the comment alone: the repository is in its
	// links.
	commentedRepository = &point{
		kind: kindRepository, where: "resource.pullRequest.repository.id",
		ids: []locator{
			at(guid, "pullRequest", "repository", "id"),
			inURL(guid, "repositories", "comment", "_links", "self", "href"),
			inURL(guid, "repositories", "_links", "self", "href"),
			inURL(guid, "repositories", "_links", "repository", "href"),
			inURL(guid, "repositories", "url"),
		},
	}
	builtPipeline = &point{
		kind: kindPipeline, where: "resource.definition.id",
		ids: []locator{at(number, "definition", "id"), inURL(number, "definitions", "definition", "url")},
	}
	// Approvals come in several shapes, the one of the documentation with null
	// for all of them.
	runPipeline = &point{
		kind: kindPipeline, where: "resource.pipeline.id",
		ids: []locator{
			at(number, "pipeline", "id"),
			at(number, "run", "pipeline", "id"),
			at(number, "approval", "pipeline", "id"),
			inURL(number, "pipelines", "run", "url"),
			inURL(number, "pipelines", "runUrl"),
			inURL(number, "pipelines", "run", "_links", "self", "href"),
		},
	}
	workItem = &point{
		kind: kindWorkItem, where: "resource.id",
		ids: []locator{
			at(number, "workItemId"), at(number, "id"),
			inURL(number, "workitems", "url"), inURL(number, "recyclebin", "url"),
		},
	}
	// resource.id MUST NOT be read here: it is the number of the update.
	updatedWorkItem = &point{
		kind: kindWorkItem, where: "resource.workItemId or resource.revision.id",
		ids: []locator{
			at(number, "workItemId"), at(number, "revision", "id"),
			inURL(number, "workitems", "url"),
		},
	}
)

// projects are where resources name their project, for the events whose
// resourceContainers lack it: releases, and approvals that are pending.
var projects = [][]string{
	{"project", "id"},
	{"projectId"},
	{"repository", "project", "id"},
	{"pullRequest", "repository", "project", "id"},
	{"definition", "project", "id"},
}

// projectOf returns the id of the project in which an event happened, "" if the
// event does not say. p may be nil.
func projectOf(p *point, envelope, resource object) string {
	if p != nil && p.project != nil {
		if id := resource.id(guid, p.project...); id != "" {
			return id
		}
	}
	if id := envelope.id(guid, "resourceContainers", "project", "id"); id != "" {
		return id
	}
	for _, path := range projects {
		if id := resource.id(guid, path...); id != "" {
			return id
		}
	}
	return ""
}
