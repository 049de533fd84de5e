package azuredevops

import (
	"encoding/json"
	"fmt"
	"time"
)

// pullRequest is a pull request; the REST API does not have it.
type pullRequest struct {
	id                     int
	repository             *repository
	title, status          string
	source, target, commit string
	author                 *person
	created, closed        time.Time
}

// tellPullRequest tells one of the git.pullrequest events; more are the facts
// that only it has.
func (s *Server) tellPullRequest(eventType, done string, p *pullRequest, more map[string][]string) {
	known := map[string][]string{
		"repository": {p.repository.id}, "branch": {p.target},
		"pullrequestCreatedBy": {p.author.id, p.author.displayName, p.author.uniqueName},
	}
	s.tell(event{
		publisher: "tfs", eventType: "git.pullrequest." + eventType, project: p.repository.project,
		text: p.author.displayName + " " + done, page: fmt.Sprintf("%s/pullrequest/%d", p.repository.webURL(s.oracleBase()), p.id),
		facts:    facts(known, more),
		resource: func(base, _ string) object { return p.body(base) },
	})
}

func (p *pullRequest) body(base string) object {
	self := fmt.Sprintf("%s/pullRequests/%d", p.repository.plainURL(base), p.id)
	commit := object{"commitId": p.commit, "url": p.repository.plainURL(base) + "/commits/" + p.commit}
	body := object{
		"repository": p.repository.pushBody(base), "pullRequestId": p.id, "codeReviewId": p.id, "status": p.status,
		"createdBy": json.RawMessage(p.author.body), "creationDate": formatTime(p.created), "title": p.title,
		"sourceRefName": p.source, "targetRefName": p.target, "mergeStatus": "succeeded", "isDraft": false,
		"description": p.title, "lastMergeSourceCommit": commit, "lastMergeTargetCommit": commit, "lastMergeCommit": commit,
		"reviewers": []any{}, "url": self,
		"_links": object{"self": link(self), "repository": link(p.repository.plainURL(base))},
	}
	if !p.closed.IsZero() {
		body["closedDate"] = formatTime(p.closed)
	}
	return body
}
