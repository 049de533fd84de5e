package servicehook

import "slices"

// Publishers, by the names that the subscriptions API has for them.
const (
	tfs         = "tfs"
	pipelines   = "pipelines"
	release     = "rm"
	security    = "advsec"
	distributed = "distributedtask"
)

// Why types of events are ignored.
const (
	noTFVC        = "changesets of TFVC belong to no kind that is ingested"
	noReleases    = "classic releases are no kind that is ingested"
	noAlerts      = "alerts of Advanced Security are no kind that is ingested"
	noConnections = "service connections are no kind that is ingested"
	noAgents      = "agent queues and pools are no kind that is ingested"
	noChecks      = "checks of resources are no kind that is ingested"
	noRooms       = "team rooms do not exist any more"
)

// Versions of resources.
const (
	v1Preview = "1.0-preview.1"
	v1        = "1.0"
	v2        = "2.0"
	v3Preview = "3.0-preview.1"
	v5Preview = "5.1-preview.1"
	// v5Identities is the first version in which people are whole identities.
	v5Identities = "5.1-preview.3"
)

// table holds every type of event there is, with what to subscribe with and what
// it points at, or why it is ignored. Sources: Learn "Service hooks events"
// (June 2025, and September 2018 for the ids that the later page spoils), and
// the live list of GET _apis/hooks/publishers as published in 2026.
var table = slices.Concat(codeEvents, workItemEvents, pipelineEvents, otherEvents)

var codeEvents = []EventType{
	{ID: "git.push", Publisher: tfs, Version: v1, Fallbacks: []string{v1Preview}, point: repository, inputs: pushInputs},
	{ID: "git.pullrequest.created", Publisher: tfs, Version: v1, Fallbacks: []string{v1Preview}, point: repository, inputs: pullRequestInputs},
	{ID: "git.pullrequest.updated", Publisher: tfs, Version: v1, Fallbacks: []string{v1Preview}, point: repository, inputs: pullRequestUpdatedInputs},
	{ID: "git.pullrequest.merged", Publisher: tfs, Version: v1, Fallbacks: []string{v1Preview}, point: repository, inputs: pullRequestMergedInputs},
	{ID: "ms.vss-code.git-pullrequest-comment-event", Publisher: tfs, Version: v2, Fallbacks: []string{v1}, point: commentedRepository, inputs: commentInputs},
	{ID: "git.repo.created", Publisher: tfs, Version: v1Preview, point: repository, inputs: projectInputs},
	{ID: "git.repo.deleted", Publisher: tfs, Version: v1Preview, point: deletedRepository, inputs: repositoryInputs},
	{ID: "git.repo.forked", Publisher: tfs, Version: v1Preview, point: forkedRepository, inputs: repositoryInputs},
	{ID: "git.repo.renamed", Publisher: tfs, Version: v1Preview, point: repository, inputs: repositoryInputs},
	{ID: "git.repo.statuschanged", Publisher: tfs, Version: v1Preview, point: repository, inputs: repositoryInputs},
	{ID: "tfvc.checkin", Publisher: tfs, Version: v1, Ignored: noTFVC},
}

var workItemEvents = []EventType{
	{ID: "workitem.created", Publisher: tfs, Version: v5Identities, Fallbacks: []string{v1}, point: workItem, inputs: workItemCreatedInputs},
	{ID: "workitem.updated", Publisher: tfs, Version: v5Identities, Fallbacks: []string{v1}, point: updatedWorkItem, inputs: workItemUpdatedInputs},
	{ID: "workitem.commented", Publisher: tfs, Version: v5Identities, Fallbacks: []string{v1}, point: workItem, inputs: workItemCommentedInputs},
	{ID: "workitem.deleted", Publisher: tfs, Version: v5Identities, Fallbacks: []string{v1}, point: workItem, inputs: workItemInputs},
	{ID: "workitem.restored", Publisher: tfs, Version: v5Identities, Fallbacks: []string{v1}, point: workItem, inputs: workItemInputs},
}

// No event tells that a pipeline was changed, so one that ran is read again.
var pipelineEvents = []EventType{
	{ID: "build.complete", Publisher: tfs, Version: v2, Fallbacks: []string{v1}, point: builtPipeline, inputs: buildInputs},
	{ID: "ms.vss-pipelines.run-state-changed-event", Publisher: pipelines, Version: v5Preview, point: runPipeline, inputs: runInputs},
	{ID: "ms.vss-pipelines.stage-state-changed-event", Publisher: pipelines, Version: v5Preview, point: runPipeline, inputs: stageInputs},
	{ID: "ms.vss-pipelines.job-state-changed-event", Publisher: pipelines, Version: v5Preview, point: runPipeline, inputs: jobInputs},
	{ID: "ms.vss-pipelinechecks-events.approval-pending", Publisher: pipelines, Version: v5Preview, point: runPipeline, inputs: approvalInputs},
	{ID: "ms.vss-pipelinechecks-events.approval-completed", Publisher: pipelines, Version: v5Preview, point: runPipeline, inputs: approvalInputs},
	{ID: "ms.vss-pipelinechecks-events.check-updated-event", Publisher: pipelines, Version: v1Preview, Ignored: noChecks},
}

// What is ignored needs no inputs: nobody subscribes to it.
var otherEvents = []EventType{
	{ID: "ms.vss-release.release-created-event", Publisher: release, Version: v3Preview, Ignored: noReleases},
	{ID: "ms.vss-release.release-abandoned-event", Publisher: release, Version: v3Preview, Ignored: noReleases},
	{ID: "ms.vss-release.deployment-started-event", Publisher: release, Version: v3Preview, Ignored: noReleases},
	{ID: "ms.vss-release.deployment-completed-event", Publisher: release, Version: v3Preview, Ignored: noReleases},
	{ID: "ms.vss-release.deployment-approval-pending-event", Publisher: release, Version: v3Preview, Ignored: noReleases},
	{ID: "ms.vss-release.deployment-approval-completed-event", Publisher: release, Version: v3Preview, Ignored: noReleases},
	{ID: "ms.vss-alerts.alert-created-event", Publisher: security, Version: v1, Ignored: noAlerts},
	{ID: "ms.vss-alerts.alert-state-changed-event", Publisher: security, Version: v1, Ignored: noAlerts},
	{ID: "ms.vss-alerts.alert-updated-event", Publisher: security, Version: v1, Ignored: noAlerts},
	{ID: "ms.vss-endpoint.endpoint-created", Publisher: tfs, Version: v1Preview, Ignored: noConnections},
	{ID: "ms.vss-endpoint.endpoint-updated", Publisher: tfs, Version: v1Preview, Ignored: noConnections},
	{ID: "agentqueue.created", Publisher: distributed, Version: v1Preview, Ignored: noAgents},
	{ID: "agentqueue.updated", Publisher: distributed, Version: v1Preview, Ignored: noAgents},
	{ID: "elasticagentpool.resized", Publisher: distributed, Version: v1Preview, Ignored: noAgents},
	// Its publisher and version are documented nowhere that can be trusted.
	{ID: "manualintervention.pending", Ignored: "manual interventions are no kind that is ingested"},
	{ID: "message.posted", Publisher: tfs, Version: v1, Ignored: noRooms},
}
