package azuredevops

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// run is one run of a pipeline, which is a build too: they share the id.
type run struct {
	id       int
	name     string
	pipeline *pipeline
	// state is inProgress or completed, result what CompleteRun was given.
	state, result      string
	started, completed time.Time
	person             *person
}

const (
	stageName = "__default"
	jobName   = "Job"
)

// runResult is the result as the pipelines API has it, which knows no partial
// success.
func (u *run) runResult() string {
	if u.result == "partiallySucceeded" {
		return "succeeded"
	}
	return u.result
}

// tellRun tells the state of the run itself.
func (s *Server) tellRun(u *run) {
	s.tellState(u, "run", map[string][]string{"runStateId": {u.state}, "runResultId": {u.runResult()}}, func(base string) object {
		return object{
			"stages": []object{s.step(u, base, 1, stageName, "notStarted")}, "runId": u.id, "runUrl": u.url(base),
			"requestedBy": json.RawMessage(u.person.body), "requestedFor": json.RawMessage(u.person.body),
			"queue": agentQueue(),
		}
	})
}

func (s *Server) tellStage(u *run, state string) {
	known := map[string][]string{"stageNameId": {stageName}, "stageStateId": {state}, "stageResultId": {u.runResult()}}
	s.tellState(u, "stage", known, func(base string) object {
		return object{"stage": s.step(u, base, 1, stageName, state), "runId": u.id, "stageName": stageName, "runUrl": u.url(base)}
	})
}

func (s *Server) tellJob(u *run, state string) {
	known := map[string][]string{
		"stageNameId": {stageName}, "jobNameId": {jobName}, "jobStateId": {state}, "jobResultId": {u.runResult()},
	}
	s.tellState(u, "job", known, func(base string) object {
		return object{"job": s.step(u, base, 2, jobName, state), "stage": s.step(u, base, 1, stageName, "running")}
	})
}

// tellState tells one of the three: what they share, and what own adds.
func (s *Server) tellState(u *run, of string, known map[string][]string, own func(base string) object) {
	known["pipelineId"] = []string{strconv.Itoa(u.pipeline.id)}
	s.tell(event{
		publisher: "pipelines", eventType: "ms.vss-pipelines." + of + "-state-changed-event", project: u.pipeline.project,
		text: fmt.Sprintf("Run %s %s %s.", u.name, of, u.state), page: u.webURL(s.oracleBase()), facts: known,
		resource: func(base, _ string) object {
			resource := own(base)
			resource["projectId"] = u.pipeline.project.id
			resource["run"] = u.body(base)
			resource["pipeline"] = u.pipeline.runBody(base)
			resource["repositories"] = u.repositories()
			return resource
		},
	})
}

// step is a stage or a job, by the number that its ID is of.
func (s *Server) step(u *run, base string, number int, name, state string) object {
	step := object{
		"_links": object{"web": link(u.webURL(base)), "pipeline.web": link(u.pipeline.webURL(base))},
		"id":     s.seed.guid(streamRun, 4*u.id+number), "name": name, "displayName": name, "attempt": 1,
		"state": state, "startTime": nil,
	}
	if state == "running" || state == "completed" {
		step["startTime"] = formatTime(u.started)
	}
	if state == "completed" {
		step["result"], step["finishTime"] = u.runResult(), formatTime(u.completed)
	}
	return step
}

func (u *run) url(base string) string {
	return fmt.Sprintf("%s/runs/%d", u.pipeline.plainURL(base), u.id)
}

func (u *run) webURL(base string) string {
	return fmt.Sprintf("%s/%s/_build/results?buildId=%d", base, u.pipeline.project.id, u.id)
}

// plainURL is the URL without the revision.
func (l *pipeline) plainURL(base string) string {
	return fmt.Sprintf("%s/%s/_apis/pipelines/%d", base, l.project.id, l.id)
}

// runBody is the pipeline as runs have it.
func (l *pipeline) runBody(base string) object {
	return object{
		"url": fmt.Sprintf("%s?revision=%d", l.plainURL(base), l.revision), "id": l.id, "revision": l.revision,
		"name": l.name, "folder": l.folder,
	}
}

func (u *run) body(base string) object {
	repository := object{"id": u.pipeline.repository, "type": "azureReposGit"}
	if u.pipeline.source == gitHub {
		repository = object{"fullName": u.pipeline.repository, "type": "gitHub"}
	}
	body := object{
		"_links": object{
			"self": link(u.url(base)), "web": link(u.webURL(base)), "pipeline.web": link(u.pipeline.webURL(base)),
			"pipeline": link(fmt.Sprintf("%s?revision=%d", u.pipeline.plainURL(base), u.pipeline.revision)),
		},
		"templateParameters": object{}, "pipeline": u.pipeline.runBody(base), "state": u.state,
		"createdDate": formatTime(u.started), "url": u.url(base), "id": u.id, "name": u.name,
		"resources": object{"repositories": object{"self": object{"repository": repository, "refName": "refs/heads/main"}}},
	}
	if u.state == completedRun {
		body["result"], body["finishedDate"] = u.runResult(), formatTime(u.completed)
	}
	return body
}

func (u *run) repositories() []object {
	if u.pipeline.source == gitHub {
		return []object{}
	}
	return []object{{"alias": "self", "id": u.pipeline.repository, "type": "Git"}}
}

func agentQueue() object {
	return object{"id": 9, "name": "Azure Pipelines", "pool": object{"id": 9, "name": "Azure Pipelines", "isHosted": true}}
}
