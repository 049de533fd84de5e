package azuredevops

import (
	"encoding/json"
	"fmt"
)

// buildStatuses are the values of the input buildStatus by result.
var buildStatuses = map[string]string{
	"succeeded": "Succeeded", "partiallySucceeded": "PartiallySucceeded", "failed": "Failed", "canceled": "Stopped",
}

// tellBuild tells that a build is complete. Version 1.0 of its resource is that
// of XAML builds, where the status is the result and no project is named; from
// 2.0 on it is the Build of the REST API.
func (s *Server) tellBuild(u *run) {
	s.tell(event{
		publisher: "tfs", eventType: "build.complete", project: u.pipeline.project,
		text: fmt.Sprintf("Build %s %s", u.name, u.result), page: u.webURL(s.oracleBase()),
		facts: map[string][]string{"definitionName": {u.pipeline.name}, "buildStatus": {buildStatuses[u.result]}},
		resource: func(base, version string) object {
			if version == "1.0" {
				return u.oldBuild(base)
			}
			return u.build(base)
		},
	})
}

func (u *run) buildURL(base string) string {
	return fmt.Sprintf("%s/%s/_apis/build/Builds/%d", base, u.pipeline.project.id, u.id)
}

func (u *run) build(base string) object {
	person := json.RawMessage(u.person.body)
	definition := u.pipeline.reference(base)
	for _, absent := range []string{"_links", "quality", "authoredBy", "createdDate"} {
		delete(definition, absent)
	}
	repository := object{"id": u.pipeline.repository, "type": "TfsGit", "clean": nil, "checkoutSubmodules": false}
	if u.pipeline.source == gitHub {
		repository["type"] = "GitHub"
	}
	return object{
		"_links": object{"self": link(u.buildURL(base)), "web": link(u.webURL(base))}, "properties": object{}, "tags": []any{},
		"validationResults": []any{}, "plans": []any{}, "triggerInfo": object{},
		"id": u.id, "buildNumber": u.name, "status": "completed", "result": u.result,
		"queueTime": formatTime(u.started), "startTime": formatTime(u.started), "finishTime": formatTime(u.completed),
		"url": u.buildURL(base), "uri": fmt.Sprintf("vstfs:///Build/Build/%d", u.id),
		"definition": definition, "buildNumberRevision": 1, "project": u.pipeline.project.body(base),
		"sourceBranch": "refs/heads/main", "queue": agentQueue(), "priority": "normal", "reason": "manual",
		"requestedFor": person, "requestedBy": person, "lastChangedBy": person, "lastChangedDate": formatTime(u.completed),
		"repository": repository, "retainedByRelease": false, "triggeredByBuild": nil,
	}
}

func (u *run) oldBuild(base string) object {
	by := u.person.decoded()
	return object{
		"uri": fmt.Sprintf("vstfs:///Build/Build/%d", u.id), "id": u.id, "buildNumber": u.name, "url": u.buildURL(base),
		"startTime": formatTime(u.started), "finishTime": formatTime(u.completed), "reason": "manual", "status": u.result,
		"drop": object{}, "log": object{}, "lastChangedBy": by, "retainIndefinitely": false, "hasDiagnostics": true,
		"definition": object{
			"batchSize": 1, "triggerType": "none", "definitionType": "build", "id": u.pipeline.id, "name": u.pipeline.name,
			"url": fmt.Sprintf("%s/%s/_apis/build/Definitions/%d", base, u.pipeline.project.id, u.pipeline.id),
		},
		"queue":    object{"queueType": "buildController", "id": 9, "name": "Azure Pipelines"},
		"requests": []object{{"id": 1, "url": u.buildURL(base), "requestedFor": by}},
	}
}
