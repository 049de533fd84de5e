package servicehook

import (
	"fmt"
	"slices"
	"strings"

	"adoport/shared/nearword"
)

// input is a filter that a subscription to a type of event can have. An input
// that is missing or "" filters nothing.
type input struct {
	name string
	// values are the only ones that it can have, nil for any.
	values []string
	// guid inputs hold a GUID.
	guid bool
}

// inputProject limits a subscription to one project; without it, it is
// organization-wide. inputTeam limits it to one team. Every publisher has them.
const (
	inputProject = "projectId"
	inputTeam    = "teamId"
)

// Inputs by type of event, from Learn "Service hooks events" and the live list
// of publishers. They are kept although our own subscriptions rarely have any:
// one that a person gave to a subscription of ours makes it miss events.
var (
	team       = input{name: inputTeam, guid: true}
	inRepo     = input{name: "repository", guid: true}
	onBranch   = input{name: "branch"}
	ofPipeline = input{name: "pipelineId"}
	inStage    = input{name: "stageNameId"}

	projectInputs     = []input{team}
	repositoryInputs  = []input{inRepo, team}
	commentInputs     = []input{inRepo, onBranch, team}
	pushInputs        = []input{inRepo, onBranch, {name: "pushedBy"}, team}
	pullRequestInputs = []input{
		inRepo, onBranch,
		{name: "pullrequestCreatedBy"},
		{name: "pullrequestReviewersContains"},
		team,
	}
	pullRequestUpdatedInputs = append(slices.Clip(pullRequestInputs), input{
		name:   "notificationType",
		values: []string{"PushNotification", "ReviewersUpdateNotification", "StatusUpdateNotification", "ReviewerVoteNotification"},
	})
	pullRequestMergedInputs = append(slices.Clip(pullRequestInputs), input{
		name:   "mergeResult",
		values: []string{"Succeeded", "Unsuccessful", "Conflicts", "Failure", "RejectedByPolicy"},
	})

	workItemInputs          = []input{{name: "areaPath"}, {name: "workItemType"}, {name: "tag"}, team}
	linksChanged            = input{name: "linksChanged"}
	workItemCreatedInputs   = append(slices.Clip(workItemInputs), linksChanged)
	workItemUpdatedInputs   = append(slices.Clip(workItemInputs), input{name: "changedFields"}, linksChanged)
	workItemCommentedInputs = append(slices.Clip(workItemInputs), input{name: "commentPattern"})

	buildInputs = []input{
		{name: "definitionName"},
		{name: "buildStatus", values: []string{"Succeeded", "PartiallySucceeded", "Failed", "Stopped"}},
		team,
	}
	runInputs = []input{
		ofPipeline,
		{name: "runStateId", values: []string{"InProgress", "Canceling", "Completed"}},
		{name: "runResultId", values: []string{"Canceled", "Failed", "Succeeded"}},
		team,
	}
	stageInputs = []input{
		ofPipeline, inStage,
		{name: "stageStateId", values: []string{"NotStarted", "Waiting", "Running", "Completed"}},
		{name: "stageResultId", values: []string{"Canceled", "Failed", "Rejected", "Skipped", "Succeeded"}},
		team,
	}
	jobInputs = []input{
		ofPipeline, inStage,
		{name: "jobNameId"},
		{name: "jobStateId", values: []string{"Waiting", "Running", "Completed"}},
		{name: "jobResultId", values: []string{"Succeeded", "Skipped", "Rejected", "Failed", "Canceled"}},
		team,
	}
	approvalInputs = []input{ofPipeline, {name: "stageName"}, {name: "environmentName"}, team}
)

// check returns a value in the spelling that Azure DevOps has for it.
func (in input) check(value string) (string, error) {
	switch {
	case in.guid:
		id := guid(value)
		if id == "" {
			return "", fmt.Errorf("filter %s: %q is no GUID", in.name, value)
		}
		return id, nil
	case in.values != nil:
		i := slices.IndexFunc(in.values, func(v string) bool { return strings.EqualFold(v, value) })
		if i < 0 {
			return "", fmt.Errorf("filter %s: %q is no value of it; %s", in.name, value, nearword.Suggestion(value, in.values))
		}
		return in.values[i], nil
	default:
		return value, nil
	}
}

// same compares two values of the input.
func (in input) same(a, b string) bool {
	if in.guid || in.values != nil {
		return strings.EqualFold(a, b)
	}
	return a == b
}
