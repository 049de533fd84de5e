// The one identity that the function app runs as.

@description('Name of the identity.')
param name string

@description('Azure region.')
param location string

@description('Tags.')
param tags object

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: name
  location: location
  tags: tags
}

@description('Name of the identity.')
output name string = identity.name

@description('Resource ID, for what runs as the identity.')
output id string = identity.id

@description('Client ID, by which an app chooses the identity.')
output clientId string = identity.properties.clientId

@description('Object ID, which roles are assigned to.')
output principalId string = identity.properties.principalId
