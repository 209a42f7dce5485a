@description('Name of a Communication Services resource in this resource group.')
param serviceName string

@description('Object id of the app identity.')
param principalId string

var roles = loadJsonContent('../roles.json')

resource service 'Microsoft.Communication/communicationServices@2023-04-01' existing = {
  name: serviceName
}

resource owner 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(service.id, principalId, roles.communicationAndEmailServiceOwner)
  scope: service
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.communicationAndEmailServiceOwner)
  }
}
