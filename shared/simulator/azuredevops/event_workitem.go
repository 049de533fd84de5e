package azuredevops

import (
	"fmt"
	"maps"
	"strings"
)

// workItemFacts are what the inputs of all work item events compare with.
func (it *item) workItemFacts() map[string][]string {
	tags := strings.Split(it.text("System.Tags"), ";")
	for i := range tags {
		tags[i] = strings.TrimSpace(tags[i])
	}
	return map[string][]string{
		"areaPath": {it.text(areaPath)}, "workItemType": {it.text("System.WorkItemType")}, "tag": tags, "linksChanged": {"false"},
	}
}

// text returns a field of the process that holds a string.
func (it *item) text(name string) string {
	text, _ := it.value(fieldsByName[foldName(name)]).(string)
	return text
}

func (it *item) sentence(done string) string {
	return fmt.Sprintf("%s #%d (%s) %s by %s.", it.text("System.WorkItemType"), it.id, it.text("System.Title"), done, it.editor().displayName)
}

// editor is who made the newest revision.
func (it *item) editor() *person {
	if p, ok := it.value(fieldsByName[foldName("System.ChangedBy")]).(*person); ok {
		return p
	}
	return it.server.people[0]
}

func (it *item) page(base string) string { return fmt.Sprintf("%s/web/wi.aspx?id=%d", base, it.id) }

// tellWorkItem tells a change whose resource is the work item itself: created,
// restored, deleted, commented. more are fields that only the event has.
func (s *Server) tellWorkItem(eventType, done string, it item, more map[string]any) {
	known := it.workItemFacts()
	if comment, ok := more["System.History"].(string); ok {
		known["commentPattern"] = []string{comment}
	}
	s.tell(event{
		publisher: "tfs", eventType: eventType, project: it.project, facts: known,
		text: it.sentence(done), page: it.page(s.oracleBase()),
		resource: func(base, version string) object {
			self := it.url(base)
			if eventType == "workitem.deleted" {
				self = fmt.Sprintf("%s/%s/_apis/wit/recyclebin/%d", base, it.project.id, it.id)
			}
			fields := it.eventFields(version)
			maps.Copy(fields, more)
			resource := object{
				"id": it.id, "rev": it.rev(), "fields": fields, "url": self,
				"_links": object{"self": link(self), "html": link(it.page(base)), "fields": link(base + "/_apis/wit/fields")},
			}
			if len(more) > 0 {
				resource["commentVersionRef"] = object{"commentId": it.rev(), "version": 1, "url": fmt.Sprintf("%s/comments/%d/versions/1", self, it.rev())}
			}
			return resource
		},
	})
}

// tellUpdated tells that fields changed. The resource is the update: its id is
// the number of the update, which is neither that of the work item nor of the
// revision.
func (s *Server) tellUpdated(before, after item) {
	changed := changedFields(before, after)
	names := make([]string, len(changed))
	for i, f := range changed {
		names[i] = f.name
	}
	s.tell(event{
		publisher: "tfs", eventType: "workitem.updated", project: after.project,
		facts: facts(after.workItemFacts(), map[string][]string{"changedFields": names}),
		text:  after.sentence("updated"), page: after.page(s.oracleBase()),
		resource: func(base, version string) object {
			self, number := after.url(base), after.updateNumber()
			delta := object{"System.RevisedDate": object{"oldValue": formatTime(after.changedAt()), "newValue": formatTime(endOfTime)}}
			for _, f := range changed {
				delta[f.name] = difference(eventValue(before.value(f), version), eventValue(after.value(f), version))
			}
			update, revision := fmt.Sprintf("%s/updates/%d", self, number), fmt.Sprintf("%s/revisions/%d", self, after.rev())
			by := after.editor().decoded()
			by["name"] = after.editor().combined()
			return object{
				"id": number, "workItemId": after.id, "rev": after.rev(), "revisedBy": by, "revisedDate": formatTime(endOfTime),
				"fields": delta, "url": update,
				"_links": object{"self": link(update), "workItemUpdates": link(self + "/updates"), "parent": link(self), "html": link(after.page(base))},
				"revision": object{
					"id": after.id, "rev": after.rev(), "fields": after.eventFields(version), "url": revision,
					"_links": object{"self": link(revision), "workItemRevisions": link(self + "/revisions"), "parent": link(self)},
				},
			}
		},
	})
}
