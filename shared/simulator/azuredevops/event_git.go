package azuredevops

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"strings"
)

// initiated adds the members that all git.repo.* resources have.
func (s *Server) initiated(resource object) object {
	me := s.people[0]
	resource["initiatedBy"] = object{"displayName": me.displayName, "id": me.id, "uniqueName": me.uniqueName}
	resource["utcTimestamp"] = formatTime(s.clock())
	return resource
}

// tellRepository tells a change of a repository. more are the members of the
// resource beside the repository.
func (s *Server) tellRepository(eventType, text string, r *repository, more object) {
	s.tell(event{
		publisher: "tfs", eventType: eventType, project: r.project, text: text, page: r.webURL(s.oracleBase()),
		facts: map[string][]string{"repository": {r.id}},
		resource: func(base, _ string) object {
			resource := s.initiated(object{"repository": r.eventBody(base)})
			maps.Copy(resource, more)
			return resource
		},
	})
}

// tellDeleted tells that a repository is gone: the event has no repository.
func (s *Server) tellDeleted(r *repository) {
	s.tell(event{
		publisher: "tfs", eventType: "git.repo.deleted", project: r.project,
		text: "Git repository " + r.name + " was deleted.", page: s.oracleBase() + "/" + r.project.path(),
		facts: map[string][]string{"repository": {r.id}},
		resource: func(base, _ string) object {
			return s.initiated(object{
				"project": r.project.body(base), "repositoryId": r.id, "repositoryName": r.name, "isHardDelete": false,
			})
		},
	})
}

// tellForked is told in the project of the source.
func (s *Server) tellForked(source, target *repository) {
	s.tell(event{
		publisher: "tfs", eventType: "git.repo.forked", project: source.project,
		text: "Git repository " + source.name + " was forked.", page: source.webURL(s.oracleBase()),
		facts: map[string][]string{"repository": {source.id}},
		resource: func(base, _ string) object {
			return s.initiated(object{"sourceRepository": source.eventBody(base), "targetRepository": target.eventBody(base)})
		},
	})
}

// eventBody is the repository as git.repo.* events have it: no webUrl, and a URL
// without the project.
func (r *repository) eventBody(base string) object {
	body := r.body(base)
	delete(body, "webUrl")
	delete(body, "isInMaintenance")
	body["url"] = r.plainURL(base)
	return body
}

// plainURL is the URL without the project.
func (r *repository) plainURL(base string) string { return base + "/_apis/git/repositories/" + r.id }

// pushBody is the repository as git.push and pull requests have it. The project
// in it is not to be believed: its visibility and time are made up.
func (r *repository) pushBody(base string) object {
	body := object{
		"id": r.id, "name": r.name, "url": r.plainURL(base), "remoteUrl": r.webURL(base),
		"project": object{
			"id": r.project.id, "name": r.project.name, "url": r.project.url(base), "state": r.project.state,
			"visibility": "unchanged", "lastUpdateTime": "0001-01-01T00:00:00",
		},
	}
	if r.branch != "" {
		body["defaultBranch"] = r.branch
	}
	return body
}

// tellPush tells that a ref moved from one commit to another.
func (s *Server) tellPush(r *repository, ref, from, to string) {
	pusher, push, when := s.people[s.commits%len(s.people)], s.commits, formatTime(s.clock())
	s.tell(event{
		publisher: "tfs", eventType: "git.push", project: r.project,
		text: fmt.Sprintf("%s pushed updates to %s:%s", pusher.displayName, r.name, shortRef(ref)),
		page: r.webURL(s.oracleBase()) + "?version=GB" + url.QueryEscape(shortRef(ref)),
		facts: map[string][]string{
			"repository": {r.id}, "branch": {ref}, "pushedBy": {pusher.id, pusher.displayName, pusher.uniqueName},
		},
		resource: func(base, _ string) object {
			self := fmt.Sprintf("%s/pushes/%d", r.plainURL(base), push)
			author := object{"name": pusher.displayName, "email": pusher.uniqueName, "date": when}
			return object{
				"commits": []object{{
					"commitId": to, "author": author, "committer": author, "comment": "Change something",
					"url": r.plainURL(base) + "/commits/" + to,
				}},
				"refUpdates": []object{{"name": ref, "oldObjectId": from, "newObjectId": to}},
				"repository": r.pushBody(base), "pushedBy": json.RawMessage(pusher.body), "pushId": push, "date": when, "url": self,
				"_links": object{
					"self": link(self), "repository": link(r.url(base)), "commits": link(self + "/commits"),
					"refs": link(r.url(base) + "/" + strings.TrimPrefix(ref, "/")),
				},
			}
		},
	})
}
