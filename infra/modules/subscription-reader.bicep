targetScope = 'subscription'

@description('Object id of the app identity.')
param principalId string

var roles = loadJsonContent('../roles.json')

// The metrics batch API asks for Monitoring Reader on the subscription, not on the resources.
resource reader 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(subscription().id, principalId, roles.monitoringReader)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.monitoringReader)
  }
}
