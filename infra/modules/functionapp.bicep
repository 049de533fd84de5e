// The function app, on a Flex Consumption plan of its own.

@description('Name of the plan.')
param planName string

@description('Name of the function app. The host tells apps apart by its first 32 characters.')
@maxLength(32)
param name string

@description('Azure region.')
param location string

@description('Tags.')
param tags object

@description('Resource ID of the identity that the app runs as.')
param identityId string

@description('Client ID of that identity.')
param identityClientId string

@description('Name of the storage account, which the identity can use.')
param storageAccountName string

@description('Name of the container in it that holds the package.')
param packageContainerName string

@description('Name of the Application Insights component, which the identity can write to.')
param insightsName string

@description('Memory of an instance.')
param instanceMemoryMB int

@description('How many instances there may be at most.')
param maximumInstanceCount int

@description('How many instances always wait for HTTP requests.')
param alwaysReadyHttpInstances int

@description('Lets only Azure DevOps and statusAllowedIps call the app.')
param restrictHookToAzureDevOps bool

@description('Address ranges that may call the app although it is restricted.')
param statusAllowedIps string[]

@description('Settings of Adoport itself. They are readable for everybody who can read the app: no secret may be among them.')
param settings object

var hookRules = [
  {
    name: 'azure-devops'
    description: 'Service hooks'
    action: 'Allow'
    priority: 100
    tag: 'ServiceTag'
    ipAddress: 'AzureDevOps'
  }
]
var statusRules = [
  for (addresses, i) in statusAllowedIps: {
    name: 'status-${i}'
    description: 'Status page'
    action: 'Allow'
    priority: 200 + i
    tag: 'Default'
    ipAddress: addresses
  }
]
var hookUrl = 'https://${app.properties.defaultHostName}/api/servicehooks'

resource storageAccount 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: storageAccountName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    tier: 'FlexConsumption'
    name: 'FC1'
  }
  properties: {
    reserved: true
  }
}

resource app 'Microsoft.Web/sites@2024-04-01' = {
  name: name
  location: location
  // azd finds the app that it deploys to by this tag; azure.yaml has the same name.
  tags: union(tags, { 'azd-service-name': 'api' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    // Flex Consumption has no FTPS, and so no setting to turn it off.
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      ipSecurityRestrictions: restrictHookToAzureDevOps ? concat(hookRules, statusRules) : []
      ipSecurityRestrictionsDefaultAction: restrictHookToAzureDevOps ? 'Deny' : 'Allow'
      scmIpSecurityRestrictionsUseMain: false
    }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${storageAccount.properties.primaryEndpoints.blob}${packageContainerName}'
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      runtime: {
        name: 'custom'
        version: '1.0'
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        alwaysReady: alwaysReadyHttpInstances == 0 ? [] : [
          {
            name: 'http'
            instanceCount: alwaysReadyHttpInstances
          }
        ]
      }
    }
  }
}

// Deploying needs a sign-in with Microsoft Entra, not a user name and password.
resource ftpCredentials 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01' = {
  parent: app
  name: 'ftp'
  properties: {
    allow: false
  }
}

resource scmCredentials 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01' = {
  parent: app
  name: 'scm'
  properties: {
    allow: false
  }
}

// The endpoints are given as they are, so that clouds with other domains work.
resource appSettings 'Microsoft.Web/sites/config@2024-04-01' = {
  parent: app
  name: 'appsettings'
  properties: union(settings, {
    APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
    APPLICATIONINSIGHTS_CONNECTION_STRING: insights.properties.ConnectionString
    AZURE_CLIENT_ID: identityClientId
    AzureWebJobsStorage__accountName: storageAccount.name
    AzureWebJobsStorage__blobServiceUri: storageAccount.properties.primaryEndpoints.blob
    AzureWebJobsStorage__clientId: identityClientId
    AzureWebJobsStorage__credential: 'managedidentity'
    AzureWebJobsStorage__queueServiceUri: storageAccount.properties.primaryEndpoints.queue
    AzureWebJobsStorage__tableServiceUri: storageAccount.properties.primaryEndpoints.table
    SERVICE_HOOK_URL: hookUrl
  })
}

@description('Name of the function app.')
output name string = app.name

@description('Host name of the function app.')
output hostName string = app.properties.defaultHostName

@description('URL that service hooks are sent to.')
output hookUrl string = hookUrl
