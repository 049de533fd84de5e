// The vault that the app reads its secrets from, with its identity.
//
// A secret is written only if its parameter is given, so a deployment without
// secrets keeps those that are there.

@description('Name of the vault: 3 to 24 letters, digits and dashes.')
param name string

@description('Azure region.')
param location string

@description('Tags.')
param tags object

@description('Object ID of the identity that may read the secrets.')
param identityPrincipalId string

@description('Personal access token for Azure DevOps; empty writes nothing.')
@secure()
param azureDevOpsAppPassword string = ''

@description('Client secret of Port; empty writes nothing.')
@secure()
param portClientSecret string = ''

@description('Password of the service hooks; empty writes nothing.')
@secure()
param serviceHookPassword string = ''

// Built-in role: reads secrets, and nothing else.
var roles = {
  keyVaultSecretsUser: '4633458b-17de-408a-b874-0445c86b69e6'
}

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: subscription().tenantId
    sku: {
      family: 'A'
      name: 'standard'
    }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 90
    enablePurgeProtection: true
  }
}

resource azureDevOpsAppPasswordSecret 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = if (!empty(azureDevOpsAppPassword)) {
  parent: vault
  name: 'azure-devops-app-password'
  properties: {
    value: azureDevOpsAppPassword
  }
}

resource portClientSecretSecret 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = if (!empty(portClientSecret)) {
  parent: vault
  name: 'port-client-secret'
  properties: {
    value: portClientSecret
  }
}

resource serviceHookPasswordSecret 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = if (!empty(serviceHookPassword)) {
  parent: vault
  name: 'service-hook-password'
  properties: {
    value: serviceHookPassword
  }
}

resource roleAssignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in items(roles): {
    name: guid(vault.id, identityPrincipalId, role.value)
    scope: vault
    properties: {
      principalId: identityPrincipalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role.value)
    }
  }
]

@description('Name of the vault.')
output name string = vault.name

@description('URL of the vault.')
output url string = vault.properties.vaultUri
