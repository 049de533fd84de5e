// Alerts on the three things that nobody would notice: tasks that were set aside,
// backfills that do not complete, and service hooks that are not answered well.
//
// The app writes its log lines as JSON, so AppTraces.Message is JSON too.

@description('Name of the action group that sends the e-mail.')
param actionGroupName string

@description('Begins the names of the alert rules.')
param ruleNamePrefix string

@description('Azure region.')
param location string

@description('Tags.')
param tags object

@description('Resource ID of the Log Analytics workspace.')
param workspaceId string

@description('Who gets the alerts by e-mail. Empty sends none.')
param email string

@description('Resource ID of an action group that gets the alerts too. Empty is none.')
param actionGroupId string

@description('After how many hours without a completed backfill an alert is raised.')
@minValue(1)
@maxValue(47)
param backfillHours int

var actionGroupIds = concat(empty(email) ? [] : [emailGroup.id], empty(actionGroupId) ? [] : [actionGroupId])

// The subscriptions timer tells of the tasks as long as there are any.
var setAsideQuery = '''
AppTraces
| where Message has "set aside"
| extend Entry = parse_json(Message)
| where tostring(Entry.msg) in ("tasks are set aside", "task is set aside: it failed too often")
| summarize Lines = count() by Queue = tostring(Entry.queue)
'''

// Before an app has logged for that long it is too early to complain. One that has
// logged nothing in the whole window is dead.
var noBackfillQuery = replace('''
AppTraces
| summarize
    FirstLine = min(TimeGenerated),
    Completed = countif(TimeGenerated > ago(HOURSh) and Message has "backfill ended" and tostring(parse_json(Message).status) == "complete")
| where Completed == 0 and (isnull(FirstLine) or FirstLine < ago(HOURSh))
''', 'HOURS', string(backfillHours))

// The host tells of the answers that it gave itself, the app of its own. An answer of
// both is counted once; up to five are what retries are for.
var hookQuery = '''
union
  (AppRequests
  | where Name has "servicehooks"
  | project Source = "host", Status = toint(ResultCode)),
  (AppTraces
  | where Message has "servicehooks"
  | extend Entry = parse_json(Message)
  | where tostring(Entry["function"]) == "servicehooks"
  | project Source = "app", Status = toint(Entry.status))
| where Status in (401, 429) or Status >= 500
| summarize Failures = count() by Source
| where Failures > 5
'''

resource emailGroup 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(email)) {
  name: actionGroupName
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: 'adoport'
    emailReceivers: [
      {
        name: 'email'
        emailAddress: email
        useCommonAlertSchema: true
      }
    ]
  }
}

// A new workspace gets its tables with the first data, so the queries cannot be
// checked against it yet.
resource setAside 'Microsoft.Insights/scheduledQueryRules@2022-06-15' = {
  name: '${ruleNamePrefix}-tasks-set-aside'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: 'Adoport: tasks are set aside'
    description: 'A task failed too often and is in a poison queue. /api/status shows it; the next backfill makes up for it.'
    severity: 2
    enabled: true
    scopes: [workspaceId]
    evaluationFrequency: 'PT15M'
    windowSize: 'PT1H'
    skipQueryValidation: true
    autoMitigate: true
    criteria: {
      allOf: [
        {
          query: setAsideQuery
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
          failingPeriods: {
            numberOfEvaluationPeriods: 1
            minFailingPeriodsToAlert: 1
          }
        }
      ]
    }
    actions: {
      actionGroups: actionGroupIds
    }
  }
}

resource noBackfill 'Microsoft.Insights/scheduledQueryRules@2022-06-15' = {
  name: '${ruleNamePrefix}-no-backfill'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: 'Adoport: no backfill completes'
    description: 'No backfill was complete for ${backfillHours} hours. What events do not tell is missing in the catalog, and nothing is deleted. /api/status shows why.'
    severity: 1
    enabled: true
    scopes: [workspaceId]
    evaluationFrequency: 'PT1H'
    windowSize: 'P2D'
    skipQueryValidation: true
    autoMitigate: true
    criteria: {
      allOf: [
        {
          query: noBackfillQuery
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
          failingPeriods: {
            numberOfEvaluationPeriods: 1
            minFailingPeriodsToAlert: 1
          }
        }
      ]
    }
    actions: {
      actionGroups: actionGroupIds
    }
  }
}

resource hookFailures 'Microsoft.Insights/scheduledQueryRules@2022-06-15' = {
  name: '${ruleNamePrefix}-hook-failures'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: 'Adoport: service hooks fail'
    description: 'Service hooks were answered 401 (the password differs), 429 (the host is too busy) or 5xx (they could not be queued). Azure DevOps gives up after some tries, and events are lost until the next backfill.'
    severity: 2
    enabled: true
    scopes: [workspaceId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    skipQueryValidation: true
    autoMitigate: true
    criteria: {
      allOf: [
        {
          query: hookQuery
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
          failingPeriods: {
            numberOfEvaluationPeriods: 1
            minFailingPeriodsToAlert: 1
          }
        }
      ]
    }
    actions: {
      actionGroups: actionGroupIds
    }
  }
}
