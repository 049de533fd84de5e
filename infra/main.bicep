// Everything that Adoport needs in Azure, in one resource group.
//
// The function app runs as one user-assigned managed identity, which is the only
// thing that can open its storage, its vault and its telemetry: nowhere is there a
// key. Each module is one idea, with the role assignments on what it creates.

targetScope = 'resourceGroup'

@description('Azure region of all resources. It has to offer Flex Consumption.')
param location string = resourceGroup().location

@description('Begins the names of the resources: lower-case letters, digits and dashes. Change it to deploy twice into one resource group, or again after the group was deleted: the name of a deleted vault stays taken for 90 days.')
@minLength(2)
@maxLength(12)
param namePrefix string = 'adoport'

@description('Tags of all resources.')
param tags object = {}

@description('URL of the Azure DevOps organization, such as https://dev.azure.com/fabrikam.')
param azureDevOpsOrgUrl string

@description('Personal access token for Azure DevOps. Without one the managed identity is used, which then has to be a user of the organization. Empty leaves the vault as it is.')
@secure()
param azureDevOpsAppPassword string = ''

@description('Client ID of the Port credentials.')
param portClientId string

@description('Client secret of the Port credentials. Empty leaves the vault as it is.')
@secure()
param portClientSecret string = ''

@description('API of Port; https://api.us.port.io in the US.')
param portBaseUrl string = 'https://api.port.io'

@description('User name that service hooks send.')
param serviceHookUsername string = 'adoport'

@description('Password that service hooks send; several, separated by commas, are accepted while one replaces another. Empty leaves the vault as it is.')
@secure()
param serviceHookPassword string = ''

@description('When backfills begin: NCRONTAB with seconds, in UTC.')
param backfillSchedule string = '0 0 */6 * * *'

@description('When service hooks are checked: NCRONTAB with seconds, in UTC.')
param subscriptionsSchedule string = '0 */15 * * * *'

@description('The largest share of a blueprint, in percent, that a run may delete.')
@minValue(0)
@maxValue(100)
param pruneMaxPercent int = 20

@description('Name of this instance in the $datasource of its entities. Each organization that is brought into one Port account needs its own.')
param instance string = 'default'

@description('Path of a mapping in the package, relative to host.json. Empty is the built-in mapping.')
param mappingFile string = ''

@description('The least level that is logged.')
@allowed(['debug', 'info', 'warn', 'error'])
param logLevel string = 'info'

@description('Memory of an instance. The app needs less than the smallest.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int = 512

@description('How many instances there may be at most.')
@minValue(40)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('How many instances always wait for service hooks. 0 costs nothing, and the first event after a while takes some seconds longer.')
@minValue(0)
param alwaysReadyHttpInstances int = 0

@description('Lets only the service tag AzureDevOps call the app. That shuts /api/status to everybody else too, but for statusAllowedIps.')
param restrictHookToAzureDevOps bool = false

@description('Address ranges, such as 203.0.113.0/24, that may call the app although it is restricted, so that people can open /api/status.')
param statusAllowedIps string[] = []

@description('Who gets the alerts by e-mail. Empty sends none.')
param alertEmail string = ''

@description('Resource ID of an action group that gets the alerts too. Empty is none.')
param alertActionGroupId string = ''

@description('After how many hours without a completed backfill an alert is raised: twice the time between two backfills.')
@minValue(1)
@maxValue(47)
param backfillAlertHours int = 12

var token = uniqueString(resourceGroup().id, namePrefix)
var allTags = union({ application: 'adoport' }, tags)

module identity 'modules/identity.bicep' = {
  name: 'identity'
  params: {
    name: 'id-${namePrefix}-${token}'
    location: location
    tags: allTags
  }
}

module storage 'modules/storage.bicep' = {
  name: 'storage'
  params: {
    name: 'st${token}'
    location: location
    tags: allTags
    identityPrincipalId: identity.outputs.principalId
  }
}

module keyVault 'modules/keyvault.bicep' = {
  name: 'keyvault'
  params: {
    name: 'kv-${token}'
    location: location
    tags: allTags
    identityPrincipalId: identity.outputs.principalId
    azureDevOpsAppPassword: azureDevOpsAppPassword
    portClientSecret: portClientSecret
    serviceHookPassword: serviceHookPassword
  }
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  params: {
    workspaceName: 'log-${namePrefix}-${token}'
    insightsName: 'appi-${namePrefix}-${token}'
    location: location
    tags: allTags
    identityPrincipalId: identity.outputs.principalId
  }
}

// The outputs it takes make the app wait for the other modules, and so for all role
// assignments: a host that cannot open its storage does not start.
module functionApp 'modules/functionapp.bicep' = {
  name: 'functionapp'
  params: {
    planName: 'plan-${namePrefix}-${token}'
    name: 'func-${namePrefix}-${token}'
    location: location
    tags: allTags
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    storageAccountName: storage.outputs.name
    packageContainerName: storage.outputs.packageContainerName
    insightsName: monitoring.outputs.insightsName
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    alwaysReadyHttpInstances: alwaysReadyHttpInstances
    restrictHookToAzureDevOps: restrictHookToAzureDevOps
    statusAllowedIps: statusAllowedIps
    settings: {
      ADOPORT_INSTANCE: instance
      AZURE_DEVOPS_ORG_URL: azureDevOpsOrgUrl
      BACKFILL_SCHEDULE: backfillSchedule
      KEY_VAULT_URL: keyVault.outputs.url
      LOG_LEVEL: logLevel
      MAPPING_FILE: mappingFile
      PORT_BASE_URL: portBaseUrl
      PORT_CLIENT_ID: portClientId
      PRUNE_MAX_PERCENT: string(pruneMaxPercent)
      SERVICE_HOOK_USERNAME: serviceHookUsername
      SUBSCRIPTIONS_SCHEDULE: subscriptionsSchedule
    }
  }
}

module alerts 'modules/alerts.bicep' = {
  name: 'alerts'
  params: {
    actionGroupName: 'ag-${namePrefix}-${token}'
    ruleNamePrefix: namePrefix
    location: location
    tags: allTags
    workspaceId: monitoring.outputs.workspaceId
    email: alertEmail
    actionGroupId: alertActionGroupId
    backfillHours: backfillAlertHours
  }
}

@description('Name of the function app, to deploy the package to.')
output functionAppName string = functionApp.outputs.name

@description('Name of the resource group.')
output resourceGroupName string = resourceGroup().name

@description('Host name of the function app.')
output hostName string = functionApp.outputs.hostName

@description('URL that service hooks are sent to.')
output hookUrl string = functionApp.outputs.hookUrl

@description('Name of the Key Vault.')
output vaultName string = keyVault.outputs.name

@description('URL of the Key Vault.')
output vaultUrl string = keyVault.outputs.url

@description('Name of the managed identity, by which Azure DevOps finds it.')
output identityName string = identity.outputs.name

@description('Client ID of the managed identity.')
output identityClientId string = identity.outputs.clientId

@description('Object ID of the managed identity, to add it to Azure DevOps.')
output identityPrincipalId string = identity.outputs.principalId
