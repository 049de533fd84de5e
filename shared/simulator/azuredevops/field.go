package azuredevops

import "strings"

// class is how the values of a field compare.
type class int

const (
	textClass class = iota
	numberClass
	dateClass
	identityClass
	pathClass
	htmlClass
	booleanClass
)

// field is a field of the process.
type field struct {
	// name is the reference name, label the one that people see.
	name, label string
	class       class
	// base computes the value that a work item begins with; a change overrides
	// it.
	base func(*item) any
	// derived computes the value from the item as it is; it cannot be set.
	derived func(*item) any
}

const (
	areaPath      = "System.AreaPath"
	iterationPath = "System.IterationPath"
	teamProject   = "System.TeamProject"
	systemID      = "System.Id"
)

// fields are all fields of the process, in the order of answers.
var fields = []*field{
	{name: systemID, label: "ID", class: numberClass, derived: func(it *item) any { return it.id }},
	{name: "System.AreaId", label: "Area ID", class: numberClass, derived: func(it *item) any {
		return 1000 + it.project.order*1000 + len(it.area())
	}},
	{name: areaPath, label: "Area Path", class: pathClass, derived: func(it *item) any { return it.project.under(it.area()) }},
	{name: teamProject, label: "Team Project", derived: func(it *item) any { return it.project.name }},
	{name: "System.NodeName", label: "Node Name", derived: func(it *item) any {
		path := it.project.under(it.area())
		return path[strings.LastIndex(path, `\`)+1:]
	}},
	{name: "System.AreaLevel1", label: "Area Level 1", derived: func(it *item) any { return it.project.name }},
	{name: "System.Rev", label: "Rev", class: numberClass, derived: func(it *item) any { return it.rev() }},
	{name: "System.AuthorizedDate", label: "Authorized Date", class: dateClass, derived: func(it *item) any { return it.changedAt() }},
	{name: "System.RevisedDate", label: "Revised Date", class: dateClass, derived: func(*item) any { return endOfTime }},
	{name: iterationPath, label: "Iteration Path", class: pathClass, derived: func(it *item) any {
		return it.project.under(it.iteration())
	}},
	{name: "System.WorkItemType", label: "Work Item Type", base: func(it *item) any { return pick(it, 10, workItemTypes) }},
	{name: "System.State", label: "State", base: func(it *item) any { return pick(it, 11, workItemStates) }},
	{name: "System.Reason", label: "Reason", base: func(it *item) any { return pick(it, 11, workItemReasons) }},
	{name: "System.AssignedTo", label: "Assigned To", class: identityClass, base: baseAssignee},
	{name: "System.CreatedDate", label: "Created Date", class: dateClass, base: func(it *item) any { return it.baseCreated() }},
	{name: "System.CreatedBy", label: "Created By", class: identityClass, base: baseCreator},
	{name: "System.ChangedDate", label: "Changed Date", class: dateClass, derived: func(it *item) any { return it.changedAt() }},
	{name: "System.ChangedBy", label: "Changed By", class: identityClass, base: func(it *item) any { return it.someone(14) }},
	{name: "System.AuthorizedAs", label: "Authorized As", class: identityClass, base: func(it *item) any { return it.someone(14) }},
	{name: "System.Watermark", label: "Watermark", class: numberClass, derived: func(it *item) any { return it.id*3 + it.rev() }},
	{name: "System.CommentCount", label: "Comment Count", class: numberClass, base: func(it *item) any { return it.draw.draw(15, 5) }},
	{name: "System.Title", label: "Title", base: baseTitle},
	{name: "Microsoft.VSTS.Common.StateChangeDate", label: "State Change Date", class: dateClass, base: func(it *item) any {
		return it.draw.moment(16, it.baseCreated(), 50)
	}},
	{name: "Microsoft.VSTS.Common.Priority", label: "Priority", class: numberClass, base: func(it *item) any {
		return orNothing(it.draw.draw(17, 6) > 0, 1+it.draw.draw(18, 4))
	}},
	{name: "Microsoft.VSTS.Common.Severity", label: "Severity", base: func(it *item) any {
		return orNothing(pick(it, 10, workItemTypes) == "Bug", pick(it, 19, severities))
	}},
	{name: "Microsoft.VSTS.Common.StackRank", label: "Stack Rank", class: numberClass, base: func(it *item) any {
		return 1_000_000 + float64(it.draw.draw(20, 1_000_000))/8
	}},
	{name: "Microsoft.VSTS.Scheduling.StoryPoints", label: "Story Points", class: numberClass, base: func(it *item) any {
		return orNothing(it.draw.draw(21, 3) == 0, float64(1+it.draw.draw(22, 26))/2)
	}},
	{name: "System.Tags", label: "Tags", base: func(it *item) any { return emptyIsNothing(pick(it, 23, tagSets).(string)) }},
	{name: "System.Description", label: "Description", class: htmlClass, base: baseDescription},
}

// fieldsByName finds the fields of the process by folded reference name and
// label.
var fieldsByName = func() map[string]*field {
	m := make(map[string]*field, 2*len(fields))
	for _, f := range fields {
		m[foldName(f.name)], m[foldName(f.label)] = f, f
	}
	return m
}()

// findField finds a field by reference name or label, in any case.
func (s *Server) findField(name string) (*field, bool) {
	if f, ok := fieldsByName[foldName(name)]; ok {
		return f, true
	}
	f, ok := s.custom[foldName(name)]
	return f, ok
}
