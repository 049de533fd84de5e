package azuredevops

import "slices"

var (
	versionPreview   = []string{"1.0-preview.1"}
	versionOne       = []string{"1.0-preview.1", "1.0"}
	versionComment   = []string{"1.0-preview.1", "1.0", "2.0"}
	versionWorkItem  = []string{"1.0-preview.2", "1.0", "3.1-preview.3", "5.1-preview.3"}
	versionBuild     = []string{"1.0", "2.0-preview.2", "2.0"}
	versionPipelines = []string{"5.1-preview.1"}
)

var (
	inRepository = hookInput{id: "repository", guid: true}
	onBranch     = hookInput{id: "branch"}
	ofPipeline   = hookInput{id: "pipelineId"}
	ofStage      = hookInput{id: "stageNameId"}

	pullRequestInputs = []hookInput{inRepository, onBranch, {id: "pullrequestCreatedBy"}, {id: "pullrequestReviewersContains"}}
	workItemInputs    = []hookInput{{id: "areaPath"}, {id: "workItemType"}, {id: "tag"}}
	linksChanged      = hookInput{id: "linksChanged", values: []string{"true", "false"}}
)

// more returns inputs with some after them, in a new slice.
func more(inputs []hookInput, extra ...hookInput) []hookInput { return slices.Concat(inputs, extra) }

var codeEvents = []hookEvent{
	{id: "git.push", versions: versionOne, inputs: []hookInput{inRepository, onBranch, {id: "pushedBy"}}},
	{id: "git.pullrequest.created", versions: versionOne, inputs: pullRequestInputs},
	{id: "git.pullrequest.updated", versions: versionOne, inputs: more(pullRequestInputs, hookInput{
		id:     "notificationType",
		values: []string{"PushNotification", "ReviewersUpdateNotification", "StatusUpdateNotification", "ReviewerVoteNotification"},
	})},
	{id: "git.pullrequest.merged", versions: versionOne, inputs: more(pullRequestInputs, hookInput{
		id: "mergeResult", values: []string{"Succeeded", "Unsuccessful", "Conflicts", "Failure", "RejectedByPolicy"},
	})},
	{id: "ms.vss-code.git-pullrequest-comment-event", versions: versionComment, inputs: []hookInput{inRepository, onBranch}},
	{id: "git.repo.created", versions: versionPreview},
	{id: "git.repo.deleted", versions: versionPreview, inputs: []hookInput{inRepository}},
	{id: "git.repo.forked", versions: versionPreview, inputs: []hookInput{inRepository}},
	{id: "git.repo.renamed", versions: versionPreview, inputs: []hookInput{inRepository}},
	{id: "git.repo.statuschanged", versions: versionPreview, inputs: []hookInput{inRepository}},
	{id: "tfvc.checkin", versions: versionOne, inputs: []hookInput{{id: "path", required: true}}},
}

var workItemEvents = []hookEvent{
	{id: "workitem.created", versions: versionWorkItem, inputs: more(workItemInputs, linksChanged)},
	{id: "workitem.updated", versions: versionWorkItem, inputs: more(workItemInputs, linksChanged, hookInput{id: "changedFields"})},
	{id: "workitem.commented", versions: versionWorkItem, inputs: more(workItemInputs, hookInput{id: "commentPattern"})},
	{id: "workitem.deleted", versions: versionWorkItem, inputs: workItemInputs},
	{id: "workitem.restored", versions: versionWorkItem, inputs: workItemInputs},
}

var buildEvents = []hookEvent{
	{id: "build.complete", versions: versionBuild, inputs: []hookInput{
		{id: "definitionName"},
		{id: "buildStatus", values: []string{"Succeeded", "PartiallySucceeded", "Failed", "Stopped"}},
	}},
	{id: "ms.vss-endpoint.endpoint-created", versions: versionPreview, inputs: []hookInput{{id: "project"}}},
	{id: "ms.vss-endpoint.endpoint-updated", versions: versionPreview, inputs: []hookInput{{id: "project"}}},
	{id: "message.posted", versions: []string{"1.0"}, inputs: []hookInput{{id: "roomId"}}},
}

var pipelineEvents = []hookEvent{
	{id: "ms.vss-pipelines.run-state-changed-event", versions: versionPipelines, inputs: []hookInput{
		ofPipeline,
		{id: "runStateId", values: []string{"InProgress", "Canceling", "Completed"}},
		{id: "runResultId", values: []string{"Canceled", "Failed", "Succeeded"}},
	}},
	{id: "ms.vss-pipelines.stage-state-changed-event", versions: versionPipelines, inputs: []hookInput{
		ofPipeline, ofStage,
		{id: "stageStateId", values: []string{"NotStarted", "Waiting", "Running", "Completed"}},
		{id: "stageResultId", values: []string{"Canceled", "Failed", "Rejected", "Skipped", "Succeeded"}},
	}},
	{id: "ms.vss-pipelines.job-state-changed-event", versions: versionPipelines, inputs: []hookInput{
		ofPipeline, ofStage,
		{id: "jobNameId"},
		{id: "jobStateId", values: []string{"Waiting", "Running", "Completed"}},
		{id: "jobResultId", values: []string{"Succeeded", "Skipped", "Rejected", "Failed", "Canceled"}},
	}},
	{id: "ms.vss-pipelinechecks-events.approval-pending", versions: versionPipelines, inputs: approvalInputs},
	{id: "ms.vss-pipelinechecks-events.approval-completed", versions: versionPipelines, inputs: approvalInputs},
	{id: "ms.vss-pipelinechecks-events.check-updated-event", versions: versionPreview, inputs: []hookInput{{id: "resourceType"}}},
}

var approvalInputs = []hookInput{ofPipeline, {id: "stageName"}, {id: "environmentName"}}

var agentEvents = []hookEvent{
	{id: "agentqueue.created", versions: versionPreview, inputs: []hookInput{{id: "project"}}},
	{id: "agentqueue.updated", versions: versionPreview, inputs: []hookInput{{id: "project"}, {id: "queueId"}}},
	{id: "elasticagentpool.resized", versions: versionPreview, inputs: []hookInput{{id: "poolId"}}},
}
