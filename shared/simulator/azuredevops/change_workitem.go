package azuredevops

import (
	"fmt"
	"maps"
)

// AddWorkItem adds a work item to a project, by the project's ID, and returns
// its id. Fields are by reference name; a Task in state New is the default. See
// UpdateWorkItem for the values.
func (s *Server) AddWorkItem(projectID string, values map[string]any) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.projects[projectID]
	if !ok {
		return 0, fmt.Errorf("adding a work item: there is no project %s", projectID)
	}
	id := s.nextWorkItem
	creator := s.people[id%len(s.people)]
	ch := &change{project: p, created: true, at: s.clock(), fields: map[string]any{
		"System.WorkItemType":                   "Task",
		"System.State":                          "New",
		"System.Reason":                         "New",
		"System.Title":                          fmt.Sprintf("Work item %d", id),
		"System.CreatedDate":                    s.clock(),
		"System.CreatedBy":                      creator,
		"System.ChangedBy":                      creator,
		"System.AuthorizedAs":                   creator,
		"System.CommentCount":                   0,
		"Microsoft.VSTS.Common.StateChangeDate": s.clock(),
	}}
	if err := s.setFields(ch, values); err != nil {
		return 0, fmt.Errorf("adding a work item: %w", err)
	}
	s.nextWorkItem++
	s.changes[id] = ch
	s.addExtra(id)
	it, _ := s.anyItem(id)
	s.tellWorkItem("workitem.created", "created", it, nil)
	return id, nil
}

// UpdateWorkItem sets fields of a work item, which makes a revision. A value is
// a string, a number, a bool, a time.Time, anything that JSON can carry, or nil
// to empty the field; the name of a person is enough for an identity, and
// RFC 3339 for a date. System.TeamProject moves the item to the project of that
// name. A field that the process does not have becomes a custom one.
func (s *Server) UpdateWorkItem(id int, values map[string]any) error {
	return s.changeWorkItem(id, false, func(ch *change) error { return s.setFields(ch, values) }, s.tellUpdated)
}

// CommentWorkItem adds a comment to a work item, which makes a revision and two
// events. The comment itself is not kept.
func (s *Server) CommentWorkItem(id int, comment string) error {
	const count = "System.CommentCount"
	return s.changeWorkItem(id, false, func(ch *change) error {
		it, _ := s.anyItem(id)
		n, _ := it.value(fieldsByName[foldName(count)]).(int)
		ch.fields[count] = n + 1
		return nil
	}, func(before, after item) {
		s.tellWorkItem("workitem.commented", "commented on", after, map[string]any{"System.History": comment})
		s.tellUpdated(before, after)
	})
}

// DeleteWorkItem puts a work item into the recycle bin.
func (s *Server) DeleteWorkItem(id int) error {
	return s.changeWorkItem(id, false, func(ch *change) error {
		ch.deleted = true
		return nil
	}, func(_, after item) { s.tellWorkItem("workitem.deleted", "deleted", after, nil) })
}

// RestoreWorkItem takes a work item out of the recycle bin.
func (s *Server) RestoreWorkItem(id int) error {
	return s.changeWorkItem(id, true, func(ch *change) error {
		ch.deleted = false
		return nil
	}, func(_, after item) { s.tellWorkItem("workitem.restored", "restored", after, nil) })
}

// changeWorkItem makes a revision of a work item that is in the recycle bin, or
// is not, as deleted says, and tells it. A change that fails leaves everything as
// it was.
func (s *Server) changeWorkItem(id int, deleted bool, apply func(*change) error, tell func(before, after item)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	it, ok := s.anyItem(id)
	if !ok || it.project.deleted || deleted != (it.change != nil && it.change.deleted) {
		return fmt.Errorf("there is no such work item %d (in the recycle bin: %t)", id, deleted)
	}
	next := change{project: it.project, fields: map[string]any{}}
	if it.change != nil {
		next = *it.change
		next.fields = maps.Clone(it.change.fields)
	}
	next.revisions++
	next.at = s.clock()
	editor := s.people[(id+next.revisions)%len(s.people)]
	next.fields["System.ChangedBy"], next.fields["System.AuthorizedAs"] = editor, editor
	if err := apply(&next); err != nil {
		return fmt.Errorf("changing work item %d: %w", id, err)
	}
	if next.project != it.project {
		s.addExtra(id)
	}
	s.changes[id] = &next
	after, _ := s.anyItem(id)
	tell(it, after)
	return nil
}
